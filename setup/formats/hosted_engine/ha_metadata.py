"""The HA metadata (the volume `he_metadata`): block 0 for the cluster, block N for host N, 4096 bytes each.

A host's block holds 512 bytes of fields joined by `|` (parse version 1), then text for people. Its crc32 covers the
fields with eight zeros in its own place. A block whose first byte is NUL is absent. Every reader decodes the whole area
as UTF-8, so an unused block holds zeros and nothing else.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

BLOCK = 4096
FIELDS_SIZE = 512
PARSE_VERSION = 1
HOSTS = 2000
"""The highest host id that readers scan."""

_NO_CRC = "00000000"
_TRUE = ("t", "y", "1")
_FALSE = ("f", "n", "0")
_LARGEST = 1 << 62


@dataclass(frozen=True, kw_only=True)
class HostBlock:
    """One host's say. `timestamp` is the host's monotonic clock in seconds: compare it for change only."""

    host_id: int
    hostname: str
    timestamp: int
    score: int = 0
    engine_status: Mapping[str, str] = field(default_factory=dict)
    maintenance: bool = False
    stopped: bool = False
    conf_on_shared_storage: bool = True
    conf_refreshed: int = 0
    state: str = ""
    text: str = ""


@dataclass(frozen=True)
class HaMetadata:
    """What the HA metadata says; `damaged` has the reason for every block that cannot be read: a host's, or 0, the cluster's."""

    maintenance: bool
    hosts: Mapping[int, HostBlock]
    damaged: Mapping[int, str]


def write_host_block(block: HostBlock, written_at: str) -> bytes:
    """The 4096 bytes for byte `4096 * host_id`; `written_at` is the date shown behind the timestamp."""
    if not 1 <= block.host_id <= HOSTS:
        raise ValueRefused(f"{block.host_id} is no host id", hint=f"host ids go from 1 to {HOSTS}")
    if "|" in block.hostname or not block.hostname.isprintable():
        raise ValueRefused(f"{block.hostname!r} cannot be a host name in the hosted-engine metadata")
    fields = _fields(block)
    joined = "|".join(fields)
    fields[9] = f"{zlib.crc32(joined.encode()):08x}"
    head, tail = "|".join(fields).encode(), _text(block, written_at).encode()
    if len(head) > FIELDS_SIZE or len(tail) > BLOCK - FIELDS_SIZE:
        raise ValueRefused(f"the block of host {block.host_id} does not fit into {BLOCK} bytes")
    return head.ljust(FIELDS_SIZE, b"\0") + tail.ljust(BLOCK - FIELDS_SIZE, b"\0")


def read_host_block(data: bytes) -> HostBlock:
    """Raises FormatError for too few fields, a newer parse version, a wrong crc32, a field of the wrong form."""
    head = _decoded(data[:FIELDS_SIZE])
    fields = head.split("|")
    if len(fields) < 7:
        raise FormatError(f"a hosted-engine metadata block has {len(fields)} fields instead of at least 7")
    if _number(fields[0]) > PARSE_VERSION:
        raise FormatError(f"a hosted-engine metadata block is of parse version {fields[0]}, newer than {PARSE_VERSION}")
    _check_crc(fields)
    return HostBlock(
        timestamp=_number(fields[2]),
        host_id=_number(fields[3]),
        score=_number(fields[4]),
        engine_status=_status(fields[5]),
        hostname=fields[6],
        maintenance=_flag(fields, 7),
        stopped=_flag(fields, 8),
        conf_on_shared_storage=_flag(fields, 10),
        conf_refreshed=_number(fields[11]) if len(fields) > 11 else 0,
        **_said(_decoded(data[FIELDS_SIZE:BLOCK])),
    )


def write_global_block(*, maintenance: bool) -> bytes:
    """The 4096 bytes of block 0, as HA writes them: without a line end, which its reader would complain of."""
    return f"maintenance={int(maintenance)}".encode().ljust(BLOCK, b"\0")


def read_global_block(data: bytes) -> bool:
    """Whether global maintenance is on; an absent block means that it is not."""
    for line in _decoded(data[:BLOCK]).splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "maintenance":
            first = value.strip().lower()[:1]
            if first not in _TRUE + _FALSE:
                raise FormatError(f"the hosted-engine metadata says maintenance={value.strip()!r}, which is neither 0 nor 1")
            return first in _TRUE
    return False


def read(data: bytes) -> HaMetadata:
    """All of the HA metadata, as much as `data` holds; a damaged block spoils only its own host."""
    hosts: dict[int, HostBlock] = {}
    damaged: dict[int, str] = {}
    for number in range(1, min(HOSTS, len(data) // BLOCK - 1) + 1):
        block = data[number * BLOCK : (number + 1) * BLOCK]
        if not block[0]:
            continue
        try:
            hosts[number] = _own(read_host_block(block), number)
        except FormatError as error:
            damaged[number] = error.message
    try:
        maintenance = read_global_block(data)
    except FormatError as error:
        maintenance, damaged[0] = False, error.message
    return HaMetadata(maintenance, hosts, damaged)


def checksum_in(block: bytes) -> str:
    """The crc32 that stands in a host's block, eight hexadecimal digits; empty where an old agent wrote none."""
    fields = _decoded(block[:FIELDS_SIZE]).split("|")
    return fields[9] if len(fields) > 9 else ""


