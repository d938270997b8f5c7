"""Waiting for something outside, with a limit and a word on what it is."""

from __future__ import annotations

from collections.abc import Callable

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.waiting import comes

_POLL = 0.05


def wait_for(what: str, limit: float, done: Callable[[], bool], poll: float = _POLL) -> None:
    """Ask `done` every `poll` seconds until it says yes; raises SetupError when `limit` seconds are over."""
    if not comes(done, limit, poll):
        raise SetupError(f"waited {limit:.0f} s for {what}")
