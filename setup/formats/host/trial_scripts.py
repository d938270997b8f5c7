"""The shell scripts of a change that takes itself back: they need nothing of this program, so they work when it is dead."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

# How long the way back waits for the daemon to give an interface its addresses, before it asks again and then before it
# gives them itself, in seconds.
_FIRST_PATIENCE = 4
_LAST_PATIENCE = 8


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Files of a trial. `lock` is held while it is decided which way it goes; `kept` there means that it is kept, `taken`
    that the way back was taken; never both."""

    lock: str
    kept: str
    taken: str


def way_back(marks: Marks, commands: Sequence[str]) -> str:
    """The script that a timer runs: nothing when the change was kept, else `commands`. May run any number of times."""
    lines = [
        "#!/bin/sh",
        "# Written by ovirt-hc-setup: rolls back the network, unless the change was kept.",
        "umask 077",
        f"exec 9>{shlex.quote(marks.lock)}",
        "flock 9",
        f"[ -e {shlex.quote(marks.kept)} ] && exit 0",
        f": >{shlex.quote(marks.taken)}",
        *commands,
    ]
    return "\n".join(lines) + "\n"


def keep(marks: Marks, renames: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The command that keeps the change, by renaming files; the last is renamed to the `kept` mark, which is what counts.
    It ends with 3 when the change was taken back already."""
    taken, step = '[ ! -e "$1" ] || exit 3; shift', 'sync "$1" && mv -fT "$1" "$2" && sync "$(dirname "$2")" || exit 4; shift 2'
    script = f"{taken}; while [ $# -gt 0 ]; do {step}; done"
    return ("flock", marks.lock, "sh", "-c", script, "keep", marks.taken, *(path for pair in renames for path in pair))


def networkd_reload(
    nic: str, addresses: Sequence[str], routes: Sequence[Sequence[str]], afterwards: Sequence[str] = ()
) -> list[str]:
    """Commands that let systemd-networkd read its files again and see to it that `nic` ends with its addresses and routes,
    whatever the daemon does; then `afterwards`. The last one ends with 0 when every address is there."""
    device = shlex.quote(nic)
    tests = [f"  ip -o address show dev {device} | grep -qwF -- {shlex.quote(address)} || return 0" for address in addresses]
    return [
        *("missing() {", *tests, "  return 1", "}"),
        "timeout 20 networkctl reload || timeout 60 systemctl restart systemd-networkd.service",
        _wait(_FIRST_PATIENCE),
        f"missing && timeout 20 networkctl reconfigure {device}",
        _wait(_LAST_PATIENCE),
        "if missing; then",
        f"  ip link set dev {device} nomaster; ip link set dev {device} up",
        *(f"  ip address replace {shlex.quote(address)} dev {device}" for address in addresses),
        *(f"  ip route replace {shlex.join(route)} dev {device}" for route in routes),
        "fi",
        *afterwards,
        "! missing",
    ]


def _wait(seconds: int) -> str:
    return f"for round in $(seq {seconds * 5}); do missing || break; sleep 0.2; done"
