"""Several things at once, for somebody who may leave in the middle: whoever waits is not kept by what is still at work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._ended = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None

    def do(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:
            self._error = error
        finally:
            self._ended.set()

    def result(self) -> T:
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]


def at_once(works: Sequence[Callable[[], T]], most: int) -> list[T]:
    """What came of them, in their order, at most `most` at work at a time. Raises what the first of them raised.

    When the caller is interrupted (Ctrl-C, a lost terminal), this leaves at once: nothing more is begun, and what is at work is
    left to itself, in threads that do not keep the program from ending.
    """
    jobs = [_Job(work) for work in works]
    queue = deque(jobs)

    def take() -> None:
        while True:
            try:
                job: _Job[Any] = queue.popleft()
            except IndexError:
                return
            job.do()

    try:
        for _ in range(min(most, len(jobs))):
            threading.Thread(target=take, daemon=True).start()
        return [job.result() for job in jobs]
    finally:
        queue.clear()
