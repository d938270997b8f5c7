"""The index of a tar archive (POSIX ustar and pax, GNU long names), read header by header without unpacking anything.

An OVA is a plain tar; oVirt's is a gzip'd one. What an appliance has no use for is refused: links, devices, sparse
members, names that lead out of the archive, and more members or longer names than an appliance ever has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ovirt_hc_setup.base.errors import FormatError

BLOCK = 512
MOST_MEMBERS = 1000
MOST_HEADER = 64 << 10
HEAD = 4096
"""Bytes kept of the start of every member: enough for a qcow2 header and for volume metadata."""
WHOLE = 1 << 20
"""A member with the name of an OVF is kept up to this size, in bytes."""

_REGULAR = (b"0", b"\0", b"7")
_FOLDER = b"5"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_REFUSED = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}
_REFUSED |= {b"S": "a sparse member", b"M": "a part of a split member"}


class Source(Protocol):
    """Bytes in order."""

    def read(self, size: int) -> bytes:
        """As many bytes as asked for; fewer only at the end."""
        ...

    def skip(self, size: int) -> int:
        """Go forward; the number of bytes passed, fewer only at the end."""
        ...


@dataclass(frozen=True)
class Member:
    """A regular file of an archive: `offset` and `size` of its content in bytes, and the first bytes of it."""

    name: str
    offset: int
    size: int
    head: bytes = b""


@dataclass(frozen=True)
class _Header:
    name: str
    size: int
    kind: bytes


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are a tar header (by its checksum: old archives have no magic)."""
    return len(head) >= BLOCK and any(head[:BLOCK]) and _checksum_right(head[:BLOCK])


def read_index(source: Source, where: str) -> tuple[Member, ...]:
    """All regular members of the archive, in order; `where` names it in errors. Raises FormatError."""
    return tuple(_Reader(source, where).members())


class _Reader:
    def __init__(self, source: Source, where: str) -> None:
        self._source = source
        self._where = where
        self._at = 0

    def members(self) -> Iterator[Member]:
        names: set[str] = set()
        while (header := self._next_header()) is not None:
            if header.kind == _FOLDER:
                self._checked_name(header.name)
                self._pass(header.size)
                continue
            name = self._regular(header)
            if name in names:
                raise FormatError(f"{self._where} has two members with the name {name!r}")
            names.add(name)
            if len(names) > MOST_MEMBERS:
                raise FormatError(f"{self._where} has more than {MOST_MEMBERS} members: it is not an appliance")
            yield self._member(name, header.size)

    def _regular(self, header: _Header) -> str:
        if header.kind not in _REGULAR:
            what = _REFUSED.get(header.kind, f"of the unknown kind {header.kind!r}")
            raise FormatError(f"{self._where}: the member {header.name[:200]!r} is {what}, which an appliance has no use for")
        return self._checked_name(header.name)

    def _member(self, name: str, size: int) -> Member:
        offset = self._at
        kept = min(size, WHOLE if name.lower().endswith(".ovf") else HEAD)
        head = self._read(kept, name)
        self._pass(size, kept, name)
        return Member(name, offset, size, head)

    def _next_header(self) -> _Header | None:
        """The next member's header, with what long-name and pax headers before it say."""
        changes: dict[str, str] = {}
        for _ in range(8):
            block = self._source.read(BLOCK)
            self._at += len(block)
            if len(block) < BLOCK:
                raise FormatError(f"{self._where} is truncated: it ends after {self._at} bytes without the end of an archive")
            if not any(block):
                return None
            header = self._parse(block)
            if header.kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL):
                changes |= self._extra(header)
                continue
            return self._changed(header, changes)
        raise FormatError(f"{self._where} has too many extended headers in a row, before byte {self._at}")

    def _changed(self, header: _Header, changes: dict[str, str]) -> _Header:
        if any(key.startswith("GNU.sparse") for key in changes):
            raise FormatError(f"{self._where}: the member {header.name!r} is a sparse member, which is not read here")
        name = changes.get("path", header.name)
        size = changes.get("size")
        if size is None:
            return replace(header, name=name)
        if not (size.isascii() and size.isdigit()) or len(size) > 18:
            raise FormatError(f"{self._where} has a damaged pax header: a size of {size[:40]!r}")
        return replace(header, name=name, size=int(size))

    def _extra(self, header: _Header) -> dict[str, str]:
        if header.size > MOST_HEADER:
            raise FormatError(f"{self._where} has an extended header of {header.size} bytes; {MOST_HEADER} are read")
        data = self._read(header.size, "an extended header")
        self._pass(header.size, header.size)
        if header.kind == _LONG_NAME:
            return {"path": data.split(b"\0")[0].decode("utf-8", "replace")}
        return dict(_pax_records(data, self._where)) if header.kind == _PAX else {}

    def _parse(self, block: bytes) -> _Header:
        if not _checksum_right(block):
            raise FormatError(f"{self._where} is damaged: no tar header where one has to be, before byte {self._at}")
        name = _text(block[0:100])
        prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
        return _Header(f"{prefix}/{name}" if prefix else name, self._size(block[124:136]), block[156:157])

    def _size(self, field: bytes) -> int:
        # With the highest bit set: GNU's way for sizes of 8 GiB and more, the other bits are a binary number.
        binary = bytes([field[0] & 0x7F]) + field[1:] if field[0] & 0x80 else None
        size = _octal(field, self._where) if binary is None else int.from_bytes(binary, "big")
        if size >= 1 << 62:
            raise FormatError(f"{self._where} is damaged: a member of {size} bytes, before byte {self._at}")
        return size

    def _checked_name(self, name: str) -> str:
        """The name without a leading `./`; raises FormatError for one that leads elsewhere."""
        if name.startswith("/"):
            raise FormatError(f"{self._where}: the member {name[:200]!r} has an absolute name; nothing of it is used")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise FormatError(f"{self._where}: the member {name[:200]!r} has `..` in its name; nothing of it is used")
        if any(not character.isprintable() for character in name):
            raise FormatError(f"{self._where}: a member's name has unprintable characters: {name[:200]!r}")
        return "/".join(parts)

    def _read(self, size: int, name: str) -> bytes:
        data = self._source.read(size)
        self._at += len(data)
        if len(data) < size:
            raise self._truncated(name)
        return data

    def _pass(self, size: int, already: int = 0, name: str = "a folder") -> None:
        rest = -size % BLOCK + size - already
        passed = self._source.skip(rest)
        self._at += passed
        if passed < rest:
            raise self._truncated(name)

    def _truncated(self, name: str) -> FormatError:
        return FormatError(
            f"{self._where} is truncated: it ends after {self._at} bytes, inside {name}",
            hint="Copy or download it again and compare its size and checksum with the original's.",
        )


def _checksum_right(block: bytes) -> bool:
    try:
        stored = int(block[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return stored == sum(block[:148]) + 8 * 32 + sum(block[156:512])


def _octal(field: bytes, where: str) -> int:
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise FormatError(f"{where} is damaged: {digits!r} is not a size")
    return int(digits or b"0", 8)


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


def _pax_records(data: bytes, where: str) -> Iterator[tuple[str, str]]:
    """`length key=value\\n` records, where the length counts the whole record."""
    while data.strip(b"\0"):
        length, blank, _ = data.partition(b" ")
        if not blank or not length.isdigit() or not len(length) + 2 < int(length[:9]) <= len(data):
            raise FormatError(f"{where} has a damaged pax header: {data[:40]!r}")
        record = data[len(length) + 1 : int(length[:9])].rstrip(b"\n")
        key, _, value = record.partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        data = data[int(length[:9]) :]
