"""What the `sanlock` program prints and how its arguments are written (sanlock 3.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError

DELTA_MAGIC = 0x12212010
"""Leader of a delta lease: one host in a lockspace."""

PAXOS_MAGIC = 0x06152010
"""Leader of a paxos lease: a resource such as SDM or a volume."""

NAME_LENGTH = 47
"""Characters of a host's name that a lease has room for. The name that a daemon draws for itself (a UUID, a dot, the host's name)
is often longer, and its status tells it as a whole."""

_PART = re.compile(r"((?:\\.|[^\\:])*)(?::|$)")
_DUMPED = re.compile(r"([0-9]{1,20}) +(\S+) +(\S*) +([0-9]{10}) ([0-9]{4}) ([0-9]{4})(?: ([0-9]{1,20}))?")


@dataclass(frozen=True)
class HeldLockspace:
    """A lockspace the daemon knows. `state`: empty when the host id is held, ADD or REM while it is on its way."""

    name: str
    host_id: int
    path: str
    offset: int = 0
    state: str = ""

    @property
    def held(self) -> bool:
        return not self.state


@dataclass(frozen=True)
class Lease:
    """A resource lease the daemon holds for a process (`pid` 0: for none)."""

    lockspace: str
    resource: str
    path: str
    offset: int
    pid: int


@dataclass(frozen=True)
class DaemonStatus:
    """`sanlock client status`: the name the daemon gives its host, its lockspaces and leases."""

    daemon: str
    lockspaces: tuple[HeldLockspace, ...]
    leases: tuple[Lease, ...]

    @property
    def owner(self) -> str:
        """What leases call this host."""
        return self.daemon[:NAME_LENGTH]


@dataclass(frozen=True)
class Leader:
    """`sanlock direct read_leader`: `owner` is a host's name in a delta lease; `timestamp` 0 means free."""

    magic: int
    sector_size: int
    owner_id: int
    generation: int
    space_name: str
    resource_name: str
    timestamp: int


@dataclass(frozen=True)
class Dumped:
    """A line of `sanlock direct dump`: a delta lease (`resource` is the host's name) or a paxos lease."""

    offset: int
    lockspace: str
    resource: str
    timestamp: int
    owner: int
    generation: int


def escaped(path: str) -> str:
    """A path for an argument of sanlock, whose parts are separated by colons."""
    return path.replace("\\", "\\\\").replace(":", "\\:")


def lockspace_argument(name: str, host_id: int, path: str) -> str:
    """`-s` of sanlock; host id 0 for initialising."""
    return f"{name}:{host_id}:{escaped(path)}:0"


def resource_argument(lockspace: str, resource: str, path: str, offset: int) -> str:
    """`-r` of sanlock."""
    return f"{lockspace}:{resource}:{escaped(path)}:{offset}"


def parse_status(text: str) -> DaemonStatus:
    """Raises FormatError when the text is not `sanlock client status`, with the line that is not understood."""
    daemon = ""
    lockspaces: list[HeldLockspace] = []
    leases: list[Lease] = []
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "daemon":
            daemon = rest.strip()
        elif kind == "s":
            lockspaces.append(_lockspace(rest))
        elif kind == "r":
            leases.append(_lease(rest))
    if not daemon:
        raise FormatError(f"sanlock's status names no daemon: {text[:200]!r}")
    return DaemonStatus(daemon, tuple(lockspaces), tuple(leases))


def parse_leader(text: str) -> Leader:
    """Raises FormatError when a field is missing."""
    values = dict(line.partition(" ")[::2] for line in text.splitlines())
    try:
        return Leader(
            magic=int(values["magic"], 16),
            sector_size=int(values["sector_size"]),
            owner_id=int(values["owner_id"]),
            generation=int(values["owner_generation"]),
            space_name=values["space_name"].strip(),
            resource_name=values["resource_name"].strip(),
            timestamp=int(values["timestamp"]),
        )
    except (KeyError, ValueError) as error:
        raise FormatError(f"sanlock's leader cannot be read ({error}): {text[:200]!r}") from error


def parse_dump(text: str) -> tuple[Dumped, ...]:
    """`sanlock direct dump PATH:0:SIZE`: every lease that was ever used; free ones have timestamp 0."""
    found: list[Dumped] = []
    for line in text.splitlines():
        match = _DUMPED.fullmatch(line.strip())
        if match is not None:
            offset, space, resource, timestamp, owner, generation = match.groups()[:6]
            found.append(Dumped(int(offset), space, resource, int(timestamp), int(owner), int(generation)))
    return tuple(found)


def _lockspace(text: str) -> HeldLockspace:
    parts = _parts(text)
    tail = parts[3].split() if len(parts) == 4 else []
    if not tail or not _is_number(parts[1]) or not _is_number(tail[0]):
        raise FormatError(f"sanlock's status has a lockspace that cannot be read: {text!r}")
    return HeldLockspace(parts[0], int(parts[1]), _unescaped(parts[2]), int(tail[0]), " ".join(tail[1:]))


def _lease(text: str) -> Lease:
    name, _, holder = text.partition(" p ")
    parts = _parts(name)
    if len(parts) < 4 or not _is_number(parts[3]):
        raise FormatError(f"sanlock's status has a lease that cannot be read: {text!r}")
    pid = holder.split()[0] if holder.split() else "0"
    return Lease(parts[0], parts[1], _unescaped(parts[2]), int(parts[3]), int(pid) if _is_number(pid) else 0)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20


def _parts(text: str) -> list[str]:
    # The pattern also matches the empty rest at the end, which is no part.
    return [found[1] for found in _PART.finditer(text) if found.start() < len(text)]


def _unescaped(path: str) -> str:
    return re.sub(r"\\(.)", r"\1", path)
