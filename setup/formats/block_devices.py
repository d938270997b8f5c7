"""Block devices as `lsblk --json --bytes --paths` and `wipefs --no-act --json` of util-linux describe them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.events import plain

COLUMNS = "NAME,TYPE,SIZE,RO,FSTYPE,PTTYPE,MOUNTPOINTS,LOG-SEC"
MAX_TEXT = 2**20


@dataclass(frozen=True)
class BlockDevice:
    """`size` in bytes, `sector` the logical sector in bytes; `traces` is what speaks against writing on it, in words; `stable` a
    name that outlives a reboot, where one was looked for."""

    path: str
    kind: str
    size: int
    sector: int
    traces: tuple[str, ...]
    stable: str = ""


def read_devices(text: str) -> tuple[BlockDevice, ...]:
    """The devices at the top of lsblk's tree; what lies on them (partitions, LVM, RAID, dm-crypt) is among their traces."""
    found = _json(text).get("blockdevices", [])
    return tuple(_device(item) for item in found)


def read_signatures(text: str) -> tuple[str, ...]:
    """What wipefs would wipe, as `xfs at 0x0`; nothing for a blank device."""
    found = _json(text).get("signatures", []) if text.strip() else []
    return tuple(f"{plain(str(item.get('type')))} at {plain(str(item.get('offset')))}" for item in found)


def _json(text: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise FormatError(f"a list of block devices has {len(text)} characters, more than the {MAX_TEXT} that are read")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise FormatError(f"a list of block devices is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise FormatError("a list of block devices is not a JSON object")
    return found


def _device(item: dict[str, Any]) -> BlockDevice:
    try:
        return BlockDevice(
            path=plain(str(item["name"])),
            kind=plain(str(item["type"])),
            size=int(item["size"]),
            sector=int(item["log-sec"]),
            traces=tuple(_traces(item)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"lsblk describes a device without {error}") from error


def _traces(item: dict[str, Any]) -> Iterator[str]:
    if item["ro"] in (True, "1", 1):
        yield "read-only"
    if item.get("pttype"):
        yield f"a partition table ({plain(str(item['pttype']))})"
    if item.get("fstype"):
        yield f"a signature of {plain(str(item['fstype']))}"
    for point in item.get("mountpoints") or ():
        if point:
            yield f"in use as {plain(str(point))}"
    for child in item.get("children") or ():
        yield f"{plain(str(child.get('type')))} {plain(str(child.get('name')))} on it"
