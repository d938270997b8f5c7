"""Seed: what the engine VM is told at its first boot, without the secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.fqdn import Fqdn, HostName
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.time_zone import TimeZone

# authorized_keys(5): key type, base64, comment. Options in front are not taken: they could run commands.
_SSH_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}(?: [^\x00-\x1f\x7f]*)?")


@dataclass(frozen=True, kw_only=True)
class StaticNetwork:
    """`address` with its prefix length (`192.0.2.50/24`), and the gateway in the same network."""

    address: str
    gateway: Ip


@dataclass(frozen=True, kw_only=True)
class HostsLine:
    """An address and the name it gets in /etc/hosts of the engine VM."""

    address: Ip
    name: HostName

    def __str__(self) -> str:
        return f"{self.address} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Seed:
    """`static` None means DHCP. `engine_setup` False leaves engine-setup to the operator. Raises ValueRefused."""

    instance_id: UUID
    fqdn: Fqdn
    mac: MacAddress
    static: StaticNetwork | None = None
    dns: tuple[Ip, ...] = ()
    ssh_keys: tuple[str, ...] = ()
    time_zone: str = ""
    hosts: tuple[HostsLine, ...] = ()
    engine_setup: bool = True

    def __post_init__(self) -> None:
        for key in self.ssh_keys:
            check_ssh_key(key)
        if self.time_zone:
            TimeZone.parse(self.time_zone)


def check_ssh_key(text: str) -> None:
    """Raises ValueRefused for what is not one public key in the form of authorized_keys, without options."""
    if not _SSH_KEY.fullmatch(text):
        shown = text[:24] + "..." if len(text) > 24 else text
        raise ValueRefused(
            f"{shown!r} is not a public SSH key", hint="Give the one line of a .pub file, for example of ~/.ssh/id_ed25519.pub."
        )
