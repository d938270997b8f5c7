"""`<volume>.meta` of a VDSM file volume: written as version 5, read as 3 to 5 (told apart by CAP or SIZE).

Sorted `KEY=VALUE` lines, then a line `EOF`; at most 512 bytes; no checksum. A volume exists for VDSM once its `.meta`
exists, and an ILLEGAL one is never prepared for a VM.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.pairs import Pairs, decoded

BLANK = UUID(int=0)
SIZE_LIMIT = 512
DESCRIPTION_LIMIT = 210
END = "EOF"
WHAT = "the metadata of the volume"


class Legality(Enum):
    LEGAL = "LEGAL"
    ILLEGAL = "ILLEGAL"
    FAKE = "FAKE"


class Allocation(Enum):
    """VDSM's TYPE: whether the file's space was taken at once."""

    SPARSE = "SPARSE"
    PREALLOCATED = "PREALLOCATED"


@dataclass(frozen=True, kw_only=True)
class VolumeMetadata:
    """What VDSM knows of a volume. `capacity` in bytes; `created` in seconds since the epoch."""

    domain: UUID
    image: UUID
    capacity: int
    created: int
    description: str
    disk_type: str
    allocation: Allocation
    legality: Legality = Legality.LEGAL
    format: str = "RAW"
    kind: str = "LEAF"
    parent: UUID = BLANK
    generation: int = 0
    sequence: int = 0
    version: int = 5

    def judged(self, legality: Legality) -> VolumeMetadata:
        return replace(self, legality=legality)


def write(metadata: VolumeMetadata) -> bytes:
    """The bytes of version 5; raises ValueRefused when they would be more than 512 or not one line a value."""
    values = {
        "CAP": str(metadata.capacity),
        "CTIME": str(metadata.created),
        "DESCRIPTION": metadata.description,
        "DISKTYPE": metadata.disk_type,
        "DOMAIN": str(metadata.domain),
        "FORMAT": metadata.format,
        "GEN": str(metadata.generation),
        "IMAGE": str(metadata.image),
        "LEGALITY": metadata.legality.value,
        "PUUID": str(metadata.parent),
        "SEQ": str(metadata.sequence),
        "TYPE": metadata.allocation.value,
        "VOLTYPE": metadata.kind,
    }
    for key, value in values.items():
        if (value and not value.isprintable()) or value != value.strip():
            raise ValueRefused(f"{value!r} cannot be {key} of a volume: it is not one line without blanks at its ends")
    if len(metadata.description) > DESCRIPTION_LIMIT:
        raise ValueRefused(f"the description {metadata.description!r} is longer than {DESCRIPTION_LIMIT} characters")
    data = "".join(f"{key}={value}\n" for key, value in values.items()).encode() + f"{END}\n".encode()
    if len(data) > SIZE_LIMIT:
        raise ValueRefused(f"the metadata of the volume would have {len(data)} bytes; {SIZE_LIMIT} is the most")
    return data


def read(data: bytes) -> VolumeMetadata:
    """Raises FormatError for a missing end, a missing key or a value of the wrong form."""
    pairs = Pairs(_pairs(decoded(data, WHAT, SIZE_LIMIT)), WHAT)
    latest = "CAP" in pairs.values
    return VolumeMetadata(
        domain=pairs.uuid("DOMAIN"),
        image=pairs.uuid("IMAGE"),
        capacity=pairs.number("CAP") if latest else pairs.number("SIZE") * 512,
        created=pairs.number("CTIME"),
        description=pairs.text("DESCRIPTION"),
        disk_type=pairs.text("DISKTYPE"),
        allocation=Allocation(pairs.one_of("TYPE", [kind.value for kind in Allocation])),
        legality=Legality(pairs.one_of("LEGALITY", [kind.value for kind in Legality])),
        format=pairs.one_of("FORMAT", ["RAW", "COW"]),
        kind=pairs.one_of("VOLTYPE", ["LEAF", "INTERNAL", "SHARED"]),
        parent=pairs.uuid("PUUID"),
        generation=pairs.number("GEN", 0),
        sequence=pairs.number("SEQ", 0),
        version=5 if latest else 4,
    )


def described(alias: str, text: str) -> str:
    """DESCRIPTION as the engine writes it: compact JSON with the disk's alias and description, ASCII only."""
    for part in (alias, text):
        if not (part.isascii() and part.isprintable()):
            raise ValueRefused(f"{part!r} cannot describe a disk: only ASCII is written")
    return json.dumps({"DiskAlias": alias, "DiskDescription": text}, separators=(",", ":"))


def alias_of(description: str) -> str:
    """The disk's alias in a DESCRIPTION; the whole text when it is not JSON, as deployments before 4.2 wrote it."""
    try:
        alias = json.loads(description)["DiskAlias"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return description
    return alias if isinstance(alias, str) else description


def _pairs(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in text.split("\n"):
        if line.strip() == END:
            return values
        key, found, value = line.partition("=")
        if found:
            values[key.strip()] = value.strip()
    raise FormatError(f"{WHAT} has no {END} line: it was cut short")
