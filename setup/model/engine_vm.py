"""EngineVm: the engine's virtual machine, as what libvirt is told about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal
from uuid import UUID

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.disk_access import DiskAccess, is_plain
from ovirt_hc_setup.model.mac_address import MacAddress

# HA agents, the `hosted-engine` script and the engine itself look for the VM by this name.
NAME = "HostedEngine"
SETUP_PORT = "org.ovirt.hosted-engine-setup.0"
AGENT_PORT = "org.qemu.guest_agent.0"
VM_LOGS = Path("/var/log/libvirt/qemu")
"""Where libvirt keeps what QEMU says, and where the VM's console is kept beside it; for root only."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# A Linux interface name is at most 15 bytes (IFNAMSIZ).
_LINK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")


def console_log(name: str) -> Path:
    """The file that keeps what was said on the serial console of the VM `name`."""
    return VM_LOGS / f"{name}-console.log"


class Accelerator(Enum):
    """What runs the guest's instructions: the processor through KVM, or QEMU's translator."""

    KVM = "kvm"
    TCG = "tcg"


@dataclass(frozen=True, kw_only=True)
class LeasePlace:
    """A sanlock lease: `lockspace` is the domain's UUID, `key` the volume's, `path` the file and `offset` the byte it lies at."""

    lockspace: UUID
    key: UUID
    path: Path
    offset: int = 0

    def __post_init__(self) -> None:
        _absolute(self.path, "the lease")
        if self.offset < 0:
            raise ValueRefused(f"a lease cannot lie at byte {self.offset}")


@dataclass(frozen=True, kw_only=True)
class EngineVm:
    """`memory` is MiB. `disk` is raw, `serial` what the guest sees as its serial number. `seed` is an ISO for the first boot.
    `nic`, `cdrom` and `console` are the ids by which oVirt knows these devices.

    `on_reboot` is `restart` on a plain host; where HA agents run the VM it has to be `destroy`, because they start it again.
    Raises ValueRefused for values that cannot stand in a definition.
    """

    uuid: UUID
    memory: int
    vcpus: int
    cpu: CpuModel
    accelerator: Accelerator
    disk: DiskAccess
    bridge: str
    mac: MacAddress
    name: str = NAME
    machine: str = "q35"
    serial: UUID | None = None
    lease: LeasePlace | None = None
    seed: Path | None = None
    nic: UUID | None = None
    cdrom: UUID | None = None
    console: UUID | None = None
    on_reboot: Literal["restart", "destroy"] = "restart"
    disk_io: Literal["threads", "native"] = "threads"

    def __post_init__(self) -> None:
        words = (("name", self.name, _WORD), ("machine type", self.machine, _WORD), ("bridge", self.bridge, _LINK))
        for what, text, form in words:
            if not form.fullmatch(text):
                hint = "It may hold letters, digits, dots, dashes and underscores."
                raise ValueRefused(f"{text!r} cannot be the {what} of a VM", hint=hint)
        if self.memory < 1 or self.vcpus < 1:
            raise ValueRefused(f"a VM cannot have {self.memory} MiB of memory and {self.vcpus} CPUs")
        if self.seed is not None:
            _absolute(self.seed, "the cloud-init ISO")


def _absolute(path: Path, what: str) -> None:
    if not is_plain(path):
        raise ValueRefused(f"{str(path)!r} cannot be the path of {what}", hint="It has to be absolute, without `..`.")
