"""The programs that stay on a host, one for each version that was ever used or sent there, and which of them can go.

A program stays while anything there may still start it or run it: a run that is not taken back, a unit that names it (the one
that brings a host back after a boot, a worker at work, the timer that takes a network change back) or a process that was started
from it. It also stays for a day after it was used last, because another host may be about to start it there. All else is removed,
half-sent ones too.
"""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host

SWEEP_SECONDS = 120.0

# What is looked for is read from a file and not from an argument: the search would find itself. Where there is no room for that
# file nothing would be found, and everything would go: so all stays then. A name changes before anything of it goes, because half
# a program would be taken for a whole one.
_SWEEP = r"""
cd "$1" || exit 0
sought=$(mktemp) || exit 0
trap 'rm -f "$sought"' EXIT
find . -mindepth 1 -maxdepth 1 ! -name "$2" -mmin +1440 -printf '%P\n' | while read -r name; do
    printf '%s/%s/' "$1" "$name" >"$sought" && test -s "$sought" || exit 0
    grep -rqsF -f "$sought" /etc/systemd/system /run/systemd/system /run/systemd/transient && continue
    for run in "${1%/*}"/runs/*/; do
        grep -qsF -f "$sought" "${run}run.json" "${run}plan.json" || continue
        grep -sF '{"resource": ""' "${run}journal.jsonl" | tail -n 1 | grep -qF '"kind": "undone"' || continue 2
    done
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/maps 2>/dev/null | grep -qF -f "$sought" && continue
    test -n "$(find "./$name" -maxdepth 0 -mmin +1440)" || continue # used since
    mv -T -- "./$name" "./$name.gone" && rm -rf -- "./$name.gone" && printf '%s\n' "$name"
done
"""


def used(host: Host, place: Path, program: str) -> bool:
    """Whether a program lies there and can be started; if so, it counts as used now."""
    return host.run("sh", "-c", 'test -x "$2" && touch "$1"', "-", str(place), program, check=False).ok


def sweep(host: Host, newest: Path) -> list[str]:
    """Remove the programs beside `newest` that nothing needs; their names. Best effort: what cannot be removed stays."""
    try:
        outcome = host.run("sh", "-c", _SWEEP, "-", str(newest.parent), newest.name, timeout=SWEEP_SECONDS, check=False)
    except SetupError:
        return []
    return outcome.out.split()
