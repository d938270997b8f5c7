"""The VMs of this host, through libvirt's own binding.

The binding is imported where it is used: a host without it gets an error that says so, and a wizard that only shows its help
does not need it.
"""

from __future__ import annotations

import importlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ovirt_hc_setup.base.errors import CommandFailed, FormatError, NotInstalled, SetupError, UsageError
from ovirt_hc_setup.formats.libvirt import domain_definition
from ovirt_hc_setup.formats.libvirt.domain_capabilities import machine_types, usable_models
from ovirt_hc_setup.formats.libvirt.domain_definition import Definition
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.system.host.asked_at_once import Awaited

LOCAL = "qemu:///system"
INSTALL = "Install it: `apt install libvirt-daemon-system` or `dnf install libvirt-daemon-kvm`."
CONNECT_LIMIT = 30.0
"""Seconds: a daemon that is started by its socket takes two, on a busy machine some more."""
_VIRT_TYPES = {Accelerator.KVM: "kvm", Accelerator.TCG: "qemu"}

# What libvirt's sanlock plugin and QEMU say when a VM may not start, and what it means for an operator.
_REASONS = (
    ('Failed to get "write" lock', "Another process, most likely on another host, has the engine's disk open."),
    ("resource busy", "Another host holds the lease of the engine VM: it runs there, or that host died less than 3 minutes ago."),
    ("Lease is held by another host", "Another host holds the lease of the engine VM: the engine runs there."),
    ("File exists", "This host holds the lease of the engine VM already: see `sanlock client status`."),
    ("No space left on device", "The host id is not held in the domain's lockspace: see `sanlock client status`."),
    ("unable to find any master var store", "QEMU's firmware files are missing: install the package with OVMF."),
    ("Permission denied", "QEMU cannot open a file: its user must be in group 36 and be able to enter every folder above it."),
    ("Cannot get interface MTU", "The bridge is not there: see `ip link`."),
    ("Cannot allocate memory", "There is not enough free memory on this host: see `free -m`."),
)


@dataclass(frozen=True)
class Vm:
    """A VM that libvirt knows. `running` is also true for one that is paused or on its way down; `state` is libvirt's word,
    `reason` how it came to that, empty where that says nothing."""

    name: str
    uuid: UUID
    running: bool
    state: str
    persistent: bool
    reason: str = ""

    @property
    def condition(self) -> str:
        """State and reason, in words."""
        return f"{self.state}: {self.reason}" if self.reason else self.state


