"""The OVA's writers: what a reader of oVirt's layout finds in what they write."""

from __future__ import annotations

import hashlib
import io
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from ovirt_hc_setup.formats.appliance.appliance_descriptor import parse_appliance_descriptor
from ovirt_hc_setup.lab.appliance import ova

MACHINE = ova.OvfMachine(
    name="Hosted & <Engine>", version="4.5-lab.1", disk_gib=2, memory_mb=1024, sockets=2, cores=3, stamp=1_700_000_000
)
VOLUME = b"QFI\xfb" + bytes(range(256)) * 300
OVF = "{http://schemas.dmtf.org/ovf/envelope/1/}"
RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"


def written(machine: ova.OvfMachine = MACHINE) -> bytes:
    out = io.BytesIO()
    ova.write_ova(out, machine, io.BytesIO(VOLUME), len(VOLUME))
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        files = [member for member in archive.getmembers() if member.isfile()]
        return {member.name: archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def test_the_archive_has_the_layout_of_an_export_domain() -> None:
    found = members(written())
    volume, meta, description = found
    vm = description.split("/")[2]
    assert volume == f"images/{MACHINE.identity('image')}/{MACHINE.identity('volume')}"
    assert meta == f"{volume}.meta"
    assert description == f"master/vms/{vm}/{vm}.ovf"
    assert found[volume] == VOLUME


def test_the_ovf_says_where_the_disk_lies_and_how_large_the_machine_is() -> None:
    found = members(written())
    root = ElementTree.fromstring(next(data for name, data in found.items() if name.endswith(".ovf")))
    disk = root.find("Section/Disk")
    assert disk is not None
    assert f"images/{disk.get(f'{OVF}fileRef')}" in found
    assert (disk.get(f"{OVF}size"), disk.get(f"{OVF}volume-format")) == ("2", "COW")
    assert disk.get(f"{OVF}disk-alias") == MACHINE.name
    values = {item.tag: item.text for item in root.iter()}
    assert values[f"{RASD}num_of_sockets"] == "2"
    assert values[f"{RASD}cpu_per_socket"] == "3"
    assert (values[f"{RASD}VirtualQuantity"], values[f"{RASD}AllocationUnits"]) == ("1024", "MegaBytes")


def test_the_volume_metadata_gives_the_virtual_size_in_sectors() -> None:
    lines = ova.metadata(MACHINE).splitlines()
    assert lines[-1] == "EOF"
    values = dict(line.split("=", 1) for line in lines[:-1])
    assert int(values["SIZE"]) * 512 == 2 * 2**30
    assert (values["FORMAT"], values["TYPE"], values["VOLTYPE"]) == ("COW", "SPARSE", "LEAF")
    assert values["IMAGE"] == str(MACHINE.identity("image"))


def test_the_same_machine_gives_the_same_bytes_and_another_version_other_identities() -> None:
    assert written() == written()
    assert replace(MACHINE, version="4.5-lab.2").file_reference != MACHINE.file_reference


def test_a_volume_shorter_than_it_is_said_to_be_is_an_error() -> None:
    with pytest.raises(OSError, match="unexpected end"):
        ova.write_ova(io.BytesIO(), MACHINE, io.BytesIO(VOLUME[:-1]), len(VOLUME))


def test_the_descriptor_is_read_by_the_programs_own_reader() -> None:
    sha1 = hashlib.sha1(VOLUME).hexdigest()
    read = parse_appliance_descriptor(ova.descriptor("An = appliance", "4.5", "/usr/share/a.ova", sha1), "here")
    assert (read.description, read.version, str(read.path), read.sha1sum) == (
        "An = appliance",
        "4.5",
        "/usr/share/a.ova",
        sha1,
    )
