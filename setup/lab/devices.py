"""The machine's devices that hosts get, and whether its /dev/kvm is one of them.

There are machines whose /dev/kvm opens and whose guests then stand still. Every wizard in a host finds that out by a guest that
is given 8 s, and that keeps a core busy for as long. So the machine is tried once, and hosts get what works. The answer lies in
/run, until the machine restarts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import accelerator

KVM = Path("/dev/kvm")
KVM_NOTE = Path("/run/ovirt-hc-setup-lab-kvm")
"""What will run guests on this machine, once it was tried."""

_ALWAYS = (Path("/dev/fuse"), Path("/dev/net/tun"))


def try_kvm(progress: Callable[[str], None]) -> None:
    """Find out whether guests run with KVM here, unless that is known. Without QEMU on this machine it stays unknown."""
    if not KVM.exists() or KVM_NOTE.exists():
        return
    progress("trying whether guests run with KVM here (once, up to 8 s)")
    try:
        found = accelerator.probe(LocalHost("this machine"))
    except UsageError:
        return
    progress(f"hosts get {KVM if found.accelerator is Accelerator.KVM else 'no ' + str(KVM)}: {found.reason}")
    KVM_NOTE.write_text(found.accelerator.value)


def devices() -> list[Path]:
    """Those that are there; /dev/kvm unless it is known not to work."""
    useless = KVM_NOTE.exists() and KVM_NOTE.read_text() != Accelerator.KVM.value
    wanted = _ALWAYS if useless else (*_ALWAYS, KVM)
    return [device for device in wanted if device.exists()]
