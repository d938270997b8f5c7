"""Whether guests run with KVM here, found out by running one, and else with QEMU's translator (TCG)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, NotInstalled, UsageError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.system.libvirt import probe_sector

LIMIT = 8.0
"""Seconds. A guest of KVM says its word in half a second, one of a busy machine in two, one of TCG in about one."""

PROGRAMS = ("qemu-system-x86_64", "/usr/libexec/qemu-kvm", "qemu-kvm")
"""QEMU's name on Debian, on Enterprise Linux, and where somebody made a link."""

# Whoever looks may leave at any moment: then the kernel ends the guest, and the disk's name is gone as soon as it is open.
_DISK = 9
_ALONE = ("setpriv", "--pdeathsig", "KILL", "sh", "-c", f'exec {_DISK}<"$0" && rm -f -- "$0" && exec "$@"')

FOLDER = Path("/run")

_NO_KVM = "/dev/kvm does not exist (no virtualization extensions, or disabled in the firmware)"


@dataclass(frozen=True, kw_only=True)
class Probed:
    """What will run the engine's guest, and for TCG why KVM will not."""

    accelerator: Accelerator
    reason: str


def probe(host: Host, limit: float = LIMIT) -> Probed:
    """Run a tiny guest with KVM, and when it does not come through, with TCG. Takes up to twice `limit` seconds.

    Raises NotInstalled when there is no QEMU, UsageError when it runs no guest at all.
    """
    program = find_program(host)
    why_not = _run(host, program, Accelerator.KVM, probe_sector.image(), limit)
    if not why_not:
        return Probed(accelerator=Accelerator.KVM, reason="a guest ran with KVM")
    broken = _run(host, program, Accelerator.TCG, probe_sector.image(), limit * 2)
    if broken:
        raise UsageError(
            f"QEMU cannot run a guest on this host: with KVM, {why_not}; without, {broken}", hint=f"Try `{program} -version`."
        )
    return Probed(accelerator=Accelerator.TCG, reason=why_not)


def presumed(host: Host) -> Probed:
    """What a host without QEMU will run guests with, as far as its kernel tells: to be judged when QEMU is there."""
    if host.run("test", "-c", "/dev/kvm", check=False).ok:
        return Probed(accelerator=Accelerator.KVM, reason="/dev/kvm exists; QEMU is not installed yet")
    return Probed(accelerator=Accelerator.TCG, reason=_NO_KVM)


def find_program(host: Host) -> str:
    """QEMU's program on a host; raises NotInstalled."""
    for name in PROGRAMS:
        found = host.run("sh", "-c", 'command -v -- "$1"', "sh", name, check=False)
        if found.ok:
            return found.out.strip()
    raise NotInstalled(
        "QEMU is not installed on this host",
        hint="Install it: `apt install qemu-system-x86` or `dnf install qemu-kvm`.",
    )


def _run(host: Host, program: str, accelerator: Accelerator, image: bytes, limit: float) -> str:
    """Why the guest did not come through; empty when it did."""
    if accelerator is Accelerator.KVM and not host.run("test", "-c", "/dev/kvm", check=False).ok:
        return _NO_KVM
    disk = FOLDER / f"ovirt-hc-setup-probe-{secrets.token_hex(4)}.img"
    host.write(disk, image, mode=0o600)
    try:
        outcome = host.run(*_ALONE, str(disk), *_command(program, accelerator), timeout=limit, check=False)
    except CommandFailed as error:
        return error.message
    if probe_sector.SAYS in outcome.out:
        return ""
    if outcome.code is None:
        there = "/dev/kvm exists, but a" if accelerator is Accelerator.KVM else "a"
        return f"{there} guest did not run within {limit:.0f} s"
    said = outcome.err.strip().splitlines()
    return f"QEMU ended with {outcome.code}" + (f": {said[-1]}" if said else "")


def _command(program: str, accelerator: Accelerator) -> tuple[str, ...]:
    drive = f"if=none,id=probe,format=raw,readonly=on,file=/dev/fd/{_DISK}"
    # The oldest model there is: it must not be the model that fails.
    machine = ("-machine", "q35", "-accel", accelerator.value, "-cpu", "qemu64", "-m", "32")
    nothing = ("-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot")
    return (program, *machine, *nothing, "-serial", "stdio", "-drive", drive, "-device", "virtio-blk-pci,drive=probe")
