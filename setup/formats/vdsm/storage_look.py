"""What a look into a file storage found: the records that the looking script writes, and what they mean.

Each record is a letter, a text, and a NUL: `R` the root's `UID GID MODE`, `S` its `BLOCK TOTAL FREE` (bytes, blocks, blocks),
`E` the name of an entry at the root, `D` the folder of a domain followed, as the next record, by its metadata.
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.event_types import plain

MAX_RECORDS = 10000

# Made by the file system, by gluster, or by older VDSMs to try direct I/O: none of it is somebody's data.
IGNORED = frozenset({".trashcan", ".glusterfs", "lost+found", "__DIRECT_IO_TEST__", ".snaps"})


@dataclass(frozen=True)
class FoundDomain:
    """A storage domain at the root: its folder (the UUID, as a rule) and the text of its metadata."""

    folder: str
    metadata: str


@dataclass(frozen=True)
class StorageLook:
    """A storage seen from its root. `free` and `size` are bytes; `others` are entries that are neither a domain nor ignored."""

    domains: tuple[FoundDomain, ...]
    others: tuple[str, ...]
    uid: int
    gid: int
    mode: int
    free: int
    size: int


def read_look(text: str) -> StorageLook:
    """Raises FormatError when the records are torn or not all there."""
    records = text.split("\0")[:MAX_RECORDS]
    last = records.pop() if records else ""
    if last:
        raise FormatError(f"the look into the storage ended in the middle of {last[:80]!r}")
    names: list[str] = []
    domains: list[FoundDomain] = []
    numbers: dict[str, tuple[int, ...]] = {}
    pending = iter(records)
    for record in pending:
        kind, value = record[:1], record[1:]
        if kind == "E":
            names.append(plain(value))
        elif kind == "D":
            domains.append(FoundDomain(plain(value), plain(next(pending, ""))))
        elif kind in ("R", "S"):
            numbers[kind] = _numbers(value, base_of_last=8 if kind == "R" else 10)
        else:
            raise FormatError(f"the look into the storage gave {record[:80]!r}")
    return _look(names, domains, numbers)


def _look(names: list[str], domains: list[FoundDomain], numbers: dict[str, tuple[int, ...]]) -> StorageLook:
    try:
        uid, gid, mode = numbers["R"]
        block, total, free = numbers["S"]
    except (KeyError, ValueError) as error:
        raise FormatError("the look into the storage did not say who owns its root and how much space it has") from error
    known = IGNORED | {domain.folder for domain in domains}
    others = tuple(sorted(name for name in names if name not in known))
    found = tuple(sorted(domains, key=lambda domain: domain.folder))
    return StorageLook(found, others, uid, gid, mode, free * block, total * block)


def _numbers(text: str, base_of_last: int) -> tuple[int, ...]:
    words = text.split()
    try:
        return tuple(int(word, base_of_last if index == len(words) - 1 else 10) for index, word in enumerate(words))
    except ValueError as error:
        raise FormatError(f"the look into the storage gave {text[:80]!r} where numbers should be") from error