def _own(block: HostBlock, number: int) -> HostBlock:
    if block.host_id != number:
        raise FormatError(f"the block of host {number} was written by host {block.host_id}")
    return block


def _fields(block: HostBlock) -> list[str]:
    return [
        str(PARSE_VERSION),
        "1",
        str(block.timestamp),
        str(block.host_id),
        str(block.score),
        json.dumps(dict(block.engine_status)).replace("|", "/"),
        block.hostname,
        str(int(block.maintenance)),
        str(int(block.stopped)),
        _NO_CRC,
        str(int(block.conf_on_shared_storage)),
        str(block.conf_refreshed),
    ]


def _text(block: HostBlock, written_at: str) -> str:
    lines = [
        f"metadata_parse_version={PARSE_VERSION}",
        "metadata_feature_version=1",
        f"timestamp={block.timestamp} ({written_at})",
        f"host-id={block.host_id}",
        f"score={block.score}",
        f"vm_conf_refresh_time={block.conf_refreshed} ({written_at})",
        f"conf_on_shared_storage={block.conf_on_shared_storage}",
        f"maintenance={block.maintenance}",
        f"state={block.state}",
        f"stopped={block.stopped}",
    ]
    return block.text or "".join(f"{line}\n" for line in lines)


def _said(text: str) -> dict[str, str]:
    state = next((line[6:] for line in text.splitlines() if line.startswith("state=")), "")
    return {"state": state, "text": text}


def _decoded(data: bytes) -> str:
    try:
        return data.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"a hosted-engine metadata block is not text: byte {error.start} is not UTF-8") from error


def _number(text: str) -> int:
    try:
        found = int(text)
    except ValueError:
        found = None
    if found is None or abs(found) > _LARGEST:
        raise FormatError(f"a hosted-engine metadata block has {text[:40]!r} where a number has to be")
    return found


def _flag(fields: list[str], at: int) -> bool:
    return len(fields) > at and fields[at].strip().lower()[:1] in _TRUE


def _check_crc(fields: list[str]) -> None:
    if len(fields) <= 9:
        return
    real = f"{zlib.crc32('|'.join([*fields[:9], _NO_CRC, *fields[10:]]).encode()):08x}"
    if real != fields[9]:
        raise FormatError(f"a hosted-engine metadata block is damaged: its crc32 says {fields[9]}, its fields give {real}")


def _status(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise FormatError(f"a hosted-engine metadata block has {text[:40]!r} where the engine's status has to be") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise FormatError(f"a hosted-engine metadata block has {text[:40]!r} where the engine's status has to be")
    return {_word(key): _word(value) for key, value in found.items() if not isinstance(value, dict | list)}


def _word(value: object) -> str:
    # JSON can name halves of characters, which nothing can print.
    return str(value).encode("utf-8", "replace").decode()
