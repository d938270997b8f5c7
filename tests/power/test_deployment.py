"""The life of a deployment on hosts that lose their power at one step after the other: each time the same command goes on.

In order: the first host is deployed on, the second joins and is removed, the first is taken back. Every test begins where the one
before it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.rehearsal import PROGRAM
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.own.cutting import Point, cut_power_at

pytestmark = pytest.mark.power

FIRST, SECOND = HOSTS[:2]
PLAIN = ("--output", "plain")
JOIN = ("add-host", "--from", "hc1.hc.test", "--unattended", "--yes")
IDS_BACK = 300
"""Seconds: sanlock waits two to three minutes for the ids of a host that went without leaving them."""
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


def through(lab: Lab, host: str, points: Sequence[Point], command: Sequence[str] | None = None) -> None:
    """Cut the power of a host at each of the points, in the order in which the command gets to them, until it ends well."""

    def run() -> int:
        if command is not None:
            return shell(lab, host, *command)
        return rehearsal.deploy(lab, rehearsal.answers_file().read_bytes(), PLAIN, terminal=False)

    left, begun = list(points), time.monotonic()
    while (cut := cut_power_at(lab, host, left, run)) is not None:
        print(f"== {cut}: cut after {time.monotonic() - begun:.0f} s", flush=True)
        left.remove(cut)
        begun = time.monotonic()
    # What goes on side by side may pass a point between the cut at another one and the end of its host.
    assert len(left) <= len(points) // 4, left


def test_the_first_host_is_deployed_on(own: Lab) -> None:
    rehearsal.prepare(own, print)
    for name in HOSTS:  # glusterd syncs nothing of what it writes: its volume is to be one of before, and not of this minute
        own.exec(name, "sync")
    through(own, FIRST, DEPLOYING)
    assert [verdict for verdict in rehearsal.verdicts(own) if not verdict.ok] == []


def test_a_second_host_joins(own: Lab) -> None:
    through(own, SECOND, JOINING, JOIN)
    own.kill(SECOND)  # what is said to be done outlives the power a moment later
    own.start(SECOND)
    wait_for("the host to hold its ids again", IDS_BACK, lambda: shell(own, SECOND, "status") == 0, poll=5)


def test_it_is_removed(own: Lab) -> None:
    through(own, SECOND, REMOVING, ("remove-host", "--yes"))
    assert shell(own, SECOND, "status") == 6


def test_the_first_host_is_taken_back(own: Lab) -> None:
    through(own, FIRST, TAKING_BACK, ("reset", "--yes", "--confirm", "hosted_storage"))
    assert shell(own, FIRST, "status") == 6
