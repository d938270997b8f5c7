"""Finding a lab's processes in /proc: its keeper, and the inits of its hosts.

Nothing relies on a stored process id, which another process may have by now: what is looked for is what a process is.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
_PROC = Path("/proc")
SUPERVISOR = "keep-on"
_STARTERS = ("unshare", "setsid", "sh", "setpriv")


@dataclass(frozen=True)
class Process:
    """A process as seen from this PID namespace. `started` tells it from a later one with the same id."""

    pid: int
    parent: int
    name: str
    state: str
    started: int

    def argv(self) -> list[str]:
        """Its command line; empty for one that has ended."""
        with contextlib.suppress(OSError):
            return (_PROC / str(self.pid) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")[:-1]
        return []

    def namespace(self, kind: str) -> str:
        """The identity of its `pid`, `net` or `mnt` namespace; empty for one that has ended."""
        with contextlib.suppress(OSError):
            return str((_PROC / str(self.pid) / "ns" / kind).readlink())
        return ""

    def inner_ids(self) -> list[int]:
        """Its ids in this PID namespace and those below it, outermost first."""
        with contextlib.suppress(OSError):
            for line in (_PROC / str(self.pid) / "status").read_text().splitlines():
                if line.startswith("NSpid:"):
                    return [int(word) for word in line.split()[1:]]
        return []

    def kill(self, number: int) -> None:
        """Send a signal, unless the process has ended or its id belongs to another by now."""
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.alive():
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)

    def alive(self) -> bool:
        now = read_process(self.pid)
        return now is not None and now.started == self.started and now.state not in "ZX"


def read_process(pid: int) -> Process | None:
    """The process of an id; None when there is none (any more)."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name is in parentheses and may hold parentheses and blanks itself.
    rest = text[text.rindex(")") + 2 :].split()
    return Process(pid, int(rest[1]), text[text.index("(") + 1 : text.rindex(")")], rest[0], int(rest[19]))


def processes() -> Iterator[Process]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (found := read_process(int(entry.name))) is not None:
            yield found


def lab_processes(state: Path) -> list[Process]:
    """The keeper of the lab in `state` and whatever is about to become it."""
    return [found for found in processes() if found.state not in "ZX" and _names_keeper(found.argv(), state)]


def keeper_of(state: Path) -> Process | None:
    """The keeper of the lab in `state`; None when it does not run."""
    for found in lab_processes(state):
        if found.name not in _STARTERS:
            return found
    return None


def _names_keeper(argv: list[str], state: Path) -> bool:
    # By the end of its path only: a checkout and an installed package must know each other's labs.
    return any(script.endswith("/lab/keeper.py") and folder == str(state) for script, folder in pairwise(argv))


def supervisor_of(keeper: Process, host: str) -> Process | None:
    """The shell that boots a host of this keeper's lab, again after a reboot; None when the host is off."""
    space = keeper.namespace("pid")
    for found in processes():
        alike = found.name == "sh" and found.state not in "ZX" and found.namespace("pid") == space
        if alike and (SUPERVISOR, host) in pairwise(found.argv()):
            return found
    return None


def init_of(keeper: Process, host: str) -> Process | None:
    """The first process of a host; None when the host is off or only just starting."""
    supervisor = supervisor_of(keeper, host)
    if supervisor is None:
        return None
    depth = len(supervisor.inner_ids()) + 1
    everything = list(processes())
    containers = [found.pid for found in everything if found.parent == supervisor.pid]
    for found in everything:
        if found.parent in containers and found.state not in "ZX":
            ids = found.inner_ids()
            if len(ids) == depth and ids[-1] == 1:
                return found
    return None


def kernel_of(keeper: Process, host: str) -> Process | None:
    """The process that is a host with a kernel of its own; None when the host is off."""
    supervisor = supervisor_of(keeper, host)
    if supervisor is None:
        return None
    kernels = (found for found in processes() if found.parent == supervisor.pid and found.state not in "ZX")
    return next((found for found in kernels if f"umid={host}" in found.argv()), None)
