"""What a lab may have left on a machine."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ovirt_hc_setup.lab.cgroups import hierarchies
from ovirt_hc_setup.lab.processes import processes
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.host.commands import LocalHost

HOST = LocalHost("this machine")


def traces_of(lab: Lab) -> list[str]:
    """Every mount, link, loop device, process, cgroup and file on this machine that belongs to a lab."""
    state = str(lab.places.state)
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if state in line]
    loops = [line for line in HOST.run("losetup", "--list", "--noheadings").out.splitlines() if state in line]
    groups = [str(tree / f"ovirt-hc-lab-{lab.name}") for tree in hierarchies()]
    files = [state] if lab.places.state.exists() else []
    return [*mounts, *loops, *_links(), *_processes(lab), *(group for group in groups if Path(group).exists()), *files]


def _links() -> list[str]:
    names = [line.split()[1] for line in HOST.run("ip", "-o", "link").out.splitlines()]
    return [name for name in names if name.startswith(("hclab", "vb-hc", "ve-hc", "host0"))]


def _processes(lab: Lab) -> list[str]:
    found = []
    # One that has ended and waits for the machine's init to notice is not the lab's to remove.
    for process in (each for each in processes() if each.state not in "ZX"):
        with contextlib.suppress(OSError):
            group = Path(f"/proc/{process.pid}/cgroup").read_text()
            words = " ".join(process.argv())
            if f"ovirt-hc-lab-{lab.name}/" in group or f"{lab.places.state}/" in words:
                found.append(f"{process.pid} {words}")
    return found
