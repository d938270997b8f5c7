"""`dom_md/metadata` of a VDSM file storage domain: written as version 5, read as 3, 4 or 5.

Sorted `KEY=VALUE` lines, each ended by a newline, and `_SHA_CKSUM` last. The checksum is SHA-1 over the sorted strings
joined without anything between them, non-ASCII characters as decimal XML references. VDSM refuses a wrong checksum and
takes a missing one with a warning; here a missing one is refused too, because nothing of ours and nothing of VDSM's
leaves it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.pairs import Pairs, decoded

CHECKSUM = "_SHA_CKSUM"
ALIGNMENT = 1 << 20
"""Bytes of one sanlock area for up to 250 hosts, with sectors of 512 and of 4096."""

NAME_LIMIT = 50
SIZE_LIMIT = 1 << 16
SECTORS = (512, 4096)
ALIGNMENTS = {512: (ALIGNMENT,), 4096: (ALIGNMENT, 2 * ALIGNMENT, 4 * ALIGNMENT, 8 * ALIGNMENT)}
"""What goes with a sector: 2000 hosts with 512; 250, 500, 1000 or 2000 with 4096. VDSM's default is 250 hosts."""

TYPES = ("NFS", "FCP", "ISCSI", "LOCALFS", "CIFS", "POSIXFS", "GLUSTERFS")
CLASSES = ("Data", "Iso", "Backup")
ROLES = ("Regular", "Master")
WHAT = "the metadata of the storage domain"


@dataclass(frozen=True, kw_only=True)
class DomainMetadata:
    """What a file domain says about itself. `name` is shown to people; seconds for the times, bytes for the sizes."""

    sd_uuid: UUID
    name: str
    remote_path: str
    type: str = "GLUSTERFS"
    domain_class: str = "Data"
    role: str = "Regular"
    version: int = 5
    block_size: int = 512
    alignment: int = ALIGNMENT
    pool_uuids: tuple[UUID, ...] = ()
    io_op_timeout: int = 10
    lease_retries: int = 3
    lease_time: int = 60
    lock_policy: str = ""
    lock_renewal_interval: int = 5

    @property
    def attached(self) -> bool:
        """Whether a pool (an engine) has taken the domain."""
        return bool(self.pool_uuids)


def write(metadata: DomainMetadata) -> bytes:
    """The bytes of version 5; raises ValueRefused for a value that the file cannot hold."""
    if metadata.version != 5:
        raise ValueRefused(f"a storage domain is written as version 5, not {metadata.version}")
    if metadata.block_size not in SECTORS:
        raise ValueRefused(f"a sector of {metadata.block_size} bytes is not possible", hint="it is 512 or 4096")
    if metadata.alignment not in ALIGNMENTS[metadata.block_size]:
        raise ValueRefused(f"an alignment of {metadata.alignment} bytes is not possible with sectors of {metadata.block_size}")
    lines = sorted(f"{key}={_one_line(key, value)}" for key, value in _values(metadata).items())
    return "".join(f"{line}\n" for line in [*lines, f"{CHECKSUM}={checksum(lines)}"]).encode()


def checked_name(name: str) -> str:
    """`name` if a domain can have it: 1 to 50 characters, no blanks at its ends, no control characters."""
    if not name or len(name) > NAME_LIMIT or name != name.strip() or not name.isprintable():
        hint = f"1 to {NAME_LIMIT} printable characters without blanks at the ends, for example hosted_storage"
        raise ValueRefused(f"{name!r} cannot be the name of a storage domain", hint=hint)
    return name


def checksum(lines: Iterable[str]) -> str:
    """VDSM's checksum of `KEY=VALUE` strings, in any order and without the checksum's own line."""
    digest = hashlib.sha1(usedforsecurity=False)
    for line in sorted(lines):
        digest.update(line.encode("ascii", "xmlcharrefreplace"))
    return digest.hexdigest()


