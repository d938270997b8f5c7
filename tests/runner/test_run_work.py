"""A run that is killed anywhere goes on to the same end, and can be taken back from anywhere."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import Anew, Stopped, UsageError
from ovirt_hc_setup.base.event_types import Note, ResourceEnded, RunEnded
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.apply_one import Bench, undo_one
from ovirt_hc_setup.runner.event_log import EventLog, Follower
from ovirt_hc_setup.runner.graph import backwards
from ovirt_hc_setup.runner.resource import Progress, Record
from ovirt_hc_setup.runner.run_folder import RunFolder, all_runs, create, kinds_by_name
from ovirt_hc_setup.runner.run_work import apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.runner.marker import Marker, held_for

HERE = Path(__file__).parent
PLACES = ("before-record", "after-record", "before-committing", "after-committing", "before-done", "after-done")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    first = Marker(name="first", provides=("begun",), path=tmp_path / "first", text="one")
    second = Marker(name="second", after=("begun",), path=tmp_path / "second", text="two")
    made = create("deploy", "test", "0", {}, [first, second], root=tmp_path / "runs")
    made.journal.append("", "confirmed")
    return made


def work(folder: RunFolder, action: str, *kill: str) -> int:
    program = (
        [str(HERE / "killing.py"), action, str(folder.path), *kill]
        if kill
        else [str(HERE / "marker.py"), action, str(folder.path)]
    )
    return subprocess.run([sys.executable, *program], cwd=HERE.parent.parent, timeout=60, check=False).returncode


def files(folder: RunFolder) -> dict[str, str]:
    root = folder.path.parent.parent
    return {path.name: path.read_text() for path in root.iterdir() if path.is_file()}


BOTH = {"first": "one", "second": "two"}


@dataclass(frozen=True, kw_only=True)
class GivingUp(Marker):
    """Finds as often as `times` that the first one's file is of no use."""

    times: int

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        tries = self.path.with_suffix(".tries")
        tries.write_text(tries.read_text() + "." if tries.exists() else ".")
        if len(tries.read_text()) <= self.times:
            self.path.with_name("first").unlink()
            raise Anew("the first one is of no use")
        super().apply(host, record, progress)


@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 4)])
def test_what_a_later_resource_gave_up_is_made_once_more_in_the_same_run(tmp_path: Path, times: int, code: int) -> None:
    first = Marker(name="first", path=tmp_path / "first", text="one")
    second = GivingUp(name="second", after=("first",), path=tmp_path / "second", text="two", times=times)
    folder = create("deploy", "test", "0", {}, [first, second], root=tmp_path / "runs")
    log = EventLog(folder.events, "test")
    kinds = kinds_by_name([Marker, GivingUp])
    assert apply_run(folder, LocalHost("test"), kinds, log, held_for(folder)).exit_code == code
    assert (tmp_path / "second").exists() is (code == 0)
    events = list(Follower(folder.events).new())
    told = [event.text for event in events if isinstance(event, Note)]
    assert told == ["the first one is of no use"]
    ended = [(event.resource, event.status) for event in events if isinstance(event, ResourceEnded)]
    last = "done" if code == 0 else "failed"
    assert ended == [("first", "done"), ("second", "failed"), ("first", "done"), ("second", last)]


def test_a_run_applies_everything_in_order_and_says_so(folder: RunFolder) -> None:
    assert work(folder, "apply") == 0
    assert files(folder) == BOTH
    assert folder.state == "finished"
    ended = [event.resource for event in Follower(folder.events).new() if isinstance(event, ResourceEnded)]
    assert ended == ["first", "second"]


@pytest.mark.parametrize("resource", ["first", "second"])
@pytest.mark.parametrize("place", PLACES)
def test_a_run_killed_anywhere_goes_on_to_the_same_end(folder: RunFolder, place: str, resource: str) -> None:
    assert work(folder, "apply", place, resource) == -9
    assert folder.state == "unfinished"
    assert work(folder, "apply") == 0
    assert files(folder) == BOTH


@pytest.mark.parametrize("place", PLACES)
def test_a_run_killed_anywhere_can_be_taken_back(folder: RunFolder, place: str) -> None:
    work(folder, "apply", place, "second")
    assert work(folder, "undo") == 0
    assert {name for name in files(folder) if not name.endswith(".new")} == set()
    assert folder.state == "undone"


@pytest.mark.parametrize("place", ["before-undoing", "after-undoing", "before-undone", "after-undone"])
def test_taking_back_killed_anywhere_is_finished_by_doing_it_again(folder: RunFolder, place: str) -> None:
    work(folder, "apply")
    assert work(folder, "undo", place, "second") == -9
    assert folder.state == "undoing"
    assert work(folder, "undo") == 0
    assert files(folder) == {}


