from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host.mountinfo import read_mountinfo, topmost

POINT = "/rhev/data-center/mnt/glusterSD/hc1:_engine"
LINES = f"""\
1783 1877 7:6 / /gluster_bricks/engine rw,noatime shared:661 - xfs /dev/loop6 rw,inode64
64 1877 0:40 / {POINT} rw,relatime shared:1 master:3 - fuse.glusterfs hc1:/engine rw,user_id=0
70 64 0:41 / /mnt/with\\040space ro - tmpfs none\\134x rw
71 64 0:42 / /nothing rw - tmpfs  rw
"""


def test_mounts_are_read() -> None:
    found = topmost(read_mountinfo(LINES), Path(POINT))
    assert found is not None
    assert (found.kind, found.source, found.options[0]) == ("fuse.glusterfs", "hc1:/engine", "rw")


def test_escaped_characters_are_what_they_stand_for() -> None:
    found = topmost(read_mountinfo(LINES), Path("/mnt/with space"))
    assert found is not None
    assert (found.source, found.options[0]) == ("none\\x", "ro")


def test_a_mount_without_a_source_is_read() -> None:
    assert topmost(read_mountinfo(LINES), Path("/nothing")) is not None


def test_of_mounts_on_top_of_one_another_the_last_is_seen() -> None:
    over = LINES + f"80 64 0:50 / {POINT} rw - tmpfs over rw\n"
    found = topmost(read_mountinfo(over), Path(POINT))
    assert found is not None
    assert found.source == "over"


def test_a_folder_below_a_mount_is_no_mount() -> None:
    assert topmost(read_mountinfo(LINES), Path(POINT) / "x") is None


def test_a_torn_line_is_refused() -> None:
    with pytest.raises(FormatError):
        read_mountinfo("64 1877 0:40 / /x rw,relatime")


def test_this_machines_own_mounts_are_read() -> None:
    assert topmost(read_mountinfo(Path("/proc/self/mountinfo").read_text()), Path("/proc")) is not None
