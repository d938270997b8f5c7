"""What sanlock says of other hosts, and the end of an id whose host is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, FormatError, NotAnswering
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.formats.sanlock import delta_leases, sanlock_gets
from ovirt_hc_setup.formats.sanlock.delta_leases import DeltaLease
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace, lockspace_argument
from ovirt_hc_setup.model.deployment_status import Liveness
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks
from ovirt_hc_setup.system.host.within import within
from ovirt_hc_setup.system.sanlock import sanlock_client


def lives(host: Host) -> Mapping[str, Mapping[int, Liveness]]:
    """The daemon's judgement of every host, by lockspace. Raises CommandFailed when it does not answer."""
    outcome = host.run("sanlock", "client", "gets", "-h", "1", timeout=10, check=False)
    return sanlock_gets.parse(outcome.check(sanlock_client.LOOK).out)


def lease(space: HeldLockspace, host_id: int, sector: int) -> DeltaLease:
    """The lease of a host id as it lies on the storage now. Raises FormatError or OSError."""
    return delta_leases.read(read_blocks(Path(space.path), 0, sanlock_client.ALIGNMENT), space.name, sector)[host_id]


APART = 25
"""Seconds between two looks at the lease of a host that is called dead. A living one renews it every 20 s, by a clock that
sanlock looks at once a second: 20.6 to 20.9 s were measured on a busy machine, before the storage takes its time."""

Suspect = tuple[HeldLockspace, int]
"""A host id that sanlock calls dead, in its lockspace."""


def renewed(host: Host, suspects: Sequence[Suspect], sector: int, waiting: Waiting) -> tuple[Suspect, ...]:
    """Those of these that live after all. The file is opened anew for both looks: sanlock's daemon keeps it open, and where one
    link of three was cut it was seen to read a brick for minutes that nobody wrote to any more. Raises SetupError or OSError."""

    def look() -> list[DeltaLease]:
        return [fresh_lease(host, space, number, sector) for space, number in suspects]

    first = look()
    for _ in waits(APART, waiting, "looking whether a host that sanlock calls dead renews its id") if first else ():
        pass
    return tuple(suspect for suspect, before, now in zip(suspects, first, look(), strict=True) if before != now)


def fresh_lease(host: Host, space: HeldLockspace, host_id: int, sector: int) -> DeltaLease:
    """As `lease`, read as the host reads files. Raises SetupError or OSError."""
    path = Path(space.path)
    leases = delta_leases.read(within(path, lambda: host.read(path))[: sanlock_client.ALIGNMENT], space.name, sector)
    if host_id not in leases:
        raise FormatError(f"there is no host id {host_id} in the lockspace {space.name}")
    return leases[host_id]


@dataclass
class Watch:
    """Looks at the lease of a host id while sanlock is asked for it.

    sanlock waits 140 s before it refuses an id that another host has, and does not look at the lease meanwhile. But a lease that
    its owner writes again shows at once that the owner lives (every 20 s, that is), so that nobody has to wait for the refusal.
    """

    space: HeldLockspace
    own: str
    """What leases call this host."""

    holder: str = ""
    """Another host that was seen to renew the id."""

    _before: DeltaLease | None = None

    def look(self) -> bool:
        """Whether there is such a host by now. A look that fails shows nothing."""
        with suppress(OSError, FormatError, NotAnswering):
            data = read_blocks(Path(self.space.path), 0, sanlock_client.ALIGNMENT)
            found = delta_leases.read(data, self.space.name, delta_leases.sector_size(data))[self.space.host_id]
            if found.renewed_since(self._before) and found.owner != self.own:
                self.holder = found.owner
            self._before = found
        return bool(self.holder)


def release(host: Host, space: HeldLockspace, seen: DeltaLease, sector: int) -> None:
    """Give back the id of a host that sanlock calls dead: `seen` is its lease as it was when that was said.

    Raises Conflict when the lease was renewed since, because then the host lives.
    """
    number = seen.host_id
    now = lease(space, number, sector)
    if now != seen:
        raise Conflict(f"host id {number} in {space.name} was just renewed by {now.owner}: that host is alive", host=host.name)
    path = Path(space.path)
    argument = lockspace_argument(space.name, number, path.name)
    options = ("-Z", str(sector), "-A", sanlock_client.ALIGNMENT_TEXT)
    sanlock_client.direct(host, path.parent, "release_id", "-s", argument, *options)
    if lease(space, number, sector).taken:
        raise CommandFailed(f"host id {number} in {space.name} still belongs to {now.owner} after its release", host=host.name)