class Libvirt:
    """An open connection. Every method raises SetupError with libvirt's own words."""

    def __init__(self, connection: Any, binding: Any) -> None:
        self._connection = connection
        self._binding = binding

    def vms(self) -> tuple[Vm, ...]:
        """All VMs, running or only defined, by name."""
        found = [self._vm(domain) for domain in self._call("list the VMs", self._connection.listAllDomains)]
        return tuple(sorted((vm for vm in found if vm is not None), key=lambda vm: vm.name))

    def find(self, uuid: UUID) -> Vm | None:
        """The VM with this UUID."""
        domain = self._lookup(uuid)
        return self._vm(domain) if domain is not None else None

    def definition(self, uuid: UUID, *, live: bool = False) -> Definition:
        """The definition that the next start takes, or with `live` the one of the running VM, with ports and paths filled in."""
        flags = 0 if live else self._binding.VIR_DOMAIN_XML_INACTIVE
        domain = self._need(uuid)
        return domain_definition.read(self._call("read a VM's definition", lambda: domain.XMLDesc(flags)))

    def define(self, xml: str) -> None:
        """Define a VM, or define it anew; validated against libvirt's schema."""
        flags = self._binding.VIR_DOMAIN_DEFINE_VALIDATE
        self._call("define the VM", lambda: self._connection.defineXMLFlags(xml, flags))

    def start(self, uuid: UUID) -> None:
        """Start a VM; waits for its lease, which after the death of the host that held it takes up to 150 s."""
        domain = self._need(uuid)
        self._call("start the VM", domain.create)

    def shut_down(self, uuid: UUID) -> None:
        """Ask the guest to end; does not wait."""
        domain = self._need(uuid)
        self._call("shut the VM down", domain.shutdown)

    def destroy(self, uuid: UUID) -> None:
        """End a VM at once; fine when it is not running."""
        domain = self._lookup(uuid)
        if domain is not None and domain.isActive():
            self._call("end the VM", domain.destroy)

    def undefine(self, uuid: UUID) -> None:
        """Forget a VM, with what libvirt keeps of it; fine when it is not there."""
        domain = self._lookup(uuid)
        if domain is None or not domain.isPersistent():
            return
        names = ("MANAGED_SAVE", "SNAPSHOTS_METADATA", "CHECKPOINTS_METADATA", "NVRAM")
        flags = sum(getattr(self._binding, f"VIR_DOMAIN_UNDEFINE_{name}") for name in names)
        self._call("undefine the VM", lambda: domain.undefineFlags(flags))

    def eject(self, uuid: UUID, target: str) -> None:
        """Take the medium out of a CD drive, now and for the next start, even if the guest has locked the drive."""
        domain = self._need(uuid)
        flags = self._binding.VIR_DOMAIN_AFFECT_CONFIG | self._binding.VIR_DOMAIN_DEVICE_MODIFY_FORCE
        if domain.isActive():
            flags |= self._binding.VIR_DOMAIN_AFFECT_LIVE
        described = self._call("describe the VM", lambda: domain.XMLDesc(self._binding.VIR_DOMAIN_XML_INACTIVE))
        empty = domain_definition.empty_drive(described, target)
        self._call("eject the cloud-init ISO from the VM's CD drive", lambda: domain.updateDeviceFlags(empty, flags))

    def addresses(self, uuid: UUID) -> tuple[str, ...]:
        """The addresses that the guest has by its own agent's word; empty when it has no agent that answers."""
        domain = self._need(uuid)
        try:
            found = domain.interfaceAddresses(self._binding.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, 0)
        except self._binding.libvirtError:
            return ()
        return tuple(entry["addr"] for link in found.values() for entry in link["addrs"] or ())

    def models(self, accelerator: Accelerator) -> frozenset[CpuModel]:
        """The CPU models that a guest can have on this host."""
        kind = _VIRT_TYPES[accelerator]
        xml = self._call(
            "read what it can run", lambda: self._connection.getDomainCapabilities(None, "x86_64", None, kind)
        )
        return usable_models(xml)

    def machines(self, accelerator: Accelerator) -> frozenset[MachineType]:
        """The machine types that a guest can have on this host."""
        xml = self._call("read what it can run", self._connection.getCapabilities)
        return machine_types(xml, _VIRT_TYPES[accelerator])

    def _lookup(self, uuid: UUID) -> Any | None:
        try:
            return self._connection.lookupByUUIDString(str(uuid))
        except self._binding.libvirtError as error:
            if error.get_error_code() == self._binding.VIR_ERR_NO_DOMAIN:
                return None
            raise _error("look for the VM", error) from error

    def _need(self, uuid: UUID) -> Any:
        domain = self._lookup(uuid)
        if domain is None:
            raise SetupError(f"libvirt knows no VM {uuid} on this host", hint="See `virsh list --all`.")
        return domain

    def _vm(self, domain: Any) -> Vm | None:
        try:
            number, why = domain.state()
            state = _STATES.get(number, "in an unknown state")
            running, persistent = bool(domain.isActive()), bool(domain.isPersistent())
            return Vm(domain.name(), UUID(domain.UUIDString()), running, state, persistent, _REASONS_OF.get((state, why), ""))
        except self._binding.libvirtError as error:
            # It ended between the question which there are and the question how they are.
            if error.get_error_code() == self._binding.VIR_ERR_NO_DOMAIN:
                return None
            raise _error("look at a VM", error) from error

    def _call(self, what: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except self._binding.libvirtError as error:
            raise _error(what, error) from error
        except FormatError as error:
            raise SetupError(error.message, hint=error.hint) from error


# virDomainState of libvirt's API.
_STATES = dict(enumerate(("without state", "running", "blocked", "paused", "shutting down", "shut off", "crashed", "suspended")))

# virDomainPausedReason and virDomainShutoffReason.
_REASONS_OF = {
    ("paused", 1): "somebody paused it",
    ("paused", 5): "its disk had an I/O error",
    ("paused", 10): "the guest crashed",
    ("shut off", 1): "the guest shut itself down",
    ("shut off", 2): "it was switched off",
    ("shut off", 3): "QEMU crashed",
    ("shut off", 6): "QEMU failed",
}


@contextmanager
def connect(uri: str = LOCAL, limit: float = CONNECT_LIMIT) -> Iterator[Libvirt]:
    """The libvirt of this host; raises NotInstalled when its binding or its daemon is not there, UsageError when that does not
    answer, CommandFailed when it takes the connection and says nothing within `limit` seconds."""
    binding = _binding()
    try:
        connection = _opened(lambda: binding.open(uri), uri, limit)
    except binding.libvirtError as error:
        if not is_installed():
            raise NotInstalled("libvirt is not installed on this host", hint=INSTALL) from error
        hint = "Start it: `systemctl enable --now libvirtd` (or virtqemud.socket), then check `virsh list`."
        raise UsageError(f"libvirt does not answer at {uri}: {error}", hint=hint) from error
    try:
        yield Libvirt(connection, binding)
    finally:
        connection.close()


def is_installed() -> bool:
    """Whether a daemon with the QEMU driver is on this host, running or not."""
    return any(shutil.which(name, path="/usr/sbin:/usr/local/sbin") for name in ("libvirtd", "virtqemud"))


def _opened(open_it: Callable[[], Any], uri: str, limit: float) -> Any:
    """The connection, opened in a thread that is left to itself when the daemon hangs: nothing of the binding can end it."""
    asked = Awaited(open_it, time.monotonic() + limit)
    asked.wait(limit)
    if not asked.ended:
        hint = "Its daemon hangs. Look at `journalctl -u libvirtd -u virtqemud`; a restart of it leaves running VMs alone."
        raise CommandFailed(f"libvirt takes connections at {uri} and says nothing for {limit:.0f} s", hint=hint)
    return asked.value()


def _binding() -> Any:
    try:
        binding = importlib.import_module("libvirt")
    except ImportError as error:
        hint = "Install it: `apt install python3-libvirt` or `dnf install python3-libvirt`."
        raise NotInstalled("libvirt's binding for Python is not installed on this host", hint=hint) from error
    # Without a handler of ours, libvirt prints every error to stderr although it also raises it.
    binding.registerErrorHandler(lambda context, error: None, None)
    return binding


def _error(what: str, error: Exception) -> SetupError:
    text = str(error).strip()
    hint = next((meaning for sign, meaning in _REASONS if sign in text), "See `journalctl -u libvirtd -u virtqemud`.")
    return SetupError(f"libvirt cannot {what}: {text}", hint=hint)
