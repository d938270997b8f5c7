"""sanlock's times in labs whose network no test cuts: all of them follow from one number, which is less than sanlock's own there.

The daemon's option of that name changes nothing for those who ask with sanlock's command: the command says its own number to the
daemon, and writes it into the first lease. So hosts of these labs have a command of this name that says another one.

Not much less: a host renews its id every two times this number and gives it up after eight, so a pause of the storage may last
six. Where a host is killed it lasts as long as GlusterFS's ping-timeout and some seconds (20 to 33 were measured), and longer on
a busy machine. The program's own limits stay those for sanlock's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ovirt_hc_setup.lab.whole_lab import Lab

IO_TIMEOUT = 7
"""Seconds; sanlock's default is 10."""

TAKING = 2 * IO_TIMEOUT
"""Seconds that taking a free host id, or one of the same host, lasts at least."""

LOST = 8 * IO_TIMEOUT
"""Seconds after its last renewal that a host gives its id up, if it lives."""

DEAD = LOST + 60
"""Seconds after its last renewal that others take a host for dead: it could be ended by its watchdog meanwhile."""

COMMAND = Path("/usr/local/sbin/sanlock")
_SAYS_IT = f"""\
#!/bin/sh
case "$1 $2" in
"client add_lockspace")
    said=$(/usr/sbin/sanlock "$@" -o {IO_TIMEOUT} 2>&1)
    code=$?
    echo "$said" | sed 's/^add_lockspace_timeout/add_lockspace/' # as it is said of the other call
    exit $code
    ;;
"direct init" | "client init") set -- "$@" -o {IO_TIMEOUT} ;;
esac
exec /usr/sbin/sanlock "$@"
"""


def shorten(lab: Lab, hosts: Iterable[str]) -> None:
    """Let the hosts ask sanlock for the shorter time. Nothing holds a lease there yet."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: lab.host(name).write(COMMAND, _SAYS_IT.encode(), mode=0o755), hosts))
