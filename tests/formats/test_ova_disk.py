"""Of an archive's members exactly one is the engine's disk, in the format that its packer named."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.ova_disk import OvaDisk, find_disk, kept
from ovirt_hc_setup.formats.tar_index import InMemory, read_index
from ovirt_hc_setup.model.appliance import DiskFormat
from tests.appliances import GENERIC_OVF, IMAGE, VOLUME, Members, ovirt_members, ovirt_ovf, packed, qcow2_header

QCOW2 = qcow2_header(size=51 << 30).ljust(1024, b"\0")


def found(members: Members) -> OvaDisk:
    return find_disk(read_index(InMemory(packed(members)), "e.ova", kept), "e.ova")[1]


def test_a_disk_in_ovirts_layout_is_found_beside_its_metadata() -> None:
    disk = found(ovirt_members(QCOW2))
    assert (disk.member.name, disk.format, disk.virtual_size) == (f"images/{IMAGE}/{VOLUME}", DiskFormat.QCOW2, 51 << 30)


def test_a_raw_disk_is_as_large_as_its_member() -> None:
    disk = found(ovirt_members(b"\0" * 4096, "RAW"))
    assert (disk.format, disk.virtual_size) == (DiskFormat.RAW, 4096)


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
