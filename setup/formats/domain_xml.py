"""The engine VM's definition for libvirt, and what we read out of one. Format: libvirt's domain XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.model.engine_vm import AGENT_PORT, SETUP_PORT, Accelerator, EngineVm, Lease

LARGEST = 1 << 20
"""A definition of more bytes than this is not one of a VM like ours."""

SEED_TARGET = "sda"
_TYPES = {Accelerator.KVM: "kvm", Accelerator.TCG: "qemu"}
# libvirt gives memory in KiB whatever it was given in; the other units are for definitions that a person wrote.
_KIB = {"KiB": 1, "k": 1, "MiB": 1 << 10, "M": 1 << 10, "GiB": 1 << 20, "G": 1 << 20}


def build(vm: EngineVm) -> str:
    """The definition, indented, with a line end at its end."""
    domain = ET.Element("domain", type=_TYPES[vm.accelerator])
    _text(domain, "name", vm.name)
    _text(domain, "uuid", str(vm.uuid))
    _text(domain, "memory", str(vm.memory), unit="MiB")
    _text(domain, "currentMemory", str(vm.memory), unit="MiB")
    _text(domain, "vcpu", str(vm.vcpus), placement="static")
    system = ET.SubElement(domain, "os")
    _text(system, "type", "hvm", arch="x86_64", machine=vm.machine)
    features = ET.SubElement(domain, "features")
    ET.SubElement(features, "acpi")
    ET.SubElement(features, "apic")
    _cpu(domain, vm)
    _clock(domain)
    for event, action in (("on_poweroff", "destroy"), ("on_reboot", vm.on_reboot), ("on_crash", "destroy")):
        _text(domain, event, action)
    _devices(ET.SubElement(domain, "devices"), vm)
    ET.indent(domain)
    return ET.tostring(domain, encoding="unicode") + "\n"


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _cpu(domain: ET.Element, vm: EngineVm) -> None:
    # QEMU's translator lacks some features of most models and starts all the same; libvirt would refuse it.
    check = "none" if vm.accelerator is Accelerator.TCG else "partial"
    cpu = ET.SubElement(domain, "cpu", mode="custom", match="exact", check=check)
    _text(cpu, "model", vm.cpu.name, fallback="forbid")


def _clock(domain: ET.Element) -> None:
    clock = ET.SubElement(domain, "clock", offset="utc")
    ET.SubElement(clock, "timer", name="rtc", tickpolicy="catchup")
    ET.SubElement(clock, "timer", name="pit", tickpolicy="delay")
    ET.SubElement(clock, "timer", name="hpet", present="no")


def _devices(devices: ET.Element, vm: EngineVm) -> None:
    _disk(devices, vm)
    ET.SubElement(devices, "controller", type="scsi", index="0", model="virtio-scsi")
    if vm.seed is not None:
        _seed(devices, vm.seed)
    if vm.lease is not None:
        _lease(devices, vm.lease)
    _interface(devices, vm)
    _consoles(devices)
    for port in (SETUP_PORT, AGENT_PORT):
        channel = ET.SubElement(devices, "channel", type="unix")
        ET.SubElement(channel, "source", mode="bind")
        ET.SubElement(channel, "target", type="virtio", name=port)
    rng = ET.SubElement(devices, "rng", model="virtio")
    _text(rng, "backend", "/dev/urandom", model="random")


def _disk(devices: ET.Element, vm: EngineVm) -> None:
    disk = ET.SubElement(devices, "disk", type="file", device="disk", snapshot="no")
    # cache=none: another host has to see what this one wrote; error_policy=stop: wait for the storage instead of corrupting.
    ET.SubElement(disk, "driver", name="qemu", type="raw", cache="none", io=vm.disk_io, error_policy="stop")
    _source(disk, vm.disk)
    ET.SubElement(disk, "target", dev="vda", bus="virtio")
    if vm.serial is not None:
        _text(disk, "serial", str(vm.serial))
    ET.SubElement(disk, "boot", order="1")


def _seed(devices: ET.Element, path: Path) -> None:
    disk = ET.SubElement(devices, "disk", type="file", device="cdrom")
    ET.SubElement(disk, "driver", name="qemu", type="raw", error_policy="report")
    _source(disk, path, startupPolicy="optional")
    ET.SubElement(disk, "target", dev=SEED_TARGET, bus="scsi")
    ET.SubElement(disk, "readonly")


def _source(disk: ET.Element, path: Path, **attributes: str) -> None:
    # The owner of a file on the storage is 36:36 for all hosts: libvirt must not give it to this host's QEMU.
    source = ET.SubElement(disk, "source", {"file": str(path), **attributes})
    ET.SubElement(source, "seclabel", model="dac", relabel="no")


def _lease(devices: ET.Element, lease: Lease) -> None:
    element = ET.SubElement(devices, "lease")
    _text(element, "lockspace", str(lease.lockspace))
    _text(element, "key", str(lease.key))
    ET.SubElement(element, "target", path=str(lease.path), offset=str(lease.offset))


def _interface(devices: ET.Element, vm: EngineVm) -> None:
    interface = ET.SubElement(devices, "interface", type="bridge")
    ET.SubElement(interface, "mac", address=str(vm.mac))
    ET.SubElement(interface, "source", bridge=vm.bridge)
    ET.SubElement(interface, "model", type="virtio")
    ET.SubElement(interface, "link", state="up")


def _consoles(devices: ET.Element) -> None:
    for tag, target in (("serial", {"port": "0"}), ("console", {"type": "serial", "port": "0"})):
        ET.SubElement(ET.SubElement(devices, tag, type="pty"), "target", target)
    # Nobody outside this host reaches it without a tunnel, so it needs no password.
    graphics = ET.SubElement(devices, "graphics", type="vnc", port="-1", autoport="yes", listen="127.0.0.1")
    ET.SubElement(graphics, "listen", type="address", address="127.0.0.1")
    ET.SubElement(ET.SubElement(devices, "video"), "model", type="vga")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What matters to us of a definition that libvirt gave. `memory` is MiB; `channels` are socket paths by port name."""

    name: str
    uuid: UUID
    type: str
    memory: int
    vcpus: int
    cpu: str
    disks: tuple[str, ...]
    leases: tuple[Lease, ...]
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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FormatError(f"libvirt's definition of a VM cannot be understood: {error}") from error


