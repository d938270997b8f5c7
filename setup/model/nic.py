"""Nic: a network interface as it was found on a host, and whether the management bridge can be made over it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an interface is. PHYSICAL also stands for what a hypervisor or a container manager gives in place of a card."""

    PHYSICAL = "card"
    VETH = "virtual Ethernet link"
    BOND = "bond"
    VLAN = "VLAN"
    BRIDGE = "bridge"
    LOOPBACK = "loopback"
    OTHER = "other virtual interface"


OFFERED = (Kind.PHYSICAL, Kind.VETH, Kind.BOND, Kind.VLAN)


@dataclass(frozen=True, kw_only=True)
class Nic:
    """`addresses` are `address/prefix` of global scope; `speed` in Mbit/s (0: unknown); `master` the bridge, bond or the like
    that it is a port of; `ports` what is plugged into it; `parent` the interface below a VLAN; `up` whether it has a carrier.
    """

    name: str
    mac: str = ""
    addresses: tuple[str, ...] = ()
    speed: int = 0
    kind: Kind = Kind.PHYSICAL
    kind_name: str = ""
    master: str = ""
    ports: tuple[str, ...] = ()
    parent: str = ""
    up: bool = True
    mtu: int = 1500

    @property
    def why_not(self) -> str:
        """Why no management bridge can be made over it, in words; empty when one can."""
        if self.kind not in OFFERED:
            what = "the loopback interface" if self.kind is Kind.LOOPBACK else f"a {self.kind_name or self.kind.value}"
            return f"it is {what}"
        if self.master:
            return f"it is a port of {self.master}"
        if self.kind is Kind.BOND and not self.ports:
            return "it is a bond without ports"
        if not self.up:
            return "it has no link: no cable, or it is switched off"
        if not self.addresses:
            return "it has no address"
        return ""

    @property
    def detail(self) -> str:
        """What is known of it, for a list of choices."""
        words = [", ".join(self.addresses) or "no address"]
        if self.speed:
            words.append(f"{self.speed // 1000} Gbit/s" if self.speed % 1000 == 0 else f"{self.speed} Mbit/s")
        if self.kind is Kind.BOND and self.ports:
            words.append(f"bond of {', '.join(self.ports)}")
        elif self.kind is Kind.VLAN and self.parent:
            words.append(f"VLAN on {self.parent}")
        return ", ".join(words)
