"""What cannot be taken back is left behind when that is asked for, said with its place, and never stopped at again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.runner.event_log import EventLog, Follower
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.runner.run_work import apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.runner.marker import KINDS, Marker, held_for

NAMES = ("first", "second", "third")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A finished run of three files, of which somebody has edited the second."""
    before = ((), *((name,) for name in NAMES))
    plan = [Marker(name=name, path=tmp_path / name, text=name, after=after) for name, after in zip(NAMES, before, strict=False)]
    made = create("deploy", "test", "0", {}, plan, root=tmp_path / "runs")
    made.journal.append("", "confirmed")
    assert apply_run(made, LocalHost("test"), KINDS, EventLog(made.events, "test"), held_for(made)).exit_code == 0
    (tmp_path / "second").write_text("edited")
    return made


def undo(folder: RunFolder, *leave: str) -> int:
    return undo_run(folder, LocalHost("test"), KINDS, EventLog(folder.events, "test"), held_for(folder), leave).exit_code


def there(folder: RunFolder) -> set[str]:
    return {name for name in NAMES if (folder.path.parent.parent / name).exists()}


def test_without_leave_the_first_refusal_stops_everything_below(folder: RunFolder) -> None:
    assert undo(folder) == 4
    assert there(folder) == {"first", "second"}
    assert folder.state == "undoing"


def test_what_is_left_stays_and_all_the_rest_is_undone(folder: RunFolder) -> None:
    assert undo(folder) == 4
    assert undo(folder, "second") == 0
    assert there(folder) == {"second"}
    assert folder.state == "undone"
    assert folder.journal.left() == ["second"]
    notes = [event.text for event in Follower(folder.events).new() if isinstance(event, Note)]
    assert notes[-1] == f"Left behind as it is:\n  second: File {folder.path.parent.parent / 'second'}"


def test_a_repeated_reset_does_not_stop_there_again(folder: RunFolder) -> None:
    (folder.path.parent.parent / "first").write_text("edited too")
    assert undo(folder, "second") == 4
    assert folder.journal.to_undo() == ["first"]
    (folder.path.parent.parent / "first").unlink()
    assert undo(folder) == 0
    assert there(folder) == {"second"}
    said = [event.text for event in Follower(folder.events).new() if isinstance(event, Note)]
    assert "second: File" in said[-1]
