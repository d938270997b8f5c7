"""Reader of /proc/self/mountinfo (proc(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from ovirt_hc_setup.base.errors import FormatError

_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class MountedAt:
    """A mount: where, what kind of file system, from what, with which options (of the mount, then of the file system)."""

    point: PurePosixPath
    kind: str
    source: str
    options: tuple[str, ...]


def read_mountinfo(text: str) -> tuple[MountedAt, ...]:
    """Every mount, in the order they were made; raises FormatError for a line that is not one."""
    return tuple(_line(line) for line in text.splitlines() if line.strip())


def topmost(mounts: tuple[MountedAt, ...], point: PurePath) -> MountedAt | None:
    """The mount one sees at `point`: of several on top of one another, the last."""
    return next((found for found in reversed(mounts) if found.point == point), None)


def _line(line: str) -> MountedAt:
    # ID PARENT MAJ:MIN ROOT POINT OPTIONS [TAG...] - KIND SOURCE SUPEROPTIONS; a source can be empty.
    left, dash, right = line.partition(" - ")
    fields, rest = left.split(" "), right.split(" ")
    if not dash or len(fields) < 6 or len(rest) < 3:
        raise FormatError(f"a line of /proc/self/mountinfo has not its form: {line[:200]!r}")
    options = tuple(dict.fromkeys((*fields[5].split(","), *rest[2].split(","))))
    return MountedAt(PurePosixPath(_plain(fields[4])), rest[0], _plain(rest[1]), options)


def _plain(text: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), text)
