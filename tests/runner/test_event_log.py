"""The events file: secrets never get into it, and who comes later sees the attempt that is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.event_types import LogLine, Note, RunBegun, RunEnded
from ovirt_hc_setup.base.secrets import MASK, Secret
from ovirt_hc_setup.runner.event_log import EventLog, Follower
from ovirt_hc_setup.runner.journal import Journal

AWKWARD = ["plain-password", 'pa"ss\\wörd1', "50% of it's", "{json}"]


@pytest.mark.parametrize("password", AWKWARD)
def test_a_password_that_a_program_repeats_is_masked_in_events_and_journal(tmp_path: Path, password: str) -> None:
    secrets = (Secret(password),)
    EventLog(tmp_path / "events", "h", secrets)(LogLine(resource="r", source="s", text=f"it is {password}!"))
    (seen,) = Follower(tmp_path / "events").new()
    assert isinstance(seen, LogLine)
    assert seen.text == f"it is {MASK}!"
    Journal(tmp_path / "journal", secrets).append("r", "failed", error=f"it is {password}!")
    (entry,) = Journal(tmp_path / "journal").entries()
    assert entry.values["error"] == f"it is {MASK}!"


def attempt(log: EventLog, code: int | None) -> None:
    log(RunBegun(run="r", verb="deploy"))
    log(Note(text=f"attempt {code}"))
    if code is not None:
        log(RunEnded(run="r", exit_code=code))


def texts(path: Path, *, past_its_end: bool) -> list[str]:
    follower = Follower(path)
    follower.rewind(past_its_end=past_its_end)
    return [event.text for event in follower.new() if isinstance(event, Note)]


def test_the_attempt_under_way_is_shown_from_its_beginning_and_older_ones_are_not(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events", "h")
    attempt(log, 4)
    attempt(log, None)
    assert texts(tmp_path / "events", past_its_end=True) == ["attempt None"]


def test_of_a_run_at_rest_the_last_attempt_is_shown(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events", "h")
    attempt(log, 4)
    attempt(log, 0)
    assert texts(tmp_path / "events", past_its_end=False) == ["attempt 0"]


def test_a_worker_that_has_just_been_started_is_not_taken_for_the_one_before_it(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events", "h")
    attempt(log, 4)
    assert texts(tmp_path / "events", past_its_end=True) == []


@pytest.mark.parametrize("text", ["a\u2028b", "a\u2029b", "a\x85b", "a\x0cb", "a\nb"], ids=ascii)
def test_no_character_in_a_text_loses_its_line(tmp_path: Path, text: str) -> None:
    log = EventLog(tmp_path / "events", "h")
    log(Note(text=text))
    log(Note(text="after"))
    assert [event.text for event in Follower(tmp_path / "events").new() if isinstance(event, Note)][1:] == ["after"]
    assert texts(tmp_path / "events", past_its_end=False)[0].replace("\n", "")[0] == "a"
    journal = Journal(tmp_path / "journal")
    journal.append("r", "failed", error=text)
    journal.append("r", "done")
    assert [(entry.kind, entry.values.get("error")) for entry in journal.entries()] == [("failed", text), ("done", None)]


@pytest.mark.parametrize("cut", [1, 30, -1])
def test_a_line_that_a_kill_has_torn_takes_no_other_with_it(tmp_path: Path, cut: int) -> None:
    attempt(EventLog(tmp_path / "events", "h"), 4)
    whole = (tmp_path / "events").read_bytes()
    (tmp_path / "events").write_bytes(whole + whole[:cut])
    attempt(EventLog(tmp_path / "events", "h"), 0)
    assert texts(tmp_path / "events", past_its_end=False) == ["attempt 0"]
    begun = [event for event in Follower(tmp_path / "events").new() if isinstance(event, RunBegun)]
    assert len(begun) == 2 + (cut == -1)
