"""The events of a run as a deployment has them, and a program that plays them on a terminal: PLAY [SECONDS]."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ovirt_hc_setup.base.event_types import (
    Event,
    Found,
    LogLine,
    Note,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    StageBegun,
)
from ovirt_hc_setup.commandline.ending import to_its_end
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.sitting.following import leaving_quietly

BEGUN = 1_700_000_000.0
GIB = 2**30
NAMES = ("bridge", "packages", "mount", "domain", "host-id", "engine-disk", "appliance-copy", "seed", "engine-vm", "engine-setup")
COPY = "Copy the disk of the appliance /usr/share/ovirt-engine-appliance/engine-4.5.ova into the engine's volume"
LOCKSPACE = "0cde8f5e-2d3c-4f0c-9c38-2b1c1e3d7d7a"
WHAT_NOW = "To continue, run the same command again. To undo everything: ovirt-hc-setup reset"
SPLIT = (
    "the volume engine has 2 bricks, and 1 of them is online: hc2.example.com:/gluster/engine does not answer\n"
    "  Start it with `gluster volume start engine force` and look into its log on that host."
)


def ended(name: str, seconds: float, at: float) -> ResourceEnded:
    return ResourceEnded(resource=name, status="done", elapsed=seconds, at=BEGUN + at)


def begun(name: str, title: str, at: float) -> ResourceBegun:
    return ResourceBegun(resource=name, title=title, at=BEGUN + at)


def copied(at: float, done: float) -> Progressed:
    return Progressed(resource="appliance-copy", done=int(done * GIB), total=51 * GIB, text="copying", at=BEGUN + at)


WORK: list[Event] = [
    RunBegun(run="20261121-1200-deploy-ab12", verb="deploy", resources=NAMES, at=BEGUN),
    StageBegun(title="Misc configuration", at=BEGUN),
    begun("bridge", "bridge ovirtmgmt over enp1s0, with its addresses, routes and MAC", 0),
    ended("bridge", 3.25, 3),
    begun("packages", "Install sanlock, libvirt-daemon-system, libvirt-sanlock, qemu-system-x86, glusterfs-client", 3),
    ended("packages", 31.2, 34),
    begun("mount", "Mount hc1.example.com:/engine at /rhev/data-center/mnt/glusterSD/hc1.example.com:_engine", 34),
    ended("mount", 0.8, 35),
    begun("host-id", f"Acquire host id 1 in the lockspace {LOCKSPACE}", 35),
    begun("appliance-copy", COPY, 36),
    begun("seed", "Create the cloud-init ISO for engine.example.com (network by DHCP)", 37),
    copied(40, 0.5),
    Progressed(
        resource="host-id", done=9, total=161, unit="seconds", text=f"waiting for sanlock ({LOCKSPACE})", at=BEGUN + 44
    ),
    LogLine(resource="engine-setup", source="engine-setup", text="[ INFO  ] Stage: Environment setup", at=BEGUN + 45),
    copied(50, 4.3),
]

FAILED: list[Event] = [
    *WORK,
    ended("seed", 0.3, 51),
    ResourceEnded(resource="host-id", status="failed", elapsed=16.0, reason=SPLIT, at=BEGUN + 51),
    RunEnded(run="20261121-1200-deploy-ab12", exit_code=4, message=f"host-id: {SPLIT}", at=BEGUN + 51),
    Note(text=f"{WHAT_NOW}\nJournal: /var/lib/ovirt-hc-setup/runs/20261121-120000-deploy-ab12"),
]

CHECKED: list[Event] = [
    StageBegun(title="Setup validation"),
    Found(check="host.root", severity="ok", found="running as root"),
    Found(
        check="network.fqdn-forward",
        severity="error",
        found="engine.example.com resolves to 192.0.2.10 and 192.0.2.11, and only one of these answers",
        expected="one address, which is that of the engine VM and of nothing else in the network",
        remedy="Mend the name in DNS, or choose another one.",
    ),
    Found(check="vm.memory", severity="warning", found="4096 MB of memory", expected="16384 MB", remedy="Give it more."),
    Note(level="error", text="1 check failed: fix this first: network.fqdn-forward\nNothing was changed."),
]


def of(host: str, events: Sequence[Event]) -> Iterator[Event]:
    return (replace(event, host=host) for event in events)


def play(seconds: float) -> int:
    """The work, then copying until the time is over, ten events a second."""
    shift = time.time() - BEGUN - 50
    with reporter("auto") as report, leaving_quietly():
        for event in WORK:
            report(replace(event, at=event.at + shift))
        until = time.time() + seconds
        while (now := time.time()) < until:
            report(replace(copied(0, 4.3 + now + seconds - until), at=now))
            time.sleep(0.1)
        report(RunEnded(run="r", exit_code=0))
    print("played")
    return 0


if __name__ == "__main__":
    sys.exit(to_its_end(("deploy",), lambda: play(float(sys.argv[1]))))
