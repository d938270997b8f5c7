"""OVF, as oVirt writes it and as everybody else does: the disks and the sizes of a virtual machine.

oVirt: `Section/Disk` with size in GiB, fileRef `image/volume` and disk-alias; sockets and cores as items of their own.
Generic (DMTF DSP0243): `DiskSection/Disk` with capacity in `byte * 2^n`, fileRef the id of a `File` with its href.
Names are compared without their XML namespace, because the two disagree on it. An href is a URI relative to the OVF (RFC 3986);
packers that write it without percent-encoding are understood too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ovirt_hc_setup.base.errors import FormatError

MOST_BYTES = 1 << 20
"""An OVF larger than this (1 MiB) is not read: those of appliances have some ten KiB."""

_POWER = re.compile(r"byte\s*\*\s*(2|10)\s*\^\s*(\d{1,2})", re.IGNORECASE)
_UNITS = {"": 1, "byte": 1, "kilobytes": 1 << 10, "kb": 1 << 10, "megabytes": 1 << 20, "mb": 1 << 20}
_UNITS |= {"bytes": 1, "gigabytes": 1 << 30, "gb": 1 << 30, "terabytes": 1 << 40, "tb": 1 << 40}
_MOST_DIGITS = 20
_CPU, _MEMORY = "3", "4"
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class OvfDisk:
    """`names` are the names its file may have in the archive, likeliest first; `capacity` in bytes, rounded up to a multiple of
    `unit`, 0 when not said; `volume_format` is oVirt's COW or RAW, empty when not said; `compression` is how the file
    is packed by the OVF's word, empty for not at all."""

    names: tuple[str, ...]
    capacity: int = 0
    unit: int = 1
    alias: str = ""
    volume_format: str = ""
    compression: str = ""


@dataclass(frozen=True)
class Ovf:
    """`vcpus` and `memory_mib` are 0 when the OVF does not say."""

    name: str
    disks: tuple[OvfDisk, ...]
    vcpus: int = 0
    memory_mib: int = 0


def parse_ovf(data: bytes, where: str, folder: str = "") -> Ovf:
    """The OVF in `data`; `where` is its name, for errors; `folder` the one it lies in inside its archive. Raises FormatError."""
    if len(data) > MOST_BYTES:
        raise FormatError(f"the OVF {where} has {len(data)} bytes, more than the {MOST_BYTES} that are read")
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise FormatError(f"the OVF {where} is not XML that can be read: {error}") from error
    if _local(root.tag) != "Envelope":
        raise FormatError(f"{where} is not an OVF: its root is `{_local(root.tag)}`, not `Envelope`")
    files = {_attribute(file, "id"): file for file in _all(root, "File")}
    disks = tuple(_disk(found, files, where, folder) for found in _all(root, "Disk"))
    items = [_item(found) for found in _all(root, "Item")]
    return Ovf(_name(root), disks, _vcpus(items, where), _memory_mib(items, where))


def _disk(found: Element, files: dict[str, Element], where: str, folder: str) -> OvfDisk:
    reference = _attribute(found, "fileRef")
    file = files.get(reference)
    size, unit = _attribute(found, "capacity"), _unit(_attribute(found, "capacityAllocationUnits"), where)
    if not size:
        size, unit = _attribute(found, "size"), _unit("GigaBytes", where)
    compression = _attribute(file, "compression").lower() if file is not None else ""
    return OvfDisk(
        names=_names(reference, _attribute(file, "href") if file is not None else "", where, folder),
        capacity=_number(size, "the size of a disk", where) * unit,
        unit=unit,
        alias=_attribute(found, "disk-alias"),
        volume_format=_attribute(found, "volume-format").upper(),
        compression="" if compression == "identity" else compression,
    )


def _names(reference: str, href: str, where: str, folder: str) -> tuple[str, ...]:
    """Relative to the OVF as the standard has it; then oVirt's way, whose references are relative to `images/`."""
    if not reference:
        return ()
    if _SCHEME.match(href) or href.startswith("/"):
        hint = "Give an OVA that has its disk in it."
        raise FormatError(f"the OVF {where} has its disk elsewhere, at {href[:200]!r}", hint=hint)
    upwards = ".." in _decoded(href).split("/")
    places = [(base, path) for path in (_decoded(href), href) for base in ((folder,) if upwards else (folder, "", "images"))]
    places += [(base, reference) for base in ("", "images")]
    found = (_inside(f"{base}/{path}") for base, path in places if path and not path.endswith("/"))
    return tuple(dict.fromkeys(name for name in found if name))


def _decoded(href: str) -> str:
    return _ENCODED.sub(lambda found: bytes([int(found[1], 16)]), href.encode()).decode("utf-8", "replace")


def _inside(path: str) -> str:
    """A path inside the archive without `.` and `..`; empty for one that leads out of it."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and not parts:
            return ""
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _vcpus(items: list[dict[str, str]], where: str) -> int:
    for item in items:
        if item.get("ResourceType") == _CPU:
            sockets = _number(item.get("num_of_sockets", ""), "the number of sockets", where)
            cores = _number(item.get("cpu_per_socket", ""), "the number of cores", where)
            threads = _number(item.get("threads_per_cpu", "") or "1", "the number of threads", where)
            return sockets * cores * threads or _number(item.get("VirtualQuantity", ""), "the number of CPUs", where)
    return 0


def _memory_mib(items: list[dict[str, str]], where: str) -> int:
    for item in items:
        if item.get("ResourceType") == _MEMORY:
            unit = _unit(item.get("AllocationUnits", "") or "MegaBytes", where)
            return _number(item.get("VirtualQuantity", ""), "the memory", where) * unit >> 20
    return 0


def _unit(text: str, where: str) -> int:
    """Bytes of an allocation unit, in the form of DSP0004 (`byte * 2^20`) or in oVirt's (`MegaBytes`)."""
    stripped = " ".join(text.split())
    power = _POWER.fullmatch(stripped)
    if power and int(power[2]) <= 60:
        return int(int(power[1]) ** int(power[2]))
    if stripped.lower() in _UNITS:
        return _UNITS[stripped.lower()]
    raise FormatError(f"the OVF {where} counts in a unit that is not known: {text!r}")


def _number(text: str, what: str, where: str) -> int:
    stripped = text.strip()
    if not stripped:
        return 0
    if not (stripped.isascii() and stripped.isdigit()) or len(stripped) > _MOST_DIGITS:
        raise FormatError(f"the OVF {where} gives {what} as {text[:40]!r}, which is not a number")
    return int(stripped)


def _name(root: Element) -> str:
    for system in (*_all(root, "Content"), *_all(root, "VirtualSystem")):
        for child in system:
            if _local(child.tag) == "Name":
                return (child.text or "").strip()
    return ""


def _item(found: Element) -> dict[str, str]:
    return {_local(child.tag): (child.text or "").strip() for child in found}


def _all(root: Element, name: str) -> list[Element]:
    return [found for found in root.iter() if _local(found.tag) == name]


def _attribute(found: Element, name: str) -> str:
    return next((value for key, value in found.attrib.items() if _local(key) == name), "")


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
