"""Sector sizes measured on real devices of 512 and 4096 bytes, and space that is really taken."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block
from ovirt_hc_setup.system.storage.allocation import make_allocated, make_sparse
from ovirt_hc_setup.system.storage.sector_size import sector_size

pytestmark = [pytest.mark.lab, pytest.mark.skipif(os.geteuid() != 0, reason="loop devices and mounts are root's")]

MIB = 1 << 20


@contextmanager
def mounted(folder: Path, sector: int, kind: str = "ext4") -> Iterator[Path]:
    """A file system of 64 MiB on a loop device with sectors of this size."""
    image, point = folder / "image", folder / "mnt"
    point.mkdir()
    with image.open("wb") as out:
        out.truncate(64 * MIB)
    losetup = ("losetup", "--find", "--show", "--direct-io=on", f"--sector-size={sector}", str(image))
    device = subprocess.run(losetup, capture_output=True, text=True, check=True).stdout.strip()
    try:
        subprocess.run([f"mkfs.{kind}", "-q", device], check=True)
        subprocess.run(["mount", device, point], check=True)
        try:
            yield point
        finally:
            subprocess.run(["umount", point], check=True)
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


@pytest.mark.parametrize("sector", [512, 4096])
def test_the_sector_size_of_a_device_is_found_and_nothing_is_left(tmp_path: Path, sector: int) -> None:
    with mounted(tmp_path, sector) as point:
        before = list(point.iterdir())
        assert sector_size(point) == sector
        assert list(point.iterdir()) == before


def test_an_allocated_file_takes_its_space_and_a_sparse_one_none(tmp_path: Path) -> None:
    told: list[int] = []
    make_allocated(tmp_path / "full", 8 * MIB, told.append)
    make_sparse(tmp_path / "holes", 8 * MIB)
    full, holes = (tmp_path / "full").stat(), (tmp_path / "holes").stat()
    assert (full.st_size, holes.st_size) == (8 * MIB, 8 * MIB)
    assert full.st_blocks * 512 >= 8 * MIB
    assert holes.st_blocks == 0
    assert told[-1] == 8 * MIB


def test_where_fallocate_is_not_supported_zeros_are_written(tmp_path: Path) -> None:
    # ext2 has no fallocate: the kernel says EOPNOTSUPP.
    with mounted(tmp_path, 512, "ext2") as point:
        told: list[int] = []
        make_allocated(point / "full", 9 * MIB, told.append)
        assert (point / "full").stat().st_blocks * 512 >= 9 * MIB
        assert told == [4 * MIB, 8 * MIB, 9 * MIB, 9 * MIB]


@pytest.mark.parametrize("kind", ["ext4", "ext2"])
def test_too_little_room_is_told_before_any_is_taken(tmp_path: Path, kind: str) -> None:
    with mounted(tmp_path, 512, kind) as point:
        with pytest.raises(SetupError, match="no room"):
            make_allocated(point / "full", 200 * MIB, lambda done: None)
        assert not (point / "full").exists()


def test_a_block_is_written_in_place_and_read_past_the_cache(tmp_path: Path) -> None:
    with mounted(tmp_path, 4096) as point:
        path = point / "host1:_volume"
        make_sparse(path, MIB)
        write_block(LocalHost("h"), path, 3 * 4096, b"x" * 4096)
        assert path.stat().st_size == MIB
        assert read_blocks(path, 2 * 4096, 3 * 4096) == bytes(4096) + b"x" * 4096 + bytes(4096)
        assert read_blocks(path, MIB - 4096, 8192) == bytes(4096)
