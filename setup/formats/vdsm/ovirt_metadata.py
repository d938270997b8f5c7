"""oVirt's own words in a domain XML, by which VDSM knows a disk as a volume of its storage: prepares it, and wants its lease.

Without them VDSM takes the disk for a plain file, and may take all the memory of the VM back by the balloon. Format: VDSM's
`vdsm.virt.metadata`, namespace `http://ovirt.org/vm/1.0`; a device is found by the name of its target.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from uuid import UUID

from ovirt_hc_setup.model.engine_vm import EngineVm

NAMESPACE = "http://ovirt.org/vm/1.0"
BLANK = UUID(int=0)
"""The pool of a hosted engine's disk: whichever has the domain."""

ET.register_namespace("ovirt-vm", NAMESPACE)


def add_metadata(domain: ET.Element, vm: EngineVm, target: str) -> None:
    """Say how much memory (MiB) the VM keeps, and of the disk `target` which volume it is, if the VM has its lease and serial
    number, which name the volume."""
    words = ET.SubElement(ET.SubElement(domain, "metadata"), _tag("vm"))
    ET.SubElement(words, _tag("minGuaranteedMemoryMb"), type="int").text = str(vm.memory)
    if vm.lease is None or vm.serial is None:
        return
    device = ET.SubElement(words, _tag("device"), devtype="disk", name=target)
    values = {
        "domainID": vm.lease.lockspace,
        "imageID": vm.serial,
        "poolID": BLANK,
        "volumeID": vm.lease.key,
        # HA takes a definition only if its disk is one host's alone.
        "shared": "exclusive",
    }
    for name, value in values.items():
        ET.SubElement(device, _tag(name)).text = str(value)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
