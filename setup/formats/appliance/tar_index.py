"""The index of a tar archive (POSIX ustar and pax, GNU long names), read header by header without unpacking anything.

Appliances and the shared configuration are archives that others wrote. What neither has a use for is refused: links, devices,
sparse members, names that lead out of the archive, and more members or longer names than either ever has. Python's own
reader is not used for them: it takes negative sizes, and fails in ways that nobody can foresee.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.tar_header import (
    BLOCK,
    EXTRA,
    FOLDER,
    LONG_NAME,
    PAX,
    REGULAR,
    Header,
    parse_header,
    pax_records,
)

MOST_MEMBERS = 1000
MOST_HEADER = 64 << 10

_REFUSED = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}
_REFUSED |= {b"S": "a sparse member", b"M": "a part of a split member"}


class TarSource(Protocol):
    """Bytes in order."""

    def read(self, size: int) -> bytes:
        """As many bytes as asked for; fewer only at the end."""
        ...

    def skip(self, size: int) -> int:
        """Go forward; the number of bytes passed, fewer only at the end."""
        ...


@dataclass(frozen=True)
class TarMember:
    """A regular file of an archive: `offset` and `size` of its content in bytes, and the first bytes of it (`head`).

    `name` is without a leading `./`; `stored` is how it stands in the archive.
    """

    name: str
    offset: int
    size: int
    head: bytes = b""
    stored: str = ""


class InMemory:
    """A source over bytes."""

    def __init__(self, data: bytes) -> None:
        self._in = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._in.read(size)

    def skip(self, size: int) -> int:
        return len(self._in.read(size))


def read_index(source: TarSource, where: str, kept: Callable[[str], int]) -> tuple[TarMember, ...]:
    """All regular members of the archive, in order; `where` names it in errors. Raises FormatError.

    `kept` tells by a member's name how many bytes of its start are wanted.
    """
    return tuple(_TarReader(source, where, kept).members())


class _TarReader:
    def __init__(self, source: TarSource, where: str, kept: Callable[[str], int]) -> None:
        self._source = source
        self._where = where
        self._kept = kept
        self._at = 0

    def members(self) -> Iterator[TarMember]:
        names: set[str] = set()
        while (header := self._next_header()) is not None:
            if header.kind == FOLDER:
                self._checked_name(header.name)
                self._pass(header.size)
                continue
            name = self._regular(header)
            if name in names:
                raise FormatError(f"{self._where} has two members with the name {name!r}")
            names.add(name)
            if len(names) > MOST_MEMBERS:
                raise FormatError(f"{self._where} has more than {MOST_MEMBERS} members; more than this are not read")
            yield self._member(name, header)

    def _regular(self, header: Header) -> str:
        if header.kind not in REGULAR:
            what = _REFUSED.get(header.kind, f"of the unknown kind {header.kind!r}")
            raise FormatError(f"{self._where}: the member {header.name[:200]!r} is {what}, which is not read here")
        return self._checked_name(header.name)

    def _member(self, name: str, header: Header) -> TarMember:
        offset, kept = self._at, min(header.size, self._kept(name))
        head = self._read(kept, name)
        self._pass(header.size, kept, name)
        return TarMember(name, offset, header.size, head, header.name)

    def _next_header(self) -> Header | None:
        """The next member's header, with what long-name and pax headers before it say."""
        changes: dict[str, str] = {}
        for _ in range(8):
            block = self._source.read(BLOCK)
            self._at += len(block)
            if not block and not changes and self._at:
                # Without the two empty blocks that mark the end. GNU tar reads such an archive without a word.
                return None
            if len(block) < BLOCK:
                raise FormatError(f"{self._where} is truncated: it ends after {self._at} bytes without the end of an archive")
            if not any(block):
                return None
            header = parse_header(block, f"{self._where} is damaged before byte {self._at}")
            if header.kind in EXTRA:
                changes |= self._extra(header)
                continue
            return self._changed(header, changes)
        raise FormatError(f"{self._where} has too many extended headers in a row, before byte {self._at}")

    def _changed(self, header: Header, changes: dict[str, str]) -> Header:
        if any(key.startswith("GNU.sparse") for key in changes):
            raise FormatError(f"{self._where}: the member {header.name!r} is a sparse member, which is not read here")
        name = changes.get("path", header.name)
        size = changes.get("size")
        if size is None:
            return replace(header, name=name)
        if not (size.isascii() and size.isdigit()) or len(size) > 18:
            raise FormatError(f"{self._where} has a damaged pax header: a size of {size[:40]!r}")
        return replace(header, name=name, size=int(size))

    def _extra(self, header: Header) -> dict[str, str]:
        if header.size > MOST_HEADER:
            raise FormatError(f"{self._where} has an extended header of {header.size} bytes; {MOST_HEADER} are read")
        data = self._read(header.size, "an extended header")
        self._pass(header.size, header.size)
        if header.kind == LONG_NAME:
            return {"path": data.split(b"\0")[0].decode("utf-8", "replace")}
        return dict(pax_records(data, self._where)) if header.kind == PAX else {}

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
            hint="It is incomplete: copy it again, and compare its size and checksum with the original's.",
        )
