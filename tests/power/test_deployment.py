"""The life of a deployment on hosts that lose their power at one step after the other: each time the same command goes on.

In order: the first host is deployed on, the second joins and is removed, the first is taken back. Every test begins where the one
before it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.rehearsal import PROGRAM
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.own.cutting import Point, cut_power_at

pytestmark = pytest.mark.power

FIRST, SECOND = HOSTS[:2]
PLAIN = ("--output", "plain")
DEPLOYING = (
    Point("bridge"),
    Point("mount"),
    Point("mount", "done"),
    Point("domain", "record"),
    Point("domain"),
    Point("host-id"),
    Point("configuration-volume"),
    Point("lockspace"),
    Point("host-id-hosted-engine"),
    Point("appliance-copy", "record"),
    Point("engine-vm"),
    Point("engine-setup", "done"),
    Point("configuration-archive"),
    Point("ha-metadata"),
    Point("host-unit", "done"),
)
JOINING = (
    Point("bridge"),
    Point("bridge", "done"),
    Point("mount"),
    Point("host-id"),
    Point("host-id-hosted-engine", "record"),
    Point("libvirt-conf"),
    Point("host-unit"),
)
REMOVING = (
    Point("host-unit", "undoing"),
    Point("ha-metadata", "undone"),
    Point("host-id", "undoing"),
    Point("mount", "undoing"),
    Point("bridge", "undoing"),
)
TAKING_BACK = (
    Point("host-unit", "undone"),
    Point("engine-vm", "undoing"),
    Point("engine-disk", "undone"),
    Point("domain", "undoing"),
    Point("mount", "undone"),
)


def shell(lab: Lab, host: str, *words: str) -> int:
    """A command of the program on a host; its exit code."""
    code = lab.exec(host, PROGRAM, *words, *PLAIN, timeout=1500, check=False)
    print(code.out, code.err)
    return code.code if code.code is not None else 1


def through(lab: Lab, host: str, points: Iterable[Point], command: list[str] | None = None) -> list[str]:
    """Cut the power of a host at each of the points, then let the command end well; the points that it got to."""

    def run() -> int:
        if command is not None:
            return shell(lab, host, *command)
        return rehearsal.deploy(lab, rehearsal.answers_file().read_bytes(), PLAIN, terminal=False)

    cut = []
    for point in points:
        begun = time.monotonic()
        if cut_power_at(lab, host, point, run):
            cut.append(str(point))
        print(f"== {point}: {'cut' if str(point) in cut else 'not reached'} after {time.monotonic() - begun:.0f} s", flush=True)
    assert run() == 0
    return cut


def test_the_first_host_is_deployed_on(own: Lab) -> None:
    rehearsal.prepare(own, print)
    for name in HOSTS:  # glusterd syncs nothing of what it writes: its volume is to be one of before, and not of this minute
        own.exec(name, "sync")
    cut = through(own, FIRST, DEPLOYING)
    assert len(cut) > len(DEPLOYING) // 2, cut
    assert [verdict for verdict in rehearsal.verdicts(own) if not verdict.ok] == []


def test_a_second_host_joins(own: Lab) -> None:
    cut = through(own, SECOND, JOINING, ["add-host", "--from", "hc1.hc.test", "--unattended", "--yes"])
    assert len(cut) > len(JOINING) // 2, cut
    assert shell(own, SECOND, "status") == 0


def test_it_is_removed(own: Lab) -> None:
    cut = through(own, SECOND, REMOVING, ["remove-host", "--yes"])
    assert len(cut) > len(REMOVING) // 2, cut
    assert shell(own, SECOND, "status") == 6


def test_the_first_host_is_taken_back(own: Lab) -> None:
    cut = through(own, FIRST, TAKING_BACK, ["reset", "--yes", "--confirm", "hosted_storage"])
    assert len(cut) > len(TAKING_BACK) // 2, cut
    assert shell(own, FIRST, "status") == 6
