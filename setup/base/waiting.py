"""Waiting, for all of the program: with a limit, told while it lasts, and ended when the operator asks the run to stop.

Whether that was asked is known to the runner, and what waits lies far below it: so it is a variable of the context, which the
runner sets around the work on each resource. Where nobody has set it (a verb without a worker), nothing stops a wait but its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import Stopped

Waiting = Callable[[int, int, str], None]
"""Hears the seconds waited, the limit, and what for."""

SLICE = 0.5
"""Seconds between two looks whether a stop was asked for."""

_asked: ContextVar[Callable[[], bool]] = ContextVar("asked", default=lambda: False)


@contextmanager
def stopped_by(asked: Callable[[], bool]) -> Iterator[None]:
    """Waits of this thread end with Stopped as soon as `asked` says so."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def heed() -> None:
    """Raises Stopped when a stop was asked for."""
    if _asked.get()():
        raise Stopped("stopped on request while it waited", hint="To continue, run the same command again.")


def pause(seconds: float) -> None:
    """Sleep; raises Stopped."""
    end = time.monotonic() + seconds
    heed()
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(SLICE, left))
        heed()


def nobody(waited: int, limit: int, text: str) -> None:
    """Where a wait is short, and nobody is told of it."""


@dataclass
class Look:
    """One look of a loop that waits. `text` is what is waited for, and stays for the next looks."""

    text: str
    waited: float = 0.0


def waits(
    limit: float, waiting: Waiting, text: str, every: float = 1.0, sleep: Callable[[float], object] = pause
) -> Iterator[Look]:
    """For a loop that looks again and again, and is left when it has seen enough.

    It ends when `limit` is over, after a last look. Between two looks `waiting` is told of it, and `sleep` (which may come back
    earlier) lets `every` seconds pass. Raises Stopped.
    """
    begun, look = time.monotonic(), Look(text)
    while True:
        look.waited = time.monotonic() - begun
        yield look
        if look.waited > limit:
            return
        waiting(int(look.waited), int(limit), look.text)
        heed()
        sleep(every)


def comes(done: Callable[[], bool], limit: float, every: float, waiting: Waiting = nobody, text: str = "") -> bool:
    """Ask `done` again and again until it says yes; False when `limit` seconds are over. Raises Stopped."""
    return any(done() for _ in waits(limit, waiting, text, every))
