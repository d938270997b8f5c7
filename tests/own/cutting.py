"""A host's power cut while the program is at work on it, at a point that its journal names."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ovirt_hc_setup.lab.whole_lab import Lab

# By one process: a shell would start some at each look, which costs a host with one CPU more than the work that is watched.
_WATCH = """
import pathlib, sys, time
known, wanted = int(sys.argv[1]), tuple(sys.argv[2:])
while True:
    journals = sorted(pathlib.Path("/var/lib/ovirt-hc-setup/runs").glob("*/journal.jsonl"))
    lines = [line for path in journals for line in path.read_text().split("\\n")[:-1]]
    for line in lines[known:]:
        if line.startswith(wanted):
            sys.exit(print(line))
    time.sleep(0.05)
"""
_LINES = "cat /var/lib/ovirt-hc-setup/runs/*/journal.jsonl 2>/dev/null | wc -l"
LIMIT = 1500
"""Seconds within which a command gets to one of the points."""


@dataclass(frozen=True)
class Point:
    """A line of the journal: `kind` is `record`, `committing` or `done`, when taken back `undoing` or `undone`."""

    resource: str
    kind: str = "committing"

    @property
    def line(self) -> str:
        """How it begins in the journal, which is written as JSON."""
        return f'{{"resource": "{self.resource}", "kind": "{self.kind}"'

    def __str__(self) -> str:
        return f"{self.resource}:{self.kind}"


def nothing() -> None: ...


def cut_power_at(
    lab: Lab, host: str, points: Sequence[Point], command: Callable[[], int], before: Callable[[], None] = nothing
) -> Point | None:
    """Begin a command, cut the power of a host at that of the points which its journal has first; bring it back when the
    command has ended.

    `before` is done at that point, before the power goes. None when the command ended well without getting to any of them.
    """
    known = lab.exec(host, "sh", "-c", _LINES).out.strip()
    watch = ("timeout", str(LIMIT), "/usr/bin/python3", "-I", "-c", _WATCH, known, *(point.line for point in points))
    with ThreadPoolExecutor(2) as pool:
        ended = pool.submit(command)
        reached = pool.submit(lab.exec, host, *watch, timeout=LIMIT + 30, check=False)
        while not reached.done() and not ended.done():
            time.sleep(0.02)
        if not reached.done() or not reached.result().ok:
            lab.exec(host, "pkill", "-f", "[j]ournals = sorted", check=False)
            assert ended.result() == 0, f"it failed before any of {', '.join(map(str, points))}"
            return None
        found = next(point for point in points if reached.result().out.startswith(point.line))
        before()
        lab.kill(host)
        assert ended.result(timeout=LIMIT) != 0, f"{found}: a command whose host is off cannot end well"
    lab.start(host)
    return found
