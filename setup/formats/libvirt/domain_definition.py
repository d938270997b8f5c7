"""What we read out of libvirt's definition of a VM, and how it differs from what was agreed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.libvirt import disk_xml
from ovirt_hc_setup.formats.libvirt.domain_xml import TYPES
from ovirt_hc_setup.model.disk_access import DiskSource
from ovirt_hc_setup.model.engine_vm import EngineVm, LeasePlace

LARGEST = 1 << 20
"""A definition of more characters than this is not one of a VM like ours."""

# libvirt gives memory in KiB whatever it was given in; the other units are for definitions that a person wrote.
_KIB = {"KiB": 1, "k": 1, "MiB": 1 << 10, "M": 1 << 10, "GiB": 1 << 20, "G": 1 << 20}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What matters to us of a definition that libvirt gave. `memory` is MiB; `channels` are socket paths by port name; a disk
    is None when it is of a kind that we do not know.
    """

    name: str
    uuid: UUID
    type: str
    memory: int
    vcpus: int
    cpu: str
    disks: tuple[DiskSource | None, ...]
    leases: tuple[LeasePlace, ...]
    macs: tuple[str, ...]
    bridges: tuple[str, ...]
    media: dict[str, str]
    channels: dict[str, str]
    on_reboot: str


def read(xml: str) -> Definition:
    """The parts of a definition; raises FormatError. `media` are the files in CD drives by the drive's target name."""
    root = _parse(xml)
    try:
        return _definition(root)
    except (ValueRefused, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FormatError(f"libvirt's definition of a VM cannot be understood: {error}") from error


def empty_drive(xml: str, target: str) -> str:
    """The CD drive of a definition as it is, its id and its place included, without the medium; raises FormatError."""
    drives = _parse(xml).findall("devices/disk[@device='cdrom']")
    drive = next((disk for disk in drives if disk.find(f"target[@dev='{target}']") is not None), None)
    if drive is None:
        raise FormatError(f"libvirt's definition of the VM has no CD drive {target}")
    for medium in drive.findall("source"):
        drive.remove(medium)
    return ET.tostring(drive, encoding="unicode")


def _parse(xml: str) -> ET.Element:
    if len(xml) > LARGEST:
        raise FormatError(f"libvirt's definition of a VM has {len(xml)} characters: too many to be one")
    try:
        root: ET.Element = fromstring(xml, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise FormatError(f"libvirt's definition of a VM is not XML that we read: {error}") from error
    if root.tag != "domain":
        raise FormatError(f"libvirt's definition of a VM begins with <{root.tag}>")
    return root


def _definition(root: ET.Element) -> Definition:
    disks = root.findall("devices/disk")
    memory = _need(root, "memory")
    return Definition(
        name=root.findtext("name", ""),
        uuid=UUID(root.findtext("uuid", "")),
        type=root.get("type", ""),
        memory=round(int(memory.text or "") * _KIB[memory.get("unit", "KiB")] / 1024),
        vcpus=int(root.findtext("vcpu", "")),
        cpu=root.findtext("cpu/model", ""),
        disks=tuple(disk_xml.read_source(disk) for disk in disks if disk.get("device", "disk") == "disk"),
        leases=tuple(_read_lease(lease) for lease in root.findall("devices/lease")),
        macs=tuple(found.get("address", "") for found in root.findall("devices/interface/mac")),
        bridges=tuple(found.get("bridge", "") for found in root.findall("devices/interface/source")),
        media=_media(disks),
        channels=_channels(root),
        on_reboot=root.findtext("on_reboot", ""),
    )


def _need(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    if found is None:
        raise ValueError(f"<{parent.tag}> has no <{tag}>")
    return found


def _media(disks: list[ET.Element]) -> dict[str, str]:
    drives = [disk for disk in disks if disk.get("device") == "cdrom"]
    found = {_need(drive, "target").get("dev", ""): disk_xml.read_source(drive) for drive in drives}
    return {target: str(source) for target, source in found.items() if source is not None}


def _channels(root: ET.Element) -> dict[str, str]:
    found = {}
    for channel in root.findall("devices/channel"):
        source, target = channel.find("source"), channel.find("target")
        if source is not None and target is not None and source.get("path"):
            found[target.get("name", "")] = source.get("path", "")
    return found


def _read_lease(lease: ET.Element) -> LeasePlace:
    target = _need(lease, "target")
    return LeasePlace(
        lockspace=UUID(lease.findtext("lockspace", "")),
        key=UUID(lease.findtext("key", "")),
        path=Path(target.get("path", "")),
        offset=int(target.get("offset", "0")),
    )


def differences(vm: EngineVm, found: Definition) -> tuple[str, ...]:
    """How a definition differs from what was agreed, as lines for an operator; the seed, which comes and goes, left out."""
    pairs: tuple[tuple[str, object, object], ...] = (
        ("name", found.name, vm.name),
        ("memory in MiB", found.memory, vm.memory),
        ("CPUs", found.vcpus, vm.vcpus),
        ("type", found.type, TYPES[vm.accelerator]),
        ("CPU model", found.cpu, vm.cpu.name),
        ("disks", _disks(found, vm), str(vm.disk.source)),
        ("leases", found.leases, (vm.lease,) if vm.lease else ()),
        ("MAC address", ", ".join(found.macs), str(vm.mac)),
        ("bridge", ", ".join(found.bridges), vm.bridge),
        ("what it does at a reboot", found.on_reboot, vm.on_reboot),
    )
    return tuple(f"{what}: {has}, planned was {wanted}" for what, has, wanted in pairs if has != wanted)


def _disks(found: Definition, vm: EngineVm) -> str:
    """The disks in words; the agreed one is told as agreed, whichever of its two ways the definition takes."""
    agreed = vm.disk.source
    ours = ((agreed if disk and vm.disk.is_reached_by(disk) else disk) for disk in found.disks)
    return ", ".join(str(disk or "one of a kind of another kind") for disk in ours)
