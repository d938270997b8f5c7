"""A host's power cut while the program is at work on it, at a point that its journal names."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ovirt_hc_setup.lab.whole_lab import Lab

_JOURNALS = "cat /var/lib/ovirt-hc-setup/runs/*/journal.jsonl 2>/dev/null"
_REACHED = "until {journals} | tail -n +{first} | grep -Fq '{line}'; do sleep 0.05; done"
LIMIT = 600
"""Seconds within which a command gets to a point."""


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
    lab: Lab, host: str, point: Point, command: Callable[[], int], before: Callable[[], None] = nothing
) -> bool:
    """Begin a command, cut the power of a host at a point of its journal and bring the host back when the command has ended.

    `before` is done at that point, before the power goes. False when the command ended without getting there, as where that step
    was already done.
    """
    script = _REACHED.format(journals=_JOURNALS, first=_lines(lab, host) + 1, line=point.line)
    with ThreadPoolExecutor(2) as pool:
        ended = pool.submit(command)
        reached = pool.submit(lab.exec, host, "timeout", str(LIMIT), "sh", "-c", script, timeout=LIMIT + 30, check=False)
        while not reached.done() and not ended.done():
            time.sleep(0.02)
        if not reached.done() or not reached.result().ok:
            lab.exec(host, "pkill", "-f", "[u]ntil cat", check=False)
            assert ended.result() == 0, f"it failed before {point}"
            return False
        before()
        lab.kill(host)
        assert ended.result(timeout=LIMIT) != 0, f"{point}: a command whose host is off cannot end well"
    lab.start(host)
    return True


def _lines(lab: Lab, host: str) -> int:
    return lab.exec(host, "sh", "-c", _JOURNALS, check=False).out.count("\n")
