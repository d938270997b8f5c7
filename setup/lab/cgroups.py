"""A cgroup for each host: three systemds in one tree would mistake each other's processes for their own."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")

# Run by sh: enter the cgroups named before the first `--`, then become the command after it.
ENTER = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"'


def hierarchies() -> list[Path]:
    """Where the trees of systemd's own are mounted: the unified one, and in older set-ups the named one."""
    found = []
    for line in _MOUNTS.read_text().splitlines():
        _, where, kind, options = line.split()[:4]
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(where))
    return found


def _group(lab: str) -> str:
    return f"ovirt-hc-lab-{lab}"


def make_cgroups(lab: str, member: str) -> list[Path]:
    """The cgroups of a host (or of the keeper), made when they are not there."""
    made = [tree / _group(lab) / member for tree in hierarchies()]
    for folder in made:
        folder.mkdir(parents=True, exist_ok=True)
    return made


def members(lab: str, member: str) -> list[int]:
    """The processes of a host, by their ids in this PID namespace."""
    tops = [tree / _group(lab) / member for tree in hierarchies()]
    found = set()
    for file in (file for top in tops for file in top.rglob("cgroup.procs")):
        with contextlib.suppress(OSError):
            found |= {int(line) for line in file.read_text().split()}
    return sorted(found - {0})


def send(lab: str, member: str, number: signal.Signals) -> None:
    """Send a signal to every process of a host, until none is left that had not got it."""
    told: set[int] = set()
    while new := set(members(lab, member)) - told:
        for process in new:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
        told |= new


def remove_cgroups(lab: str) -> bool:
    """Remove a lab's cgroups; False when something in them still runs."""
    tops = [tree / _group(lab) for tree in hierarchies()]
    for top in tops:
        inner = (path for path in sorted(top.rglob("*"), reverse=True) if path.is_dir()) if top.is_dir() else ()
        for folder in [*inner, top]:
            with contextlib.suppress(OSError):
                folder.rmdir()
    return not any(top.exists() for top in tops)
