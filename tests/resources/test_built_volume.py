"""What cannot be looked at counts as data: neither a file system nor a volume of ours goes for being damaged or not mounted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, Conflict
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.base.secrets import Secrets
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.runner.apply_one import EventProgress
from ovirt_hc_setup.system.gluster import bricks, glusterd, pool_change
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.storage import disks

OURS = UUID("11111111-2222-3333-4444-555555555555")
INFO = Path("tests/golden/gluster/info-engine.xml").resolve()

Programs = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Puts a shell script in the place of a program."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")

    def put(name: str, script: str) -> None:
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)

    return put


# What xfs_db 6.1 says of a whole file system, of one where mkfs.xfs was killed, and of one with a damaged superblock, in which
# blkid still finds the UUID.
DAMAGED = "echo 'xfs_db: Unsupported features detected. Please try a newer xfsprogs.' >&2; exit 1"


@pytest.mark.parametrize(("said", "whole"), [("echo inprogress = 0", True), ("echo inprogress = 1", False)])
def test_a_file_system_that_says_so_is_whole_or_half_made(program: Programs, said: str, whole: bool) -> None:
    program("xfs_db", said)
    assert disks.is_whole(LocalHost(), Path("/dev/sdb")) is whole


@pytest.mark.parametrize("said", [DAMAGED, "exit 0", "kill -9 $$"])
def test_a_damaged_file_system_is_neither_made_anew_nor_taken_for_empty(program: Programs, tmp_path: Path, said: str) -> None:
    program("xfs_db", said)
    program("blkid", f"echo {OURS}")
    program("mkfs.xfs", f"touch {tmp_path}/made")
    with pytest.raises(Conflict, match="is unknown"):
        disks.make_xfs(LocalHost(), Path("/dev/sdb"), OURS)
    assert not (tmp_path / "made").exists()


def test_a_brick_that_cannot_be_looked_at_is_not_empty(program: Programs, tmp_path: Path) -> None:
    assert bricks.files(LocalHost(), tmp_path / "none") == ()
    (tmp_path / "disk.img").touch()
    assert "disk.img" in bricks.files(LocalHost(), tmp_path)
    program("find", "echo 'find: Input/output error' >&2; exit 1")
    with pytest.raises(CommandFailed, match="Input/output error"):
        bricks.files(LocalHost(), tmp_path)


class Kept:
    """The record of a volume that the run created."""

    before: Mapping[str, Any] = {"there": False}
    backups = Path("/nowhere")
    left: Sequence[str] = ()
    secrets: Secrets

    def keep(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.before

    def committing(self) -> None: ...

    def judged(self, checks: Sequence[str]) -> Sequence[Found]:
        raise AssertionError(f"nobody asks for {checks}")


def test_a_volume_whose_brick_here_is_not_mounted_stays(program: Programs, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    program("gluster", f'case "$*" in *info*) cat {INFO} ;; *) touch {changed} ;; esac')
    [found] = [one for one in glusterd.volumes(LocalHost()) if one.name == "engine"]
    volume = Volume(name="volume", volume="engine", bricks=tuple(map(str, found.bricks)), arbiter=False, mark=OURS)
    with pytest.raises(Conflict, match="is not there, so it is unknown what volume engine holds"):
        volume.undo(LocalHost(), Kept(), EventProgress("volume", lambda event: None))
    assert not changed.exists()


def test_an_option_that_destroys_files_is_not_set_where_there_are_some(program: Programs, tmp_path: Path) -> None:
    program("gluster", f'case "$*" in *info*) sed "/features.shard</{{n;s/>on</>off</}}" {INFO} ;; *) exit 1 ;; esac')
    [found] = [one for one in glusterd.volumes(LocalHost()) if one.name == "engine"]
    assert found.options["features.shard"] == "off"
    brick = tmp_path / "brick"
    brick.mkdir()
    ours = (f"hc1.hc.test:{brick}", *map(str, found.bricks[1:]))
    volume = Volume(name="volume", volume="engine", bricks=ours, arbiter=False, mark=OURS)
    (brick / "disk.img").touch()
    assert "disk.img: only on an empty volume" in volume._risk(LocalHost(), found)
    (brick / "disk.img").unlink()
    assert volume._risk(LocalHost(), found) == ""


def test_what_glusterd_wrote_is_synced_with_the_bricks(
    program: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """glusterd syncs none of its files: a power cut within half a minute leaves them empty."""
    monkeypatch.setattr(pool_change, "HOME", tmp_path / "glusterd")
    (tmp_path / "glusterd").mkdir()
    (tmp_path / "brick").mkdir()
    program("sync", f'echo "$*" >{tmp_path}/synced; exec /bin/sync "$@"')
    pool_change.settle(LocalHost(), tmp_path / "brick")
    assert (tmp_path / "synced").read_text() == f"--file-system -- {tmp_path}/glusterd {tmp_path}/brick\n"
