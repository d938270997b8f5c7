"""How long it takes from the command to the first prompt of a deployment, at a terminal.

    python benchmarks/first_prompt.py [N]

As root, on a host where nothing is deployed. `deploy` is started N times (15) by the real launcher in a pty of 80x24 and left
at its first question, which changes nothing. Before that question the wizard reads the answers that were given, its own run
folders, and what the pool of this host has for volumes (nothing where GlusterFS is not installed). The first start, which
makes the environment and the byte code, does not count. Prints medians with the extremes, and the processors' time, which
other work on the machine changes less; beside it a bare `python3 -c pass`, and the ratio. What is wanted is less than 0.3 s
on a machine that has nothing else to do.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pexpect

LAUNCHER = Path(__file__).resolve().parent.parent / "ovirt-hc-setup"
FIRST_PROMPTS = ["Build one in this run", "as SERVER:/VOLUME"]
"""Without a volume that fits, and with one."""
LIMIT = 60.0


@dataclass(frozen=True)
class Start:
    """`seconds` by the clock until the first question, `work` of the processors for all of it."""

    seconds: float
    work: float


def to_first_prompt() -> Start:
    begun, worked = time.monotonic(), work_of_children()
    child = pexpect.spawn(str(LAUNCHER), ["deploy", "--plan"], dimensions=(24, 80), encoding="utf-8", timeout=LIMIT)
    child.expect_exact(FIRST_PROMPTS)
    seconds = time.monotonic() - begun
    child.close(force=True)
    return Start(seconds, work_of_children() - worked)


def bare_python() -> Start:
    begun, worked = time.monotonic(), work_of_children()
    subprocess.run(("/usr/bin/python3", "-c", "pass"), check=True)
    return Start(time.monotonic() - begun, work_of_children() - worked)


def work_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(name: str, starts: Sequence[Start]) -> Start:
    """The medians, printed with the extremes."""
    seconds, work = [start.seconds for start in starts], [start.work for start in starts]
    found = Start(statistics.median(seconds), statistics.median(work))
    print(f"{name:16} {found.seconds:.3f} s ({min(seconds):.3f} to {max(seconds):.3f}), processor {found.work:.3f} s")
    return found


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    to_first_prompt()
    pairs = [(bare_python(), to_first_prompt()) for _ in range(rounds)]
    bare = told("python3 -c pass", [pair[0] for pair in pairs])
    ours = told("first prompt", [pair[1] for pair in pairs])
    print(f"ratio            {ours.seconds / bare.seconds:.0f}, of the processor's time {ours.work / bare.work:.0f}")


if __name__ == "__main__":
    main()
