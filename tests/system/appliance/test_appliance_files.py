"""Every known layout is recognised by what is in it; everything else is refused in words that say what it is."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import FormatError, SetupError, ValueRefused
from ovirt_hc_setup.formats.appliance.appliance_descriptor import ApplianceDescriptor
from ovirt_hc_setup.model.appliance import ApplianceKind, DiskFormat
from ovirt_hc_setup.runner.codec import from_plain, to_plain
from ovirt_hc_setup.system.appliance.appliance_files import read_appliance
from ovirt_hc_setup.system.appliance.installed_appliances import installed_appliances
from tests.appliances import RAW, ovirt_members, packed, qcow2_header, write_ova

QCOW2 = qcow2_header(size=51 << 30).ljust(200_000, b"\7")


def test_a_bare_image_is_an_appliance(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(QCOW2)
    found = read_appliance(tmp_path / "e")
    assert (found.kind, found.disk_format, found.virtual_size) == (ApplianceKind.QCOW2, DiskFormat.QCOW2, 51 << 30)
    assert (found.disk_offset, found.disk_size, found.needs_spool) == (0, 200_000, False)


@pytest.mark.parametrize("compressed", [False, True])
def test_an_archive_is_an_appliance_with_the_sizes_of_its_ovf(tmp_path: Path, compressed: bool) -> None:
    path = write_ova(tmp_path / "e.ova", ovirt_members(QCOW2), compressed=compressed)
    found = read_appliance(path)
    unpacked = packed(ovirt_members(QCOW2))
    assert found.kind is (ApplianceKind.OVA_GZ if compressed else ApplianceKind.OVA)
    assert unpacked[found.disk_offset :][: found.disk_size] == QCOW2
    assert (found.virtual_size, found.vcpus, found.memory_mib) == (51 << 30, 4, 16384)
    assert (found.description, found.needs_spool, found.file_size) == ("engine disk", compressed, path.stat().st_size)


def test_a_raw_disk_in_an_archive_is_named_raw(tmp_path: Path) -> None:
    found = read_appliance(write_ova(tmp_path / "e.ova", ovirt_members(RAW * 2, "RAW")))
    assert (found.disk_format, found.virtual_size) == (DiskFormat.RAW, 8192)


def test_what_a_descriptor_says_goes_with_the_appliance_into_a_run_folder(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(QCOW2)
    found = read_appliance(tmp_path / "e", ApplianceDescriptor(tmp_path / "e", "4.5", "the engine", "a" * 40))
    assert (found.version, found.description, found.sha1) == ("4.5", "the engine", "a" * 40)
    assert from_plain(to_plain(found), type(found)) == found


BAD = {
    "empty": (b"", "is an empty file"),
    "text": (b"hello\n" * 200, "neither a tar archive, nor gzip'd, nor a qcow2 image"),
    "backing": (qcow2_header(backing=512), "has a backing file"),
    "truncated ova": (packed(ovirt_members(QCOW2))[:100_000], "truncated"),
    "truncated gz": (gzip.compress(packed(ovirt_members(os.urandom(50_000))))[:30_000], "truncated"),
    "gzip'd text": (gzip.compress(b"hello\n" * 200), "is packed with gzip and has no archive in it"),
    "gzip'd image": (gzip.compress(QCOW2), "gzip -dc /.*/e.ova > engine-appliance.qcow2"),
    "xz": (b"\xfd7zXZ\0" + bytes(2000), "packed with xz.*\n.*xz -dc /.*/e.ova > engine-appliance.qcow2"),
    "zip": (b"PK\x03\x04" + bytes(2000), "packed with zip.*\n.*unzip -p"),
    "web page": (b"<!DOCTYPE html>\n<html>".ljust(2048), "is a web page"),
    "vmdk": (b"KDMV" + bytes(2044), "is a VMDK image.*\n.*qemu-img convert -f vmdk -O qcow2 /.*/e.ova engine-appliance.qcow2"),
    "raw": (RAW, "is a raw disk image.*\n.*qemu-img convert -f raw"),
    "no ovf": (packed(ovirt_members(QCOW2)[:2]), "has no OVF"),
    "leads out": (packed([("../x", b""), *ovirt_members(QCOW2)]), "has `..` in its name"),
    "absolute": (packed([*ovirt_members(QCOW2), ("/etc/passwd", b"")]), "has an absolute name"),
    "backing inside": (packed(ovirt_members(qcow2_header(backing=512))), "has a backing file"),
}


@pytest.mark.parametrize(("data", "said"), list(BAD.values()), ids=list(BAD))
def test_a_file_that_is_no_appliance_is_refused_by_name(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "e.ova"
    path.write_bytes(data)
    with pytest.raises(SetupError, match=said) as refused:
        read_appliance(path)
    assert str(path) in refused.value.message


@pytest.mark.parametrize(
    ("name", "said"), [("none", "there is no such file"), (".", "is not a regular file"), ("pipe", "not a regular")]
)
def test_what_is_no_file_is_refused_and_never_hangs(tmp_path: Path, name: str, said: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueRefused, match=said):
        read_appliance(tmp_path / name)


def test_installed_appliances_come_newest_first_and_a_broken_descriptor_hides_no_other(tmp_path: Path) -> None:
    for version in ("4.5-2", "4.5-10", "4.4-30"):
        (tmp_path / version).write_bytes(QCOW2)
        text = f"version={version}\npath={tmp_path / version}\n"
        name = "10-appliance-almalinux9.conf" if version == "4.5-10" else f"{version}-appliance.conf"
        (tmp_path / name).write_text(text)
    (tmp_path / "broken-appliance.conf").write_text("nonsense")
    (tmp_path / "gone-appliance.conf").write_text("version=9\npath=/nowhere/e.ova\n")
    (tmp_path / "other.conf").write_text("nonsense")
    found = installed_appliances(tmp_path)
    assert [one.descriptor.version for one in found if not one.problem] == ["4.5-10", "4.5-2", "4.4-30"]
    assert {one.source.name: bool(one.problem) for one in found}["gone-appliance.conf"]
    assert any("nonsense" in one.problem for one in found)
    assert found[0].file_size == len(QCOW2)


def test_damage_in_a_format_is_a_format_error(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(b"x" * 1000)
    with pytest.raises(FormatError):
        read_appliance(tmp_path / "e")
