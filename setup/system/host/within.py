"""Files on a storage, touched for so long and no longer.

A mount whose servers are away keeps whoever touches it in the kernel, for as long as it likes. Once the mount's own process has
the request, not even SIGKILL ends that, so a limit can only mean that nobody waits any more. What is left behind is a thread
here, and no child: it would hang just as well, and a program for each look takes some 5 ms where a thread takes 0.1, and cannot
keep a lock for us. A thread that is left goes on when the storage comes back; so that it never meets its own repetition,
nothing new is begun before it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import Generic, TypeVar

from ovirt_hc_setup.base.errors import NotAnswering
from ovirt_hc_setup.base.waiting import SLICE, heed

LIMIT = 45.0
"""Seconds. A volume whose link is cut pauses for 33 s at GlusterFS's ping timeout of 20, and goes on: no limit is below 40 s."""

LONG = 600.0
"""Seconds for what has to wait until all that was written is on the disks, or removes large files."""

HINT = (
    "The storage does not answer. See that its bricks are up (`gluster volume status`), and that its mount has a process "
    "(`ps -C glusterfs`). Then run the same command again."
)

T = TypeVar("T")


def within(path: Path, act: Callable[[], T], limit: float = LIMIT) -> T:
    """What `act` gives, which touches `path`. Raises NotAnswering when that takes longer than `limit` seconds, and Stopped."""
    until = time.monotonic() + limit
    if not _left.gone(until):
        raise _silent(path, limit)
    work = _Work(act)
    if not _ended(work.thread, until):
        _left.add(work.thread)
        raise _silent(path, limit)
    return work.result()


class _Work(Generic[T]):
    def __init__(self, act: Callable[[], T]) -> None:
        self._act = act
        self._found: list[T] = []
        self._error: BaseException | None = None
        self.thread = Thread(target=self._work, daemon=True, name="storage")
        self.thread.start()

    def _work(self) -> None:
        try:
            self._found.append(self._act())
        except BaseException as error:
            self._error = error

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._found[0]


class _Left:
    """Threads that nobody waits for any more, and that are still in the kernel."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads: set[Thread] = set()

    def add(self, thread: Thread) -> None:
        with self._lock:
            self._threads.add(thread)

    def gone(self, until: float) -> bool:
        """Whether all of them have ended, by then at the latest."""
        with self._lock:
            self._threads = {thread for thread in self._threads if thread.is_alive()}
            threads = tuple(self._threads)
        return all(_ended(thread, until) for thread in threads)


_left = _Left()


def _ended(thread: Thread, until: float) -> bool:
    while thread.is_alive() and (left := until - time.monotonic()) > 0:
        thread.join(min(SLICE, left))
        if thread.is_alive():
            try:
                heed()
            except BaseException:
                _left.add(thread)
                raise
    return not thread.is_alive()


def _silent(path: Path, limit: float) -> NotAnswering:
    return NotAnswering(f"{path}: no answer within {limit:.0f} s", hint=HINT)
