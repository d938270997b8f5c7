"""What libvirt can run on a host, out of its capabilities and its domain capabilities."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.machine_type import MachineType


def usable_models(xml: str) -> frozenset[CpuModel]:
    """The CPU models that guests can have here with all their features; raises FormatError."""
    models = _root(xml).findall("cpu/mode[@name='custom']/model[@usable='yes']")
    return frozenset(model for text in models if (model := _model(text.text or "")))


def machine_types(xml: str, kind: str, arch: str = "x86_64") -> frozenset[MachineType]:
    """The machine types of PCs that guests of a kind (`kvm`, `qemu`) can have here, by all their names; raises FormatError."""
    found: set[MachineType] = set()
    for here in _root(xml).iterfind(f"guest/arch[@name='{arch}']"):
        own = here.find(f"domain[@type='{kind}']")
        machines = [*here.findall("machine"), *(own.findall("machine") if own is not None else [])]
        names = [name for machine in machines for name in (machine.text or "", machine.get("canonical", ""))]
        found |= {machine for name in names if (machine := _machine(name))}
    return frozenset(found)


def _root(xml: str) -> ET.Element:
    try:
        root: ET.Element = fromstring(xml, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise FormatError(f"libvirt's capabilities are not XML that we read: {error}") from error
    return root


def _machine(text: str) -> MachineType | None:
    try:
        return MachineType.parse(text)
    except ValueRefused:  # microvm, isapc: nothing for an engine
        return None


def _model(text: str) -> CpuModel | None:
    try:
        return CpuModel(text.strip())
    except ValueRefused:
        return None
