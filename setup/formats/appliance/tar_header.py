"""One header of a tar archive: 512 bytes before every member (POSIX ustar, pax and GNU's form)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError

BLOCK = 512
REGULAR = (b"0", b"\0", b"7")
FOLDER = b"5"
LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL = b"L", b"K", b"x", b"g"
EXTRA = (LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL)
"""Kinds that say more about the member that follows."""


@dataclass(frozen=True)
class Header:
    """`name` as it stands there; `size` of the content in bytes; `kind` is tar's letter for it."""

    name: str
    size: int
    kind: bytes


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are a tar header (by its checksum: old archives have no magic)."""
    return len(head) >= BLOCK and any(head[:BLOCK]) and _checksum_right(head[:BLOCK])


def parse_header(block: bytes, place: str) -> Header:
    """From 512 bytes; `place` says in errors where they lie. Raises FormatError."""
    if not _checksum_right(block):
        raise FormatError(f"{place}: no tar header where one has to be")
    name = _text(block[0:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return Header(f"{prefix}/{name}" if prefix else name, _size(block[124:136], place), block[156:157])


def pax_records(data: bytes, where: str) -> Iterator[tuple[str, str]]:
    """`length key=value\\n` records, where the length counts the whole record."""
    while data.strip(b"\0"):
        length, blank, _ = data.partition(b" ")
        if not blank or not length.isdigit() or not len(length) + 2 < int(length[:9]) <= len(data):
            raise FormatError(f"{where} has a damaged pax header: {data[:40]!r}")
        record = data[len(length) + 1 : int(length[:9])].rstrip(b"\n")
        key, _, value = record.partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        data = data[int(length[:9]) :]


def _checksum_right(block: bytes) -> bool:
    try:
        stored = int(block[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return stored == sum(block[:148]) + 8 * 32 + sum(block[156:512])


def _size(field: bytes, place: str) -> int:
    # With the highest bit set: GNU's way for sizes of 8 GiB and more, the other bits are a binary number.
    if field[0] & 0x80:
        size = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    else:
        digits = field.strip(b" \0")
        if digits.strip(b"01234567"):
            raise FormatError(f"{place}: {digits!r} is not a size")
        size = int(digits or b"0", 8)
    if size >= 1 << 62:
        raise FormatError(f"{place}: a member of {size} bytes")
    return size


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")
