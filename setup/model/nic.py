"""Nic: a network interface as it was found on a host, and whether the management bridge can be made over it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class NicKind(Enum):
    """What an interface is. PHYSICAL also stands for what a hypervisor or a container manager gives in place of a card."""

    PHYSICAL = "card"
    VETH = "virtual Ethernet link"
    BOND = "bond"
    VLAN = "VLAN"
    BRIDGE = "bridge"
    LOOPBACK = "loopback"
    WIRELESS = "wireless card"
    OTHER = "other virtual interface"


OFFERED = (NicKind.PHYSICAL, NicKind.VETH, NicKind.BOND, NicKind.VLAN)

BOND_MODES = ("active-backup", "balance-xor", "broadcast", "802.3ad")
"""Those that a bridge with VMs can stand on (oVirt's pre-checks): in the others, one VM's frames come from several MACs."""

# What the engine takes for the name of a bond.
_BOND_NAME = re.compile(r"bond[0-9]+\w*")

# By the kernel's word for the kind of a link (`ip -d link`), or for its medium.
_WORDS = {
    "team": "a team device, which oVirt does not take: make it a bond",
    "openvswitch": "a port of Open vSwitch",
    "infiniband": "an InfiniBand link, whose frames no bridge takes",
    "dummy": "a dummy interface",
    "tun": "a TUN or TAP interface of a VM or VPN",
    "macvlan": "a macvlan interface: a bridge behind it gets no frames for its VMs",
    "ipvlan": "an ipvlan interface: a bridge behind it gets no frames for its VMs",
    "vrf": "a VRF",
} | dict.fromkeys(
    ("gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan", "ipip", "ip6tnl", "sit", "vti", "vti6", "vxlan", "geneve",
     "wireguard", "l2tpeth", "ppp", "tunnel", "tunnel6", "xfrm", "none"),
    "a tunnel",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Nic:
    """`addresses` are `address/prefix` of global scope; `speed` in Mbit/s (0: unknown); `master` the bridge, bond or the like
    that it is a port of; `ports` what is plugged into it; `parent` the interface below a VLAN, `below` all of that one where it
    is known; `up` whether it has a carrier; `mode` a bond's; `vlan` the id of a VLAN. `kind_name` is the kernel's word.
    """

    name: str
    mac: str = ""
    addresses: tuple[str, ...] = ()
    speed: int = 0
    kind: NicKind = NicKind.PHYSICAL
    kind_name: str = ""
    master: str = ""
    ports: tuple[str, ...] = ()
    parent: str = ""
    below: Nic | None = None
    up: bool = True
    mtu: int = 1500
    mode: str = ""
    vlan: int | None = None

    @property
    def unfit(self) -> str:
        """What speaks against a management bridge over such a link, whatever state it is in; empty for nothing."""
        if self.kind not in OFFERED:
            return f"it is {self._what}"
        if self.kind is NicKind.BOND:
            return self._unfit_bond
        return self._unfit_vlan if self.kind is NicKind.VLAN else ""

    @property
    def _what(self) -> str:
        if self.kind is NicKind.LOOPBACK:
            return "the loopback interface"
        if self.kind is NicKind.WIRELESS:
            return "a wireless card: access points take frames from one MAC only"
        return _WORDS.get(self.kind_name, f"a {self.kind_name}" if self.kind_name else f"an {self.kind.value}")

    @property
    def _unfit_bond(self) -> str:
        if not self.ports:
            return "it is a bond without ports"
        if self.mode and self.mode not in BOND_MODES:
            return f"it is a bond of mode {self.mode}: VMs need one of {', '.join(BOND_MODES)}"
        named = bool(_BOND_NAME.match(self.name))
        return "" if named else f"oVirt takes no bond that is called {self.name}: name it bond0, bond1, ..."

    @property
    def _unfit_vlan(self) -> str:
        if self.below is not None and (reason := self.below.unfit):
            return f"it is a VLAN on {self.parent}, and that cannot carry it: {reason}"
        wanted = f"{self.parent}.{self.vlan}"
        if self.parent and self.vlan is not None and self.name != wanted:
            return f"oVirt takes a VLAN only by the name PARENT.ID, here {wanted}"
        return ""

    @property
    def why_not(self) -> str:
        """Why no management bridge can be made over it, in words; empty when one can."""
        if self.kind in OFFERED and self.master:
            return f"it is a port of {self.master}"
        if self.unfit:
            return self.unfit
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
        if self.kind is NicKind.BOND and self.ports:
            words.append(f"bond of {', '.join(self.ports)}" + (f" ({self.mode})" if self.mode else ""))
        elif self.kind is NicKind.VLAN and self.parent:
            words.append(f"VLAN on {self.parent}")
        return ", ".join(words)