def read(data: bytes) -> DomainMetadata:
    """Raises FormatError for a missing or wrong checksum, an unknown version, a value of the wrong form."""
    values = _sealed(decoded(data, WHAT, SIZE_LIMIT))
    pairs = Pairs(values, WHAT)
    version = pairs.number("VERSION")
    if version not in (3, 4, 5):
        raise FormatError(f"{WHAT} is of version {version}", hint="versions 3, 4 and 5 can be read")
    block_size, alignment = _sizes(pairs, version)
    return DomainMetadata(
        sd_uuid=pairs.uuid("SDUUID"),
        name=pairs.text("DESCRIPTION"),
        remote_path=values.get("REMOTE_PATH", ""),
        type=pairs.one_of("TYPE", TYPES),
        domain_class=pairs.one_of("CLASS", CLASSES),
        role=pairs.one_of("ROLE", ROLES),
        version=version,
        block_size=block_size,
        alignment=alignment,
        pool_uuids=_pools(values.get("POOL_UUID", "")),
        io_op_timeout=pairs.number("IOOPTIMEOUTSEC", 10),
        lease_retries=pairs.number("LEASERETRIES", 3),
        lease_time=pairs.number("LEASETIMESEC", 60),
        lock_policy=values.get("LOCKPOLICY", ""),
        lock_renewal_interval=pairs.number("LOCKRENEWALINTERVALSEC", 5),
    )


def _values(metadata: DomainMetadata) -> dict[str, str]:
    return {
        "ALIGNMENT": str(metadata.alignment),
        "BLOCK_SIZE": str(metadata.block_size),
        "CLASS": metadata.domain_class,
        "DESCRIPTION": checked_name(metadata.name),
        "IOOPTIMEOUTSEC": str(metadata.io_op_timeout),
        "LEASERETRIES": str(metadata.lease_retries),
        "LEASETIMESEC": str(metadata.lease_time),
        "LOCKPOLICY": metadata.lock_policy,
        "LOCKRENEWALINTERVALSEC": str(metadata.lock_renewal_interval),
        "POOL_UUID": ",".join(map(str, metadata.pool_uuids)),
        "REMOTE_PATH": metadata.remote_path,
        "ROLE": metadata.role,
        "SDUUID": str(metadata.sd_uuid),
        "TYPE": metadata.type,
        "VERSION": str(metadata.version),
    }


def _one_line(key: str, value: str) -> str:
    if value and not value.isprintable():
        raise ValueRefused(f"{value!r} cannot be {key} of a storage domain: it is not one printable line")
    return value


def _sealed(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    # Only a newline ends a line: the other ends that Python's splitlines knows may stand inside a value.
    for line in filter(None, text.split("\n")):
        key, found, value = line.partition("=")
        if not found:
            raise FormatError(f"{WHAT} has the line {line!r}, which is not KEY=VALUE")
        values[key.strip()] = value
    wanted = values.pop(CHECKSUM, None)
    if wanted is None:
        raise FormatError(f"{WHAT} has no checksum", hint="it is truncated, or was edited by hand: restore it from a backup")
    real = checksum(f"{key}={value}" for key, value in values.items())
    if wanted != real:
        raise FormatError(f"{WHAT} is damaged: its checksum says {wanted[:40]!r}, its content gives {real}")
    return values


def _sizes(pairs: Pairs, version: int) -> tuple[int, int]:
    """Bytes of a sector and of an alignment. Before version 5 they are not written, and there is only one of each."""
    if version < 5:
        sector, alignment = pairs.number("BLOCK_SIZE", 512), pairs.number("ALIGNMENT", ALIGNMENT)
        possible = {512: ALIGNMENTS[512]}
    else:
        sector, alignment = pairs.number("BLOCK_SIZE"), pairs.number("ALIGNMENT")
        possible = ALIGNMENTS
    if alignment not in possible.get(sector, ()):
        raise FormatError(f"{WHAT}: BLOCK_SIZE {sector} and ALIGNMENT {alignment} are not possible in version {version}")
    return sector, alignment


def _pools(text: str) -> tuple[UUID, ...]:
    return tuple(Pairs({"POOL_UUID": part.strip()}, WHAT).uuid("POOL_UUID") for part in text.split(",") if part.strip())
