"""The journal survives a torn write and knows what is to be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.runner.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def test_the_first_before_image_of_a_resource_counts_until_it_is_undone(journal: Journal) -> None:
    journal.append("a", "record", image={"n": 1})
    journal.append("a", "record", image={"n": 2})
    assert journal.record_of("a") == {"n": 1}
    journal.append("a", "undone")
    assert journal.record_of("a") is None


def test_undo_goes_newest_first_and_leaves_out_what_is_undone(journal: Journal) -> None:
    for name in "abc":
        journal.append(name, "record", image={})
    journal.append("b", "undone")
    assert journal.to_undo() == ["c", "a"]


@pytest.mark.parametrize("zeros", [0, 90])  # where a file had grown as the power failed, and what was written had not come yet
@pytest.mark.parametrize("cut", [0, 1, 20, 60])
def test_a_line_that_was_torn_counts_as_not_written_and_does_not_spoil_the_next(
    journal: Journal, tmp_path: Path, cut: int, zeros: int
) -> None:
    journal.append("a", "record", image={})
    path = tmp_path / "journal.jsonl"
    line = path.read_bytes()
    path.write_bytes(line + line[:cut] + bytes(zeros))
    assert [entry.resource for entry in journal.entries()] == ["a"]
    journal.append("b", "done")
    assert [entry.resource for entry in journal.entries()] == ["a", "b"]


def test_a_damaged_journal_is_refused_with_its_line(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("garbage\n")
    with pytest.raises(FormatError, match="line 1"):
        list(journal.entries())


def test_a_run_is_not_what_only_a_resource_can_be(journal: Journal) -> None:
    journal.append("", "confirmed")
    journal.append("", "record", image={})
    with pytest.raises(FormatError, match="line 2 is damaged: a run is never 'record'"):
        journal.last("")


def test_what_the_run_found_in_place_is_never_undone_whatever_is_recorded_of_it_later(journal: Journal) -> None:
    journal.append("glusterd", "found")
    journal.append("mount", "record", image={})
    journal.append("glusterd", "record", image={"active": False})
    journal.append("glusterd", "done")
    assert journal.to_undo() == ["mount"]
    assert journal.found("glusterd")
    assert not journal.found("mount")


def test_what_is_found_done_after_it_was_recorded_is_still_to_undo(journal: Journal) -> None:
    journal.append("glusterd", "record", image={})
    journal.append("glusterd", "found")
    assert journal.to_undo() == ["glusterd"]


def test_finding_something_says_nothing_any_more_when_it_was_undone_or_planned_in_another_way(journal: Journal) -> None:
    for name, end in (("a", "undone"), ("b", "planned")):
        journal.append(name, "found")
        journal.append(name, end)  # type: ignore[arg-type]
        journal.append(name, "record", image={})
    assert journal.to_undo() == ["b", "a"]
