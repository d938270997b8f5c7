"""The one way to wait: it looks once more at its limit, tells while it lasts, and hears the operator's stop."""

from __future__ import annotations

import time

import pytest

from ovirt_hc_setup.base.errors import Stopped
from ovirt_hc_setup.base.waiting import comes, heed, pause, stopped_by, waits


def quiet(waited: int, limit: int, text: str) -> None:
    """Nobody listens."""


def test_what_is_seen_at_the_first_look_is_not_waited_for() -> None:
    told: list[str] = []
    begun = time.monotonic()
    for look in waits(60, lambda waited, limit, text: told.append(text), "a thing"):
        assert look.waited < 1
        break
    assert not told
    assert time.monotonic() - begun < 0.5


def test_it_is_looked_at_once_more_when_the_time_is_over_and_told_in_between() -> None:
    told: list[tuple[int, str]] = []
    looks = 0
    for look in waits(0.3, lambda waited, limit, text: told.append((limit, text)), "a thing", every=0.2):
        looks += 1
        look.text = f"look {looks}"
    assert looks == 3
    assert told == [(0, "look 1"), (0, "look 2")]


def test_a_stop_ends_a_wait_at_once() -> None:
    begun = time.monotonic()
    with stopped_by(lambda: time.monotonic() - begun > 0.3), pytest.raises(Stopped):
        for _ in waits(60, quiet, "a thing", every=30):
            pass
    assert time.monotonic() - begun < 2
    pause(0)  # outside nothing is stopped
    heed()


def test_what_comes_is_seen_and_what_does_not_is_given_up_after_its_time() -> None:
    seen = iter([False, False, True])
    assert comes(lambda: next(seen), 60, 0.01)
    assert not comes(lambda: False, 0.1, 0.02)
