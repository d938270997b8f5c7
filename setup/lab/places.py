"""What a lab is called, where it lies, and the addresses in it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError

CACHE = Path("/var/cache/ovirt-hc-setup")
APPLIANCE_CACHE = CACHE / "appliance"
STATES = Path("/var/lib/ovirt-hc-setup-lab")

ZONE = "hc.test"
BRIDGE = "hclab"
TRUNK = "hctrunk"
"""The switch that hosts are on when they are in a VLAN."""

STORAGE_BRIDGE = "hcstorage"
PREFIX = 24
GATEWAY = "10.90.0.1"
HOST_ADDRESSES = {f"hc{number}": f"10.90.0.{10 + number}" for number in range(1, 10)}
STORAGE_ADDRESSES = {f"hc{number}": f"10.90.1.{10 + number}" for number in range(1, 10)}
PREFIX6 = 64
GATEWAY6 = "fd5a:90::1"
HOST_ADDRESSES6 = {f"hc{number}": f"fd5a:90::{10 + number}" for number in range(1, 10)}  # written as those of IPv4 end
EVERY_HOST = tuple(HOST_ADDRESSES)
"""All that a lab can have; it has the first three unless it is asked for more."""

HOSTS = EVERY_HOST[:3]
ENGINE_FQDN = f"engine.{ZONE}"
ENGINE_ADDRESS = "10.90.0.100"
ENGINE_ADDRESS6 = "fd5a:90::100"
ENGINE_MAC = "00:16:3e:5a:00:64"

DISKS_A_HOST = 2
DISK_BYTES = 20 * 2**30

DEFAULT_NAME = "lab"
NAME_VARIABLE = "OVIRT_HC_LAB"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")


def fqdn(host: str) -> str:
    return f"{host}.{ZONE}"


def storage_fqdn(host: str) -> str:
    """A host's name on the storage network, where there is one."""
    return f"{host}-storage.{ZONE}"


def lab_name(given: str | None) -> str:
    """The lab to use: the one given, else OVIRT_HC_LAB, else `lab`. Raises UsageError for a name of another form."""
    name = given or os.environ.get(NAME_VARIABLE) or DEFAULT_NAME
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot be the name of a lab",
            hint="Use up to 24 small letters, digits and dashes, a letter first.",
        )
    return name


def known_host(host: str) -> str:
    """`host` in its short form; raises UsageError when the lab has no such host."""
    short = host.removesuffix(f".{ZONE}")
    if short not in HOST_ADDRESSES:
        raise UsageError(f"the lab has no host '{host}'", hint=f"Its hosts are {', '.join(EVERY_HOST)}.")
    return short


@dataclass(frozen=True)
class Places:
    """The files of one lab."""

    name: str

    @property
    def state(self) -> Path:
        return STATES / self.name

    @property
    def lock(self) -> Path:
        """Not in the state: it has to outlive the removal of the state, though not a reboot."""
        return Path("/run/lock") / f"ovirt-hc-setup-lab-{self.name}"

    @property
    def base_note(self) -> Path:
        """Which base trees the hosts' own layers lie upon: one for all, or in the order of the hosts."""
        return self.state / "base"

    @property
    def ready_note(self) -> Path:
        """There when the keeper has made the disks."""
        return self.state / "ready.json"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def keys(self) -> Path:
        return self.state / "keys"

    def host(self, host: str) -> Path:
        return self.state / "hosts" / host

    def root(self, host: str) -> Path:
        """Where the overlay of a host is mounted; visible only in the lab's own mount namespace."""
        return self.host(host) / "root"

    @property
    def kernel_root(self) -> Path:
        """The root that hosts with kernels of their own are started in; mounted only in the lab's own namespace."""
        return self.state / "kernel"

    @property
    def kind_note(self) -> Path:
        """What kind of hosts the lab has, of which suite."""
        return self.state / "kind"

    def disk(self, host: str, number: int) -> Path:
        return self.state / "disks" / f"{host}-{number}.img"
