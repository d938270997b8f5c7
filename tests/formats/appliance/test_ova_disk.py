"""Of an archive's members exactly one is the engine's disk, in the format that its packer named."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.ova_disk import OvaDisk, find_disk, kept
from ovirt_hc_setup.formats.appliance.tar_index import InMemory, read_index
from ovirt_hc_setup.model.appliance import DiskFormat
from tests.appliances import GENERIC_OVF, IMAGE, RAW, VOLUME, Members, ovirt_members, ovirt_ovf, packed, qcow2_header

QCOW2 = qcow2_header(size=51 << 30).ljust(1024, b"\0")


def found(members: Members) -> OvaDisk:
    return find_disk(read_index(InMemory(packed(members)), "e.ova", kept), "e.ova")[1]


def test_a_disk_in_ovirts_layout_is_found_beside_its_metadata() -> None:
    disk = found(ovirt_members(QCOW2))
    assert (disk.member.name, disk.format, disk.virtual_size) == (f"images/{IMAGE}/{VOLUME}", DiskFormat.QCOW2, 51 << 30)


def test_a_raw_disk_is_as_large_as_its_member() -> None:
    disk = found(ovirt_members(RAW, "RAW"))
    assert (disk.format, disk.virtual_size) == (DiskFormat.RAW, 4096)


def generic(disk: bytes, *changes: tuple[str, str]) -> Members:
    """An OVA in the standard's layout, its OVF changed a little."""
    ovf = GENERIC_OVF.decode()
    for before, after in changes:
        assert before in ovf
        ovf = ovf.replace(before, after, 1)
    return [("engine.ovf", ovf.encode()), ("engine.qcow2", disk)]


@pytest.mark.parametrize(
    ("ovf", "href", "name"),
    [
        ("engine.ovf", "./engine.qcow2", "engine.qcow2"),
        ("engine.ovf", "the%20engine%23.qcow2", "the engine#.qcow2"),
        ("engine.ovf", "100%.qcow2", "100%.qcow2"),
        ("vm/engine.ovf", "engine.qcow2", "vm/engine.qcow2"),
        ("vm/engine.ovf", "../disks/engine.qcow2", "disks/engine.qcow2"),
        ("vm/engine.ovf", "engine.qcow2", "engine.qcow2"),
    ],
)
def test_an_href_is_a_uri_relative_to_the_ovf(ovf: str, href: str, name: str) -> None:
    text = GENERIC_OVF.replace(b"engine.qcow2", href.encode())
    assert found([(ovf, text), (name, QCOW2)]).member.name == name


@pytest.mark.parametrize(
    ("magic", "driver"),
    [(b"KDMV", "vmdk"), (b"vhdxfile", "vhdx"), (b"conectix", "vpc"), (b"<<< Oracle VM", "vdi"), (b"QED\0", "qed")],
)
@pytest.mark.parametrize("named", ["", "RAW"])
def test_a_disk_of_another_format_is_refused_with_the_commands_that_help(magic: bytes, driver: str, named: str) -> None:
    with pytest.raises(FormatError) as refused:
        found(ovirt_members(magic.ljust(4096, b"\0"), named))
    place = f"images/{IMAGE}/{VOLUME}"
    assert f"tar -xf e.ova {place}\n" in refused.value.hint
    assert f"qemu-img convert -f {driver} -O qcow2 {place} engine-appliance.qcow2" in refused.value.hint


def test_a_disk_in_the_standards_layout_is_found_by_its_href() -> None:
    assert found([("engine.ovf", GENERIC_OVF), ("engine.qcow2", QCOW2)]).virtual_size == 51 << 30


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (ovirt_members(QCOW2)[:2], "has no OVF"),
        ([*ovirt_members(QCOW2), ("master/vms/b.ovf", ovirt_ovf())], "has 2 OVF files"),
        ([("a.ovf", ovirt_ovf(disks=2))], "has 2 disks; an engine appliance has exactly one"),
        ([("a.ovf", ovirt_ovf(disks=0))], "has no disk"),
        (ovirt_members(QCOW2)[2:], "does not contain the disk"),
        (ovirt_members(QCOW2, "RAW"), "said to be RAW and begins like a qcow2"),
        (ovirt_members(b"\0" * 4096, "COW"), "is not a qcow2 image"),
        (ovirt_members(b"\0" * 4000, "RAW"), "not a whole number of sectors"),
        (ovirt_members(b"\0" * 4096, "RAW"), "is no disk: it has neither a partition table nor a file system"),
        (ovirt_members(b"<!DOCTYPE HTML>".ljust(512), "RAW"), "is a web page"),
        (ovirt_members(b"\n<html>".ljust(512), ""), "is a web page"),
        (ovirt_members(b"\x7fELF".ljust(512, b"\0"), ""), "is a program"),
        (ovirt_members(b"PK\x03\x04".ljust(512, b"\0"), "RAW"), "is packed with zip"),
        (ovirt_members(b"\xfd7zXZ\0".ljust(512, b"\0"), "RAW"), "is packed with xz"),
        (
            generic(b"\x1f\x8b".ljust(512, b"\0"), ('href="engine.qcow2"', 'href="engine.qcow2" ovf:compression="gzip"')),
            "with gzip",
        ),
        (generic(RAW, ('href="engine.qcow2"', 'href="engine.qcow2" ovf:compression="gzip"')), "contradicts itself"),
        (generic(RAW), "has 4096 bytes, and its OVF says 54760833024"),
        (generic(RAW, ("byte * 2^30", "byte"), ('capacity="51"', 'capacity="4095"')), "has 4096 bytes, and its OVF says 4095"),
        (generic(RAW, ("byte * 2^30", "byte"), ('capacity="51"', 'capacity="4608"')), "has 4096 bytes, and its OVF says 4608"),
        ([("a.ovf", GENERIC_OVF), ("engine.qcow2.000000000", b"x"), ("engine.qcow2.000000001", b"y")], "cut into several files"),
        (generic(QCOW2, ("engine.qcow2", "http://example.com/engine.qcow2")), "has its disk elsewhere"),
        (generic(QCOW2, ("engine.qcow2", "file:///etc/shadow")), "has its disk elsewhere"),
        (generic(QCOW2, ("engine.qcow2", "/engine.qcow2")), "has its disk elsewhere"),
        (generic(QCOW2, ("engine.qcow2", "../engine.qcow2")), "does not contain the disk"),
        (generic(QCOW2, ("engine.qcow2", "%2e%2e/engine.qcow2")), "does not contain the disk"),
        (ovirt_members(qcow2_header(backing=512)), "has a backing file"),
        (ovirt_members(qcow2_header(incompatible=4)), "has an external data file"),
        ([("engine.ovf", GENERIC_OVF), ("engine.qcow2", b"KDMV".ljust(512, b"\0"))], "is a VMDK image"),
        ([("engine.ovf", b"<a" + b" " * (1 << 20)), ("x", b"")], "too large"),
    ],
)
def test_an_archive_without_exactly_one_usable_disk_is_refused(members: Members, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        found(members)
    assert "e.ova" in str(refused.value)
