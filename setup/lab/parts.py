"""Disks and cards that are plugged into a host while it runs, and pulled out. They stay in over reboots and power failures."""

from __future__ import annotations

import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, UsageError
from ovirt_hc_setup.lab.host_kinds import OwnKernels
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.keeping import make_sparse, running_keeper
from ovirt_hc_setup.lab.kernel_hosts import (
    KernelImages,
    disk_files,
    disk_name,
    free_disk_slot,
    seen_by_kernel,
    write_parts,
)
from ovirt_hc_setup.lab.kernel_links import (
    CONTROL_SLOT,
    card_words,
    cards,
    ensure_cable,
    lab_end,
    note_plugged,
    plugged,
)
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.topologies import MAIN, Link
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.size import MIB, Size

_CONSOLE = Path(__file__).with_name("mconsole.py")
_SEEN = 15.0
_LEAST = 16 * MIB


def add_disk(lab: Lab, host: str, size: Size) -> Path:
    """Plug in a blank disk; what it is called in the host. Raises UsageError, NotDeployed, CommandFailed."""
    with lab.locked():
        name, machine = _host(lab, host)
        if size.bytes < _LEAST:
            raise UsageError(f"a disk of {size} is too small", hint=f"Give it {Size.of(_LEAST)} or more.")
        slot = free_disk_slot(lab.places, name)
        file = lab.places.disk(name, slot)
        make_sparse(file, size.bytes)
        try:
            _tell(lab, name, f"config ubd{slot}={seen_by_kernel(file)}")
        except CommandFailed:
            file.unlink()
            raise
        write_parts(lab.places, name, machine)
    _wait_for_node(lab, name, disk_name(slot))
    return disk_name(slot)


def remove_disk(lab: Lab, host: str, disk: Path) -> None:
    """Pull out a disk that nothing uses, with all that is on it. Raises UsageError, NotDeployed, Conflict, CommandFailed."""
    with lab.locked():
        name, machine = _host(lab, host)
        found = {disk_name(slot): slot for slot in disk_files(lab.places, name)}
        if disk not in found:
            raise UsageError(f"{name} has no spare disk {disk}", hint=f"It has {', '.join(map(str, found)) or 'none'}.")
        if lab.exec(name, "sh", "-c", _HELD, "-", str(disk), check=False).ok:
            raise Conflict(f"{disk} is in use in {name}", hint=f"`lsblk {disk}` there says by what.")
        _tell(lab, name, f"remove ubd{found[disk]}")
        lab.places.disk(name, found[disk]).unlink()
        write_parts(lab.places, name, machine)


def add_nic(lab: Lab, host: str, network: str = MAIN) -> str:
    """Plug in a card with its cable on one of the lab's networks; what it is called in the host, where nothing sets it up.

    Raises UsageError, NotDeployed, CommandFailed.
    """
    with lab.locked():
        name, machine = _host(lab, host)
        known = cards(lab.places, name, machine.topology)
        slot = next(number for number in count(CONTROL_SLOT + 1) if number not in known)
        names = {card.name for card in known.values()}
        link = Link(next(word for word in (f"host{number}" for number in count(1)) if word not in names), network)
        inside = Inside(running_keeper(lab.places))
        ensure_cable(inside, name, link, machine.topology)
        try:
            _tell(lab, name, f"config vec{slot}:{card_words(name, slot, link.name)}")
            _wait_for_node(lab, name, Path(f"/sys/class/net/vec{slot}"))
            lab.exec(name, "ip", "link", "set", f"vec{slot}", "name", link.name)
        except CommandFailed:
            inside.run("ip", "link", "delete", lab_end(name, link.name), check=False)
            raise
        note_plugged(lab.places, name, slot, link)
        write_parts(lab.places, name, machine)
    return link.name


def remove_nic(lab: Lab, host: str, nic: str) -> None:
    """Pull out a card that was plugged in. Raises UsageError, NotDeployed, CommandFailed."""
    with lab.locked():
        name, machine = _host(lab, host)
        found = {link.name: slot for slot, link in plugged(lab.places, name).items()}
        if nic not in found:
            hint = f"It has {', '.join(found) or 'none'}; those that it was made with stay in it."
            raise UsageError(f"{name} has no card {nic} that was plugged in", hint=hint)
        lab.exec(name, "ip", "link", "set", nic, "down", check=False)
        _tell(lab, name, f"remove vec{found[nic]}")
        note_plugged(lab.places, name, found[nic], None)
        write_parts(lab.places, name, machine)
        Inside(running_keeper(lab.places)).run("ip", "link", "delete", lab_end(name, nic), check=False)


# Something that is mounted, or that another device stands on: whoever opens a disk for itself gets it, or it is in use.
_HELD = 'test -b "$1" && ! python3 -c "import os, sys; os.open(sys.argv[1], os.O_RDONLY | os.O_EXCL)" "$1" 2>/dev/null'


def _host(lab: Lab, host: str) -> tuple[str, KernelImages]:
    """A running host by its short name, and what it is started from."""
    kind = lab.kind
    name = lab.host(host).name
    if not isinstance(kind, OwnKernels):
        hint = "Bring the lab up with --kernel own."
        raise UsageError("disks and cards are plugged only into hosts with kernels of their own", hint=hint)
    return name, kind.machine(lab.places, name)


def _tell(lab: Lab, host: str, command: str) -> None:
    """Have the kernel of a host do something to what is plugged into it; raises CommandFailed."""
    console = lab.places.host(host) / ".uml" / host / "mconsole"
    Inside(running_keeper(lab.places)).run(sys.executable, "-I", str(_CONSOLE), str(console), command)


def _wait_for_node(lab: Lab, host: str, path: Path) -> None:
    wait_for(f"{path} in {host}", _SEEN, lambda: lab.exec(host, "test", "-e", str(path), check=False).ok)
    with suppress(CommandFailed):
        lab.exec(host, "udevadm", "settle", "--timeout=10")
