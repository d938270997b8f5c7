"""What Ctrl-C means while the work is shown: leaving the view, stopping after the step, or nothing."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ovirt_hc_setup.base.errors import Declined, SetupError
from ovirt_hc_setup.base.events import RunBegun, RunEnded
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.verbs import following
from ovirt_hc_setup.verbs.following import _interrupted, at_work


@dataclass
class Folder:
    """As much of a run folder as is asked here."""

    verb: str = "deploy"
    stopped: bool = False

    def ask_to_stop(self) -> None:
        self.stopped = True


@dataclass
class Menu:
    words: list[str]
    asked: list[str] = field(default_factory=list)

    def text(self, prompt: str, *, name: str) -> str:
        self.asked.append(prompt)
        if (word := self.words.pop(0)) == "^C":
            raise Declined("left")
        return word


def interrupted(words: Sequence[str]) -> tuple[int | None, bool, str]:
    """The code, whether the work was asked to stop, and what was said."""
    folder, menu, out = Folder(), Menu(list(words)), io.StringIO()
    code = _interrupted(cast(RunFolder, folder), Plain(out), cast(Dialog, menu))
    assert not menu.words
    assert all(len(line) < 79 for prompt in menu.asked for line in prompt.splitlines())
    return code, folder.stopped, out.getvalue()


@pytest.mark.parametrize("words", [[""], ["detach"], ["D"], ["^C"], ["what", "detach"]])
def test_leaving_stops_nothing_and_says_how_to_see_it_again(words: list[str]) -> None:
    code, stopped, said = interrupted(words)
    assert (code, stopped) == (130, False)
    assert "ovirt-hc-setup deploy --attach" in said


@pytest.mark.parametrize("words", [["stop"], ["s"], ["yes", "STOP"]])
def test_stopping_goes_on_showing_until_the_step_is_done(words: list[str]) -> None:
    code, stopped, said = interrupted(words)
    assert (code, stopped) == (None, True)
    assert "run the same command again" in said


def test_continuing_says_nothing() -> None:
    assert interrupted(["continue"]) == (None, False, "")


@dataclass
class Units(LocalHost):
    """A host on which a unit is active for so many looks."""

    looks: int

    def run(self, *argv: str, **words: Any) -> Outcome:
        self.looks -= 1
        return Outcome(Request(argv), "hc1", 0, "active\n" if self.looks >= 0 else "inactive\n", "", 0.0)


def run_that_ended(tmp_path: Path) -> tuple[Any, EventLog]:
    log = EventLog(tmp_path / "events.jsonl", "hc1")
    log(RunBegun(run="r", verb="deploy"))
    log(RunEnded(run="r", exit_code=4))
    return SimpleNamespace(id="r", events=tmp_path / "events.jsonl"), log


def test_a_worker_that_has_said_its_last_word_is_waited_for_and_not_attached_to(tmp_path: Path) -> None:
    folder, _ = run_that_ended(tmp_path)
    host = Units(3)
    assert not at_work(host, folder)
    assert host.looks < 0


def test_a_worker_that_was_just_started_is_waited_for_until_it_begins(tmp_path: Path) -> None:
    folder, log = run_that_ended(tmp_path)
    threading.Timer(0.5, log, (RunBegun(run="r", verb="deploy"),)).start()
    assert at_work(Units(10**6), folder)


def test_a_worker_that_the_kernel_keeps_after_its_last_word_is_said_and_not_attached_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SETTLED_LIMIT", 0.3)
    folder, _ = run_that_ended(tmp_path)
    with pytest.raises(SetupError, match="worker of run r has stopped working"):
        at_work(Units(10**6), folder)
