"""Whether anybody alive is in a lockspace, judged as sanlock judges it: by whether the timestamps still change."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.formats.sanlock.sanlock_output import Dumped
from ovirt_hc_setup.system.sanlock import sanlock_client

DEAD_AFTER = 160.0
"""Seconds without a renewal after which sanlock itself takes a host for dead (io_timeout 10: 140 s, and one renewal)."""

INTERVAL = 2.0


def refuse_live(host: Host, path: Path, name: str, sector: int, waiting: Waiting) -> None:
    """Return when no host is alive in the lockspace `name` in the file; raises Conflict naming the hosts that are.

    At once when all host ids are free; otherwise it watches for 160 s, because a host that died left its id taken.
    """
    if sanlock_client.known(sanlock_client.status(host), name):
        raise _alive(path, f"this host still holds a host id in {name}")
    first = _taken(host, path, sector)
    names = ", ".join(sorted(taken.resource for taken in first.values()))
    for _ in waits(DEAD_AFTER, waiting, f"checking whether {names} is alive in {name}", every=INTERVAL) if first else ():
        for offset, now in _taken(host, path, sector).items():
            if first.get(offset) != now:
                raise _alive(path, f"{now.resource} (host id {now.owner}) is alive in the lockspace {name}")


def _taken(host: Host, path: Path, sector: int) -> dict[int, Dumped]:
    return {lease.offset: lease for lease in sanlock_client.dump(host, path, sector) if lease.timestamp}


def _alive(path: Path, what: str) -> Conflict:
    return Conflict(f"{what} ({path})", hint="Stop the engine VM and run reset on that host first.")
