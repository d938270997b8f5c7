"""sanlock's times in labs whose network no test cuts: all of them follow from one number, which is half of sanlock's own there.

Half, not less: an id is lost after eight times this number, and storage that a busy machine holds up for half a minute must not
end it. The program's own limits stay those for sanlock's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ovirt_hc_setup.lab.lab import Lab
from ovirt_hc_setup.system import sanlock, units

IO_TIMEOUT = 5
"""Seconds; sanlock's default is 10."""

TAKING = 2 * IO_TIMEOUT
"""Seconds that taking a free host id, or one of the same host, lasts at least."""

LOST = 8 * IO_TIMEOUT
"""Seconds after its last renewal that a host gives its id up, if it lives."""

DEAD = LOST + 60
"""Seconds after its last renewal that others take a host for dead: it could be ended by its watchdog meanwhile."""

_DEFAULTS = Path("/etc/default/sanlock")


def shorten(lab: Lab, hosts: Iterable[str]) -> None:
    """Give the hosts' sanlock the shorter time, unless it has it. Nothing holds a lease there yet."""
    option = f' -o {IO_TIMEOUT}"'

    def once(name: str) -> None:
        host = lab.host(name)
        text = host.read(_DEFAULTS).decode().rstrip()
        if not text.endswith(option):
            host.write(_DEFAULTS, f"{text.removesuffix(chr(34))}{option}\n".encode())
            units.restart(host, sanlock.UNIT)

    with ThreadPoolExecutor() as pool:
        list(pool.map(once, hosts))
