"""`vm.conf`: HA's recipe for the engine VM until the engine has written its own.

`key=value` lines; HA deletes every blank in a line and everything from `#` on. With `xmlBase64` VDSM is given that
domain XML and nothing else of the file but the id and the name.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.pairs import Pairs, decoded

WHAT = "vm.conf"
LIMIT = 16384
_VALUE = re.compile(r"[^\s#]*")


@dataclass(frozen=True, kw_only=True)
class VmConf:
    """`memory` in MiB (also the free memory below which HA lowers a host's score); `devices` are VDSM's `{k:v,...}`."""

    vm: UUID
    name: str
    memory: int
    vcpus: int
    max_vcpus: int
    cpu_type: str
    machine: str
    display: str = "vnc"
    devices: tuple[str, ...] = ()
    xml: str = field(default="", repr=False)


def write(conf: VmConf) -> str:
    """Raises ValueRefused for a value that HA would read differently."""
    values = {
        "vmId": str(conf.vm),
        "memSize": str(conf.memory),
        "display": conf.display,
        "vmName": conf.name,
        "smp": str(conf.vcpus),
        "maxVCpus": str(conf.max_vcpus),
        "cpuType": conf.cpu_type,
        "emulatedMachine": conf.machine,
    }
    lines = [*values.items(), *(("devices", device) for device in conf.devices)]
    if conf.xml:
        lines.append(("xmlBase64", base64.b64encode(conf.xml.encode()).decode()))
    return "".join(f"{key}={_value(key, value)}\n" for key, value in lines)


def read(text: str) -> VmConf:
    """Raises FormatError for a missing id, a number that is none, or XML that is not base64."""
    lines = list(_lines(text))
    pairs = Pairs({key: value for key, value in lines if key != "devices"}, WHAT)
    vcpus = pairs.number("smp", 1)
    return VmConf(
        vm=pairs.uuid("vmId"),
        name=pairs.text("vmName"),
        memory=pairs.number("memSize"),
        vcpus=vcpus,
        max_vcpus=pairs.number("maxVCpus", vcpus),
        cpu_type=pairs.values.get("cpuType", ""),
        machine=pairs.values.get("emulatedMachine", ""),
        display=pairs.values.get("display", "vnc"),
        devices=tuple(value for key, value in lines if key == "devices"),
        xml=_xml(pairs.values.get("xmlBase64", "")),
    )


def _lines(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > LIMIT:
        raise FormatError(f"{WHAT} has {len(text)} characters, more than {LIMIT}")
    for line in text.split("\n"):
        bare = "".join(line.partition("#")[0].split())
        if bare:
            key, found, value = bare.partition("=")
            if not found:
                raise FormatError(f"{WHAT} has the line {line[:80]!r}, which is not key=value")
            yield key, value


def _value(key: str, value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise ValueRefused(f"{value!r} cannot be {key} of {WHAT}", hint="no blanks and no #: HA deletes them")
    return value


def _xml(text: str) -> str:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise FormatError(f"{WHAT}: xmlBase64 is not base64") from error
    return decoded(data, f"the XML in {WHAT}", LIMIT)
