"""Machines on which no lab is made, and what a machine needs before one can be."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab.places import STATES
from ovirt_hc_setup.lab.processes import Process, processes
from ovirt_hc_setup.lab.room import STATE, refuse_small_room
from ovirt_hc_setup.system.host.commands import LocalHost

RUNS = Path("/var/lib/ovirt-hc-setup/runs")
VOLUMES = Path("/var/lib/glusterd/vols")
_HINT = "Use a lab or rehearsal only on a machine without data of value."
# For those who work on the program: guests of their own beside the lab, which costs them memory and time.
BESIDE_GUESTS = "OVIRT_HC_LAB_BESIDE_GUESTS"

_NEEDED = {
    "systemd-nspawn": "systemd-container",
    "debootstrap": "debootstrap",
    "dnsmasq": "dnsmasq-base",
    "ip": "iproute2",
    "ssh-keygen": "openssh-client",
    "mke2fs": "e2fsprogs",
    "qemu-img": "qemu-utils",
    "nsenter": "util-linux",
    "nft": "nftables",
    "ssh": "openssh-client",
}


def refuse() -> None:
    """Raise UsageError on a machine where a lab cannot be made, Conflict on one where it must not be made."""
    if os.geteuid() != 0:
        raise UsageError("a lab can only be made by root", hint="Run it with sudo.")
    _refuse_other_systems()
    here = str(Path("/proc/self/ns/pid").readlink())
    own = [found for found in processes() if found.namespace("pid") == here]
    if os.environ.get(BESIDE_GUESTS) != "1":
        _refuse_machines(own)
    _refuse_gluster(own)
    refuse_small_room(STATES, "a lab", STATE)
    if RUNS.is_dir() and any(RUNS.iterdir()):
        raise Conflict(f"this machine has deployment runs in {RUNS}: it is used as a host", hint=_HINT)


def _refuse_other_systems() -> None:
    lines = Path("/etc/os-release").read_text().splitlines() if Path("/etc/os-release").exists() else []
    release = {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}
    if "debian" not in [release.get("ID", ""), *release.get("ID_LIKE", "").split()] or shutil.which("apt-get") is None:
        raise UsageError(
            f"a lab needs Debian or a relative of it with apt-get; this is {release.get('PRETTY_NAME', 'unknown')}",
            hint="Use a Debian 12 machine for it; the hosts you deploy on may be others.",
        )


def _refuse_machines(own: list[Process]) -> None:
    guests = [f"{found.name} ({found.pid})" for found in own if found.name.startswith("qemu-system")]
    if guests:
        raise Conflict(f"virtual machines run here: {', '.join(guests)}", hint=_HINT)
    if shutil.which("virsh") is None or not any(found.name in ("libvirtd", "virtqemud") for found in own):
        return
    listed = LocalHost("this machine").run("virsh", "-c", "qemu:///system", "list", "--all", "--name", timeout=10, check=False)
    names = listed.out.split()
    if listed.ok and names:
        raise Conflict(f"libvirt on this machine has virtual machines: {', '.join(names)}", hint=_HINT)


def _refuse_gluster(own: list[Process]) -> None:
    running = [found.pid for found in own if found.name in ("glusterd", "glusterfsd")]
    if running:
        raise Conflict(f"GlusterFS runs on this machine (process {running[0]})", hint=_HINT)
    volumes = sorted(found.name for found in VOLUMES.glob("*"))
    if volumes:
        raise Conflict(f"this machine has GlusterFS volumes: {', '.join(volumes)} (in {VOLUMES})", hint=_HINT)


def install_needed(progress: Callable[[str], None]) -> None:
    """Install the packages that making a lab needs and this machine lacks; raises CommandFailed."""
    missing = sorted({package for program, package in _NEEDED.items() if shutil.which(program, path=_search_path()) is None})
    if not missing:
        return
    progress(f"installing on this machine: {' '.join(missing)}")
    apt = {"DEBIAN_FRONTEND": "noninteractive"}
    host = LocalHost("this machine")
    host.run("apt-get", "update", "-q", timeout=300, env=apt)
    host.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *missing, timeout=900, env=apt)


def _search_path() -> str:
    return os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
