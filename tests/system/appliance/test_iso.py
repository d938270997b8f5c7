"""The seed's image: what cloud-init looks for is in it, under the names it looks for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.system.appliance import iso

FILES = {"meta-data": b"instance-id: x\n", "network-config": b"version: 1\n", "user-data": b"#cloud-config\n" + b"x" * 5000}


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    path = tmp_path / "seed.iso"
    path.write_bytes(iso.make("cidata", FILES))
    assert iso.read(path) == ("cidata", FILES)


def test_the_file_system_probe_of_a_guest_sees_the_label(tmp_path: Path) -> None:
    if shutil.which("blkid") is None:
        pytest.skip("blkid is not installed")
    path = tmp_path / "seed.iso"
    path.write_bytes(iso.make("cidata", FILES))
    said = subprocess.run(["blkid", "-p", "-o", "export", path], capture_output=True, text=True, timeout=20, check=True).stdout
    assert {"LABEL=cidata", "TYPE=iso9660"} <= set(said.splitlines())


def test_the_kernel_shows_the_files_under_their_own_names(tmp_path: Path) -> None:
    path, point = tmp_path / "seed.iso", tmp_path / "point"
    path.write_bytes(iso.make("cidata", FILES))
    point.mkdir()
    if subprocess.run(["mount", "-o", "loop,ro", path, point], capture_output=True, timeout=20, check=False).returncode:
        pytest.skip("this machine cannot mount ISO images")
    try:
        assert {found.name: found.read_bytes() for found in point.iterdir()} == FILES
    finally:
        subprocess.run(["umount", point], timeout=20, check=True)


@pytest.mark.parametrize("content", [b"", b"no image", b"\0" * 40_000])
def test_what_is_no_image_is_a_format_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seed.iso"
    path.write_bytes(content)
    with pytest.raises(FormatError):
        iso.read(path)
