"""Runs are many: one stands on another whose things it uses, and only what nothing stands on is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import Conflict, NotDeployed, UsageError
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting.standing import refuse_another, standing_on, standing_runs
from ovirt_hc_setup.verbs.reset import _refuse_stood_on, chosen

MARK = UUID(int=1)
DAEMON = Unit(name="glusterd", unit="glusterd.service")
BRICK = Brick(name="brick", device=Path("/dev/sdb"), uuid=MARK, point=Path("/gluster/a"), folder=Path("/gluster/a/brick"))
VOLUME = Volume(name="volume", volume="a", bricks=("hc1:/gluster/a/brick", "hc2:/x", "hc3:/x"), arbiter=False, mark=MARK)
MOUNTED = Mount(name="mount", source="hc1:/a", point=Path("/rhev/a"), kind="glusterfs")
ELSEWHERE = Mount(name="mount-b", source="hc1:/b", point=Path("/rhev/b"), kind="glusterfs")


def made(root: Path, verb: str, *resources: Resource, found: Sequence[Resource] = (), state: str = "finished") -> RunFolder:
    """A run that has made these, and has found those in place."""
    plan = [*found, *resources]
    folder = create(verb, "hc1", "0.1.0", {}, plan, root=root / "runs")
    # Names sort by age, and these are made within a second.
    older = len([path for path in folder.path.parent.iterdir() if path != folder.path])
    folder = RunFolder(folder.path.rename(folder.path.with_name(f"2026010{older}-000000-{verb}-{older:04x}")))
    folder.journal.append("", "confirmed")
    for one in resources:
        folder.journal.append(one.name, "record", image={"was": "absent"})
        folder.journal.append(one.name, "done")
    for one in found:
        folder.journal.append(one.name, "found")
    if state != "unfinished":
        folder.journal.append("", "finished")
    return folder


@pytest.mark.parametrize(
    ("lower", "upper", "found", "stands"),
    [
        ([VOLUME], [MOUNTED], [], True),
        ([VOLUME], [ELSEWHERE], [], False),
        ([BRICK], [VOLUME], [], True),
        ([DAEMON], [BRICK], [DAEMON], True),
        ([BRICK], [MOUNTED], [], False),
        ([MOUNTED], [ELSEWHERE], [MOUNTED], True),
    ],
)
def test_a_run_stands_on_what_another_made_and_it_uses(
    lower: list[Resource], upper: list[Resource], found: list[Resource], stands: bool, tmp_path: Path
) -> None:
    below, above = made(tmp_path, "volume", *lower), made(tmp_path, "deploy", *upper, found=found)
    assert standing_on(below) == ([above] if stands else [])
    assert standing_on(above) == []


def test_what_is_stood_on_is_refused_with_the_command_for_what_stands_there(tmp_path: Path) -> None:
    below = made(tmp_path, "volume", VOLUME)
    middle = made(tmp_path, "deploy", MOUNTED)
    top = made(tmp_path, "day-two", ELSEWHERE, found=[MOUNTED])
    with pytest.raises(Conflict, match="stand on run") as refused:
        _refuse_stood_on(below)
    assert refused.value.hint.endswith(f"ovirt-hc-setup reset {top.id}")
    with pytest.raises(Conflict) as refused:
        _refuse_stood_on(middle)
    assert refused.value.hint.endswith(f"ovirt-hc-setup reset {top.id}")
    _refuse_stood_on(top)
    top.journal.append("", "undone")
    _refuse_stood_on(middle)


def test_what_another_run_has_put_in_its_place_stands_on_it_and_is_what_is_taken_back(tmp_path: Path) -> None:
    below = made(tmp_path, "volume", VOLUME)
    moved = Volume(name="volume", volume="a", bricks=("hc1:/gluster/a/brick", "hc2:/x", "hc4:/x"), arbiter=False, mark=MARK)
    above = made(tmp_path, "replace", moved)
    below.journal.append("volume", "superseded", by=above.id)
    assert standing_on(below) == [above]
    kinds = {"Volume": Volume}
    assert below.superseded(kinds) == [moved]
    above.journal.append("", "undone")
    assert standing_on(below) == []
    assert below.superseded(kinds) == [VOLUME]


def test_what_ended_and_left_nothing_to_undo_is_history(tmp_path: Path) -> None:
    kept, heal = made(tmp_path, "deploy", MOUNTED), made(tmp_path, "heal", found=[MOUNTED])
    half = made(tmp_path, "tune", state="unfinished")
    assert standing_runs(tmp_path / "runs") == [half, kept]
    assert standing_on(kept) == []
    assert heal.state == "finished"


def test_a_run_is_named_whole_or_by_its_end_and_without_a_name_it_is_the_newest(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    with pytest.raises(NotDeployed):
        chosen(None, root)
    old, new = made(tmp_path, "deploy", MOUNTED), made(tmp_path, "volume", VOLUME)
    assert chosen(None, root) == new
    assert chosen(old.id, root) == chosen(old.id[-4:], root) == old
    with pytest.raises(UsageError, match="no run nonsense") as refused:
        chosen("nonsense", root)
    assert refused.value.hint.split()[-2:] == [new.id, old.id]
    new.journal.append("", "undone")
    with pytest.raises(UsageError):
        chosen(new.id, root)


def test_one_finished_run_blocks_no_other_but_a_second_of_what_a_host_is_once(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    made(tmp_path, "volume", VOLUME)
    refuse_another("deploy", "this host", root)
    made(tmp_path, "deploy", MOUNTED)
    refuse_another("volume", "this host", root)
    for verb in ("deploy", "add-host"):
        with pytest.raises(UsageError, match="is the first host of a hosted engine") as refused:
            refuse_another(verb, "this host", root)
        assert "reset" not in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize("verb", ["deploy", "volume"])
def test_one_that_stopped_half_way_comes_first_whatever_it_is_for(verb: str, tmp_path: Path) -> None:
    half = made(tmp_path, "volume", VOLUME, state="unfinished")
    with pytest.raises(UsageError, match="unfinished run") as refused:
        refuse_another(verb, "this host", tmp_path / "runs")
    assert f"ovirt-hc-setup reset {half.id}" in refused.value.hint
