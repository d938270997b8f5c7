"""The index of `dom_md/xleases`, the external leases of a VDSM domain of version 4 and later. Not sanlock's own rindex.

In the file: one alignment unused, the index at one alignment, one reserved, then record n's sanlock resource at
(3 + n) alignments. The index is a header of 512 bytes and 3960 records of 64. Every record is written, the empty ones
too: VDSM finds a free slot by searching for the exact empty record.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

MAGIC = 0x12152016
VERSION = b"0001"
HEADER_SIZE = 512
RECORD_SIZE = 64
RECORDS = 3960
INDEX_SIZE = 62 * 4096
FIRST_LEASE_AT = 3
"""Where the lease of record 0 begins, in alignments."""

NAME_SIZE = 48
WHAT = "the index of external leases"

_HEADER = struct.Struct(">i x 4s x 48s x 10s x c 440x c")
_RECORD = struct.Struct("48s x 11s x c c c")


@dataclass(frozen=True)
class XLease:
    """One lease: its number, its name (a VM's UUID), the byte its sanlock resource begins at; being changed or not."""

    number: int
    resource: str
    offset: int
    updating: bool = False


@dataclass(frozen=True)
class XLeaseIndex:
    """A readable index: `created` in seconds since the epoch."""

    lockspace: str
    created: int
    leases: tuple[XLease, ...]


def empty_index(lockspace: str, created: int) -> bytes:
    """The 253952 bytes of an index without leases."""
    header = _HEADER.pack(MAGIC, VERSION, _name(lockspace), b"%010d" % created, b"-", b"\n")
    return (header + _record(b"", 0) * RECORDS).ljust(INDEX_SIZE, b"\0")


def add_record(index: bytes, resource: str, alignment: int) -> tuple[bytes, XLease]:
    """The index with one lease more, and that lease. Its sanlock resource has to be written first.

    Raises ValueRefused when the name is taken or no slot is free.
    """
    if any(lease.resource == resource for lease in read(index).leases):
        raise ValueRefused(f"the lease {resource} is already in the index")
    for number in range(RECORDS):
        at = HEADER_SIZE + number * RECORD_SIZE
        if index[at : at + RECORD_SIZE] == EMPTY:
            lease = XLease(number, resource, (FIRST_LEASE_AT + number) * alignment)
            return index[:at] + _record(_name(resource), lease.offset) + index[at + RECORD_SIZE :], lease
    raise ValueRefused(f"all {RECORDS} external leases of the domain are taken")


def read(index: bytes) -> XLeaseIndex:
    """Raises FormatError for bytes that are no index, and for one that was left in the middle of an update."""
    if len(index) < INDEX_SIZE:
        raise FormatError(f"{WHAT} has {len(index)} bytes instead of {INDEX_SIZE}")
    magic, version, lockspace, created, updating, end = _HEADER.unpack_from(index)
    if magic != MAGIC or version != VERSION or end != b"\n":
        raise FormatError(f"{WHAT} does not begin as one (magic {magic & 0xFFFFFFFF:#x}, version {version!r})")
    if updating != b"-":
        raise FormatError(f"{WHAT} was left in the middle of an update")
    found = (_lease(index, number) for number in range(RECORDS))
    return XLeaseIndex(_text(lockspace), _digits(created), tuple(lease for lease in found if lease is not None))


def _record(name: bytes, offset: int) -> bytes:
    return _RECORD.pack(name, b"%011d" % offset, b"-", b"-", b"\n")


EMPTY = _record(b"", 0)


def _lease(index: bytes, number: int) -> XLease | None:
    at = HEADER_SIZE + number * RECORD_SIZE
    name, offset, updating, _, end = _RECORD.unpack_from(index, at)
    if not name.strip(b"\0"):
        return None
    if end != b"\n":
        raise FormatError(f"{WHAT}: record {number} is damaged")
    return XLease(number, _text(name), _digits(offset), updating != b"-")


def _name(text: str) -> bytes:
    data = text.encode("ascii", "replace")
    if not data or len(data) > NAME_SIZE or not text.isascii() or not text.isprintable():
        raise ValueRefused(f"{text!r} cannot be a name for sanlock", hint=f"1 to {NAME_SIZE} ASCII characters")
    return data


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("ascii", "replace")


def _digits(data: bytes) -> int:
    if not data.isdigit():
        raise FormatError(f"{WHAT}: {data!r} is no number")
    return int(data)
