"""Files on a storage that hangs: nobody waits longer than the limit, and nothing is done twice at once. A named pipe hangs as a
mount does: who opens it to read waits in the kernel until somebody writes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import NotAnswering, Stopped
from ovirt_hc_setup.base.waiting import stopped_by
from ovirt_hc_setup.system.host.within import within


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    yield path
    answer(path)


def answer(path: Path) -> None:
    """Let go whoever waits for the pipe."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        pass  # nobody does


def test_what_answers_is_given_and_what_it_raises_is_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    assert within(tmp_path / "file", (tmp_path / "file").read_text) == "here"
    with pytest.raises(FileNotFoundError):
        within(tmp_path / "none", (tmp_path / "none").read_text)


def test_a_look_that_hangs_ends_with_the_path_and_the_limit(hanging: Path) -> None:
    with pytest.raises(NotAnswering, match=r"pipe: no answer within 1 s"):
        within(hanging, hanging.read_bytes, limit=1)


def test_nothing_new_is_begun_before_what_was_left_behind_has_ended(hanging: Path) -> None:
    begun: list[str] = []
    with pytest.raises(NotAnswering):
        within(hanging, hanging.read_bytes, limit=0.5)
    with pytest.raises(NotAnswering):
        within(hanging.parent, lambda: begun.append("too early"), limit=0.5)
    threading.Timer(0.5, answer, [hanging]).start()
    within(hanging.parent, lambda: begun.append("now"), limit=5)
    assert begun == ["now"]


def test_a_stop_is_heard_while_it_hangs(hanging: Path) -> None:
    begun = time.monotonic()
    with stopped_by(lambda: time.monotonic() - begun > 0.3), pytest.raises(Stopped):
        within(hanging, hanging.read_bytes)
    assert time.monotonic() - begun < 3