def _parse(xml: str) -> ET.Element:
    if len(xml) > LARGEST:
        raise FormatError(f"libvirt's definition of a VM has {len(xml)} characters: too many to be one")
    try:
        root: ET.Element = fromstring(xml, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException) as error:
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
        disks=tuple(_file(disk) for disk in disks if disk.get("device", "disk") == "disk"),
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


def _file(disk: ET.Element) -> str:
    source = disk.find("source")
    return source.get("file", "") if source is not None else ""


def _media(disks: list[ET.Element]) -> dict[str, str]:
    drives = [disk for disk in disks if disk.get("device") == "cdrom"]
    return {_need(drive, "target").get("dev", ""): _file(drive) for drive in drives if _file(drive)}


def _channels(root: ET.Element) -> dict[str, str]:
    found = {}
    for channel in root.findall("devices/channel"):
        source, target = channel.find("source"), channel.find("target")
        if source is not None and target is not None and source.get("path"):
            found[target.get("name", "")] = source.get("path", "")
    return found


def _read_lease(lease: ET.Element) -> Lease:
    target = _need(lease, "target")
    return Lease(
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
        ("type", found.type, _TYPES[vm.accelerator]),
        ("CPU model", found.cpu, vm.cpu.name),
        ("disks", ", ".join(found.disks), str(vm.disk)),
        ("leases", found.leases, (vm.lease,) if vm.lease else ()),
        ("MAC address", ", ".join(found.macs), str(vm.mac)),
        ("bridge", ", ".join(found.bridges), vm.bridge),
        ("what it does at a reboot", found.on_reboot, vm.on_reboot),
    )
    return tuple(f"{what}: {has}, agreed was {wanted}" for what, has, wanted in pairs if has != wanted)
