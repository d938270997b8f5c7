"""The versions of the programs that a deployment stands on, as these say them, and where hosts differ in one."""

from __future__ import annotations

import re
from collections.abc import Mapping

Versions = Mapping[str, str]
"""Program and version of one host; a program that is not there is not in it."""

_NUMBER = re.compile(r"\d+(?:\.\d+)+")
_TOLD = 2
"""Numbers of a version that count: what comes behind them are repairs."""


def read(text: str) -> Versions:
    """From lines `PROGRAM: what it says of its version`; those without a number are left out."""
    found = {}
    for line in text.splitlines():
        program, _, said = line.partition(": ")
        if number := _NUMBER.search(said):
            found[program] = number[0]
    return found


def differences(hosts: Mapping[str, Versions]) -> list[str]:
    """A line for each program of which hosts have different versions: `GlusterFS 10.3 on a; 11.1 on b, c`."""
    programs = dict.fromkeys(program for versions in hosts.values() for program in versions)
    told = []
    for program in programs:
        by_version: dict[str, list[str]] = {}
        for host, versions in hosts.items():
            if program in versions:
                by_version.setdefault(versions[program], []).append(host)
        if len({_release(version) for version in by_version}) > 1:
            named = sorted(by_version.items(), key=lambda one: numbers(one[0]))
            told.append(f"{program} " + "; ".join(f"{version} on {', '.join(on)}" for version, on in named))
    return told


def numbers(version: str) -> tuple[int, ...]:
    """By which versions are put in order."""
    return tuple(int(number) for number in version.split("."))


def _release(version: str) -> tuple[int, ...]:
    return numbers(version)[:_TOLD]