def test_what_was_so_already_is_not_taken_back(folder: RunFolder) -> None:
    there = folder.path.parent.parent / "first"
    there.write_text("one")
    assert work(folder, "apply") == 0
    assert work(folder, "undo") == 0
    assert files(folder) == {"first": "one"}


@dataclass(frozen=True, kw_only=True)
class Untouchable(Marker):
    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        raise AssertionError("it was never begun")


def test_what_was_never_begun_is_not_undone(folder: RunFolder) -> None:
    """So no kind has to look for its record itself."""
    host, journal = LocalHost("test"), folder.journal
    bench = Bench(host, journal, lambda event: None, lambda resource: folder.record(resource, journal), lambda: False)
    undo_one(Untouchable(name="first", path=folder.path / "first", text="one"), bench)


def test_what_was_edited_since_is_kept_and_stops_the_undoing(folder: RunFolder) -> None:
    work(folder, "apply")
    (folder.path.parent.parent / "second").write_text("edited by the operator")
    assert work(folder, "undo") == 4
    assert files(folder) == {"first": "one", "second": "edited by the operator"}
    last = list(Follower(folder.events).new())[-1]
    assert isinstance(last, RunEnded)
    assert "was edited since" in last.message


def test_a_conflict_ends_the_run_with_the_reason_and_begins_nothing_after_it(folder: RunFolder) -> None:
    (folder.path.parent.parent / "first").write_text("not ours")
    assert work(folder, "apply") == 4
    assert files(folder) == {"first": "not ours"}
    last = list(Follower(folder.events).new())[-1]
    assert isinstance(last, RunEnded)
    assert "not ours" in last.message


def test_an_old_request_to_stop_does_not_stop_a_new_attempt(folder: RunFolder) -> None:
    folder.ask_to_stop()
    # The worker clears an old request when it begins, so an old one does not stop a new attempt.
    assert work(folder, "apply") == 0


@dataclass(frozen=True, kw_only=True)
class Interrupted(Marker):
    """While it is taken back, the operator asks to stop."""

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        super().undo(host, record, progress)
        all_runs(self.path.parent / "runs")[-1].ask_to_stop()


def test_a_stop_asked_for_while_it_is_taken_back_leaves_the_rest_to_the_next_reset(tmp_path: Path) -> None:
    kinds = kinds_by_name([Interrupted])
    resources = [Interrupted(name=name, path=tmp_path / name, text=name) for name in ("first", "second")]
    folder = create("deploy", "test", "0", {}, resources, root=tmp_path / "runs")
    folder.journal.append("", "confirmed")
    log = EventLog(folder.events, "test")
    assert apply_run(folder, LocalHost("test"), kinds, log, held_for(folder)).exit_code == 0
    assert undo_run(folder, LocalHost("test"), kinds, log, held_for(folder)).exit_code == Stopped.exit_code
    assert len(files(folder)) == 1
    assert folder.state == "undoing"
    assert undo_run(folder, LocalHost("test"), kinds, log, held_for(folder)).exit_code == 0
    assert files(folder) == {}
    assert folder.state == "undone"


def test_what_was_found_and_had_to_be_brought_back_in_the_same_run_stays(folder: RunFolder) -> None:
    there = folder.path.parent.parent / "first"
    there.write_text("one")
    assert work(folder, "apply", "before-committing", "second") == -9
    there.unlink()
    assert work(folder, "apply") == 0
    notes = [event.text for event in Follower(folder.events).new() if isinstance(event, Note)]
    assert any("first was in place before this run" in note for note in notes)
    assert work(folder, "undo") == 0
    assert files(folder) == {"first": "one", "second.new": "two"} or files(folder) == {"first": "one"}


def test_a_run_that_was_gone_on_with_is_taken_back_in_the_order_of_the_plan(folder: RunFolder) -> None:
    """The record of what was undone and made again is newer than those of everything that stands on it."""
    work(folder, "apply")
    folder.journal.append("first", "undone")
    folder.journal.append("first", "record", image={})
    assert work(folder, "undo") == 0
    undone = [event.resource for event in Follower(folder.events).new() if isinstance(event, ResourceEnded)][-2:]
    assert undone == ["second", "first"]


def made(folder: RunFolder) -> dict[str, str]:
    return {name: text for name, text in files(folder).items() if not name.endswith(".new")}


