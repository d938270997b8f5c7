"""Questions that are asked at the same time, each with an end: one that hangs hides no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.model.deployment_status import Part

T = TypeVar("T")


class Awaited(Generic[T]):
    """Begins to ask at once, in a thread that does not keep the program from ending."""

    def __init__(self, ask: Callable[[], T], until: float) -> None:
        """`until`: by time.monotonic(), when nobody waits for the answer any more."""
        self._ask, self._until, self._begun = ask, until, time.monotonic()
        self._part: Part[T] | None = None
        self._error: SetupError | None = None
        self._bug: BaseException | None = None
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def part(self) -> Part[T]:
        """The answer, or what kept it away; waits until the end of its time at most."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        if self._bug is not None:
            raise self._bug
        return self._part or Part(trouble=f"no answer within {time.monotonic() - self._begun:.0f} s")

    @property
    def ended(self) -> bool:
        """Whether there is an answer, or a reason why there is none."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait a while for the answer; whether it has come, or will not be waited for any more."""
        self._thread.join(seconds)
        return self.ended or time.monotonic() > self._until

    def awaited(self, limit: float, waiting: Waiting, text: str) -> bool:
        """Wait for the answer for `limit` seconds, telling it; whether it has come. Raises Stopped."""
        return any(self.ended for _ in waits(limit, waiting, text, sleep=self.wait))

    def value(self) -> T:
        """The answer; raises SetupError with what kept it away. For questions that need the answer to another one."""
        part = self.part()
        if self._error is not None:
            raise self._error
        if part.trouble:
            raise SetupError(part.trouble)
        return part.value  # type: ignore[return-value]  # T may itself allow None

    def _work(self) -> None:
        try:
            self._part = Part(self._ask())
        except SetupError as error:
            self._error = error
            self._part = Part(trouble=plain(error.message))
        except OSError as error:
            self._part = Part(trouble=plain(of_the_world(error).message))
        except BaseException as error:
            self._bug = error
