"""Block devices as `lsblk --json --bytes --paths` and `wipefs --no-act --json` of util-linux describe them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.formats import shaped_json

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


class _LsblkItem(msgspec.Struct, frozen=True):
    """Whatever lies on a device, as far as it is told: a partition, a volume, a RAID."""

    name: str
    type: str | None = None


class _Device(msgspec.Struct, frozen=True, rename={"sector": "log-sec"}):
    """A device of lsblk; numbers and truth values are texts in old versions."""

    name: str
    type: str
    size: int | str
    sector: int | str
    ro: bool | int | str = False
    pttype: str | None = None
    fstype: str | None = None
    mountpoints: list[str | None] | None = None
    children: list[_LsblkItem] | None = None


class _Signature(msgspec.Struct, frozen=True):
    type: str | None = None
    offset: str | int | None = None


class _Devices(msgspec.Struct, frozen=True):
    blockdevices: list[_Device] = []


class _Signatures(msgspec.Struct, frozen=True):
    signatures: list[_Signature] = []


def read_devices(text: str) -> tuple[BlockDevice, ...]:
    """The devices at the top of lsblk's tree; what lies on them (partitions, LVM, RAID, dm-crypt) is among their traces."""
    found = shaped_json.read(_short(text), _Devices, "what `lsblk` printed")
    return tuple(_device(item) for item in found.blockdevices)


def read_signatures(text: str) -> tuple[str, ...]:
    """What wipefs would wipe, as `xfs at 0x0`; nothing for a blank device."""
    if not text.strip():
        return ()
    found = shaped_json.read(_short(text), _Signatures, "what `wipefs` printed")
    return tuple(f"{plain(str(item.type))} at {plain(str(item.offset))}" for item in found.signatures)


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise FormatError(f"a list of block devices has {len(text)} characters, more than the {MAX_TEXT} that are read")
    return text


def _device(item: _Device) -> BlockDevice:
    try:
        size, sector = int(item.size), int(item.sector)
    except ValueError as error:
        raise FormatError(f"`lsblk` describes {plain(item.name)} without a size: {error}") from error
    return BlockDevice(plain(item.name), plain(item.type), size, sector, tuple(_traces(item)))


def _traces(item: _Device) -> Iterator[str]:
    if item.ro in (True, "1", 1):
        yield "read-only"
    if item.pttype:
        yield f"a partition table ({plain(item.pttype)})"
    if item.fstype:
        yield f"a signature of {plain(item.fstype)}"
    for point in item.mountpoints or ():
        if point:
            yield f"in use as {plain(point)}"
    for child in item.children or ():
        yield f"{plain(str(child.type))} {plain(child.name)} on it"