def failed_with(folder: RunFolder, text: str) -> Marker:
    """Its second step has failed before it committed: what it left aside is there, and its record."""
    (folder.path.parent.parent / "second.new").write_text(text)
    wrong = Marker(name="second", after=("begun",), path=folder.path.parent.parent / "second", text=text)
    folder.journal.append("second", "record", image={"was": "absent"})
    folder.journal.append("second", "failed", error="no such machine type")
    return wrong


def changed(folder: RunFolder, wrong: Marker) -> None:
    first, second = folder.resources(kinds_by_name([Marker]))
    better = Marker(name="second", after=("begun",), path=wrong.path.with_name("other"), text="better")
    folder.amend({}, [first, better], kinds_by_name([Marker]), [second])


@pytest.mark.parametrize("place", ["", "before-undoing", "after-undoing", "before-undone", "after-undone"])
def test_a_step_that_committed_nothing_is_undone_as_it_was_begun_and_goes_on_as_it_is_wanted_now(
    folder: RunFolder, place: str
) -> None:
    changed(folder, failed_with(folder, "two"))
    if place:
        assert work(folder, "apply", place, "second") == -9
    assert work(folder, "apply") == 0
    assert made(folder) == {"first": "one", "other": "better"}
    assert folder.replaced(kinds_by_name([Marker])) == []
    assert work(folder, "undo") == 0
    assert made(folder) == {}


def test_a_run_that_was_changed_can_be_taken_back_before_it_goes_on(folder: RunFolder) -> None:
    assert work(folder, "apply", "before-record", "second") == -9
    changed(folder, failed_with(folder, "two"))
    assert work(folder, "undo") == 0
    assert folder.state == "undone"
    assert made(folder) == {}


def test_a_step_that_was_changed_and_cannot_be_undone_is_left_behind_by_name(folder: RunFolder) -> None:
    assert work(folder, "apply", "before-record", "second") == -9
    wrong = failed_with(folder, "two")
    wrong.path.write_text("edited")
    changed(folder, wrong)
    kinds = kinds_by_name([Marker])
    host, log, held = LocalHost("test"), EventLog(folder.events, "test"), held_for(folder)
    assert undo_run(folder, host, kinds, log, held).exit_code == 4
    assert undo_run(folder, host, kinds, log, held, ["second"]).exit_code == 0
    assert folder.state == "undone"
    assert wrong.path.read_text() == "edited"
    notes = [event.text for event in Follower(folder.events).new() if isinstance(event, Note)]
    assert f"Left behind as it is:\n  second: File {wrong.path}" in notes


def test_of_two_changes_before_it_goes_on_what_was_begun_counts(folder: RunFolder) -> None:
    kinds = kinds_by_name([Marker])
    begun = folder.resources(kinds)[1]
    changed(folder, failed_with(folder, "two"))
    between = folder.resources(kinds)[1]
    folder.amend({}, folder.resources(kinds), kinds, [between])
    assert folder.replaced(kinds) == [begun]


def test_a_plan_that_would_mix_milestones_of_two_programs_is_refused_and_nothing_is_written(folder: RunFolder) -> None:
    """A finished step of an older plan provides a milestone by another name than the steps that are planned now come after."""
    kinds = kinds_by_name([Marker])
    first, second = folder.resources(kinds)
    folder.journal.append(first.name, "done")
    before = (folder.path / "plan.json").read_bytes(), (folder.path / "journal.jsonl").read_bytes()
    unknown = [replace(first, provides=("attached",)), replace(second, after=("attached",))]
    with pytest.raises(UsageError, match="cannot be changed") as refused:
        folder.amend({}, unknown, kinds)
    assert f"ovirt-hc-setup reset {folder.id}" in refused.value.hint
    assert ((folder.path / "plan.json").read_bytes(), (folder.path / "journal.jsonl").read_bytes()) == before
    assert len(backwards(folder.resources(kinds), [first.name])) == 1


def test_a_plan_whose_steps_would_wait_for_each_other_is_refused_too(tmp_path: Path) -> None:
    """In the older order the bridge came before the packages, in the newer one behind them."""
    kinds = kinds_by_name([Marker])
    packages = Marker(name="packages", after=("network",), path=tmp_path / "p", text="p")
    bridge = Marker(name="bridge", provides=("network",), path=tmp_path / "b", text="b")
    folder = create("deploy", "hc1", "0.1.0", {}, [bridge, packages], root=tmp_path / "runs")
    folder.journal.append("packages", "done")
    before = (folder.path / "plan.json").read_bytes()
    with pytest.raises(UsageError, match=r"cannot be changed.*a cycle"):
        folder.amend({}, [replace(packages, after=(), provides=("programs",)), replace(bridge, after=("packages",))], kinds)
    assert (folder.path / "plan.json").read_bytes() == before
