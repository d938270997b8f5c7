"""The engine VM's definition for libvirt, as it is written. Format: libvirt's domain XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.formats.libvirt import disk_xml
from ovirt_hc_setup.formats.vdsm.ovirt_metadata import add_metadata
from ovirt_hc_setup.model.disk_access import LocalDisk
from ovirt_hc_setup.model.engine_vm import AGENT_PORT, SETUP_PORT, Accelerator, EngineVm, LeasePlace, console_log

DISK_TARGET = "vda"
SEED_TARGET = "sda"
LOCKED = {"passwd": "*****", "passwdValidTo": "1970-01-01T00:00:01"}
"""Of VNC, as VDSM and the engine write it: a password that ran out long ago lets nobody in, until somebody sets another one.
Without any, every user of the host has the console."""

TYPES = {Accelerator.KVM: "kvm", Accelerator.TCG: "qemu"}


def build(vm: EngineVm, *, for_vdsm: bool = False) -> str:
    """The definition, indented, with a line end at its end.

    `for_vdsm`: as VDSM starts it, with what it has to know of disk and memory, and without the channel that its hook adds: a VM
    with two of one name does not start.
    """
    domain = ET.Element("domain", type=TYPES[vm.accelerator])
    _text(domain, "name", vm.name)
    _text(domain, "uuid", str(vm.uuid))
    if for_vdsm:
        add_metadata(domain, vm, DISK_TARGET)
    # KiB and no unit: VDSM does not look at the unit.
    _text(domain, "memory", str(vm.memory << 10))
    _text(domain, "currentMemory", str(vm.memory << 10))
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
    ports = (AGENT_PORT,) if for_vdsm else (SETUP_PORT, AGENT_PORT)
    _devices(ET.SubElement(domain, "devices"), vm, ports, None if for_vdsm else console_log(vm.name))
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


def _devices(devices: ET.Element, vm: EngineVm, ports: tuple[str, ...], console: Path | None) -> None:
    _disk(devices, vm)
    ET.SubElement(devices, "controller", type="scsi", index="0", model="virtio-scsi")
    if vm.seed is not None:
        _alias(_seed(devices, vm.seed), vm.cdrom)
    if vm.lease is not None:
        _lease(devices, vm.lease)
    _alias(_interface(devices, vm), vm.nic)
    _consoles(devices, vm, console)
    for port in ports:
        channel = ET.SubElement(devices, "channel", type="unix")
        ET.SubElement(channel, "source", mode="bind")
        ET.SubElement(channel, "target", type="virtio", name=port)
    # libvirt would add it by itself; VDSM looks for it before it asks libvirt.
    ET.SubElement(devices, "memballoon", model="virtio")
    rng = ET.SubElement(devices, "rng", model="virtio")
    _text(rng, "backend", "/dev/urandom", model="random")


def _disk(devices: ET.Element, vm: EngineVm) -> None:
    source = vm.disk.source
    disk = ET.SubElement(devices, "disk", type=disk_xml.type_of(source), device="disk", snapshot="no")
    # cache=none: another host has to see what this one wrote; error_policy=stop: wait for the storage instead of corrupting.
    ET.SubElement(disk, "driver", name="qemu", type="raw", cache="none", io=vm.disk_io, error_policy="stop")
    disk_xml.add_source(disk, source)
    ET.SubElement(disk, "target", dev=DISK_TARGET, bus="virtio")
    if vm.serial is not None:
        _text(disk, "serial", str(vm.serial))
    ET.SubElement(disk, "boot", order="1")


def _alias(device: ET.Element, device_id: UUID | None) -> None:
    """The id by which VDSM and the engine know a device: libvirt keeps names that begin with `ua-` as they are."""
    if device_id is not None:
        ET.SubElement(device, "alias", name=f"ua-{device_id}")


def _seed(devices: ET.Element, path: Path) -> ET.Element:
    disk = ET.SubElement(devices, "disk", type="file", device="cdrom")
    ET.SubElement(disk, "driver", name="qemu", type="raw", error_policy="report")
    disk_xml.add_source(disk, LocalDisk(path), startupPolicy="optional")
    ET.SubElement(disk, "target", dev=SEED_TARGET, bus="scsi")
    ET.SubElement(disk, "readonly")
    return disk


def _lease(devices: ET.Element, lease: LeasePlace) -> None:
    element = ET.SubElement(devices, "lease")
    _text(element, "lockspace", str(lease.lockspace))
    _text(element, "key", str(lease.key))
    ET.SubElement(element, "target", path=str(lease.path), offset=str(lease.offset))


def _interface(devices: ET.Element, vm: EngineVm) -> ET.Element:
    interface = ET.SubElement(devices, "interface", type="bridge")
    ET.SubElement(interface, "mac", address=str(vm.mac))
    ET.SubElement(interface, "source", bridge=vm.bridge)
    ET.SubElement(interface, "model", type="virtio")
    ET.SubElement(interface, "link", state="up")
    return interface


def _consoles(devices: ET.Element, vm: EngineVm, log: Path | None) -> None:
    for tag, target in (("serial", {"port": "0"}), ("console", {"type": "serial", "port": "0"})):
        pty = ET.SubElement(devices, tag, type="pty")
        if log is not None:
            # Anew at every start: what an earlier boot said would be taken for what this one says.
            ET.SubElement(pty, "log", file=str(log), append="off")
        ET.SubElement(pty, "target", target)
        _alias(pty, vm.console)  # both are one device
    where = {"type": "vnc", "port": "-1", "autoport": "yes", "listen": "127.0.0.1"}
    graphics = ET.SubElement(devices, "graphics", where | LOCKED)
    ET.SubElement(graphics, "listen", type="address", address="127.0.0.1")
    ET.SubElement(ET.SubElement(devices, "video"), "model", type="vga")
