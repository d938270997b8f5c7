"""What others wrote is read within limits, and nothing on a storage leads root elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.host.files import read_start
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_so(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as out:
        out.truncate(1 << 40)
    assert read_start(tmp_path / "huge", 100) == bytes(101)


def test_what_is_no_plain_file_is_neither_read_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(FormatError, match="not a regular file"):
        read_start(tmp_path / "pipe", 100)
    with pytest.raises(FormatError, match="is a link"):
        read_start(tmp_path / "link", 4096)
    with pytest.raises(OSError, match="symbolic links"):
        read_blocks(tmp_path / "link", 0, 4096)
    with pytest.raises(OSError, match="seek"):
        read_blocks(tmp_path / "pipe", 0, 4096)


@pytest.mark.parametrize("link", ["domain", "domain/images", "domain/images/image", "domain/images/image/volume"])
def test_no_block_is_written_through_a_link(tmp_path: Path, link: str) -> None:
    """Another host that can write to the storage must not make this one write over its own files."""
    victim, volume = tmp_path / "victim", tmp_path / "domain/images/image/volume"
    volume.parent.mkdir(parents=True)
    volume.write_bytes(bytes(8192))
    (tmp_path / link).rename(victim)
    (tmp_path / link).symlink_to(victim)
    with pytest.raises(Conflict, match=f"{link} is a link"):
        write_block(LocalHost("h"), volume, 4096, b"x" * 4096)
    (tmp_path / link).unlink()
    victim.rename(tmp_path / link)
    assert volume.read_bytes() == bytes(8192)
    write_block(LocalHost("h"), volume, 4096, b"x" * 4096)
    assert volume.read_bytes() == bytes(4096) + b"x" * 4096
