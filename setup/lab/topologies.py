"""How the hosts of a lab are wired: which cards each has, on which networks, and what is stacked on them."""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import places

HOST_LINK = "host0"  # what systemd-nspawn calls a container's end of its link
SECOND_LINK = "host1"
STORAGE_LINK = "storage0"
BOND = "bond0"
VLAN = 90

MAIN = "main"
STORAGE = "storage"
NETWORKS = {MAIN: places.BRIDGE, STORAGE: places.STORAGE_BRIDGE}
"""The lab's networks, each with the bridge that is its switch."""


@dataclass(frozen=True)
class Link:
    """A network card: what it is called in its host, and the network that its cable leads to."""

    name: str
    network: str = MAIN


@dataclass(frozen=True)
class Topology:
    """`top` is the interface of a host that has its addresses; `ipv4` and `ipv6` which ones it has and its names resolve to."""

    name: str
    help: str
    links: tuple[Link, ...] = (Link(HOST_LINK),)
    top: str = HOST_LINK
    ipv4: bool = True
    ipv6: bool = False

    @property
    def stacked(self) -> bool:
        """Whether something lies on the cards that the kernel of a host has to make."""
        return self.top != HOST_LINK

    @property
    def vlan(self) -> int | None:
        """The VLAN in which the hosts are on the main network's switch; None for a switch that knows none."""
        return VLAN if "." in self.top else None

    @property
    def gateway(self) -> str:
        """The gateway's address, IPv4 where there is one."""
        return places.GATEWAY if self.ipv4 else places.GATEWAY6

    def bridge(self, network: str) -> str:
        """The switch that the cables of a network lead to."""
        return places.TRUNK if network == MAIN and self.vlan is not None else NETWORKS[network]


_TWO = (Link(HOST_LINK), Link(SECOND_LINK))
ONE = Topology("one", "one card, one network")
_EVERY = (
    ONE,
    Topology("storage", "a second card, on a storage network apart", links=(Link(HOST_LINK), Link(STORAGE_LINK, STORAGE))),
    Topology("bond", "a bond of two cards", links=_TWO, top=BOND),
    Topology("vlan", "a VLAN on a bond of two cards", links=_TWO, top=f"{BOND}.{VLAN}"),
    Topology("ipv6", "one card, IPv6 only", ipv4=False, ipv6=True),
    Topology("dual", "one card, IPv4 and IPv6", ipv6=True),
)
TOPOLOGIES = {topology.name: topology for topology in _EVERY}


def topology_of(name: str) -> Topology:
    """Raises UsageError for a name that none has."""
    if name not in TOPOLOGIES:
        raise UsageError(f"hosts are not wired as '{name}'", hint=f"Choose one of {', '.join(TOPOLOGIES)}.")
    return TOPOLOGIES[name]
