"""Cidr: an address with the length of its network's prefix, for the engine VM."""

from __future__ import annotations

import ipaddress

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.noun import Noun

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
_MEND = "Give the address and the prefix length of its network, for example 192.0.2.50/24."


class Cidr(Noun):
    """`address/prefix` that a machine can have: neither its network's own address nor the broadcast address.

    The predecessor's dialog and its web pages give the address alone, and add the prefix length of the host's network. So that
    is read too; it is not `whole` until somebody who knows the host has added the length, and no gateway does for it.
    """

    __slots__ = ()

    def __init__(self, text: str) -> None:
        if "/" not in text:
            object.__setattr__(self, "_text", str(_address(text)))
            return
        interface = _interface(text)
        Ip(str(interface.ip))
        network = interface.network
        if network.num_addresses > 2 and interface.ip == network.network_address:
            raise ValueRefused(f"{text!r} is the address of the network itself", hint=_MEND)
        if interface.version == 4 and network.num_addresses > 2 and interface.ip == network.broadcast_address:
            raise ValueRefused(f"{text!r} is the broadcast address of its network", hint=_MEND)
        object.__setattr__(self, "_text", str(interface))

    @classmethod
    def parse(cls, text: str) -> Cidr:
        """A dotted netmask is taken for a prefix. Raises ValueRefused."""
        return cls(text.strip())

    @property
    def whole(self) -> bool:
        """Whether it has its prefix length."""
        return "/" in self._text

    def within(self, network: Interface) -> Cidr:
        """With the prefix length of a network that it lies in; as it is where it has one, or lies elsewhere."""
        if self.whole or self.ip.version != network.version or self.ip.value not in network.network:
            return self
        return Cidr(f"{self._text}/{network.network.prefixlen}")

    @property
    def value(self) -> Interface:
        return ipaddress.ip_interface(self._text)

    @property
    def ip(self) -> Ip:
        return Ip(str(self.value.ip))

    @property
    def prefix(self) -> int:
        return self.value.network.prefixlen

    def holds(self, address: Ip) -> bool:
        """Whether an address lies in the same network."""
        return address.value in self.value.network

    def check_gateway(self, gateway: Ip) -> None:
        """Raises ValueRefused when packets could not leave through this gateway, and where the prefix length is missing."""
        if not self.whole:
            raise ValueRefused(f"{self} has no prefix length, and lies in no network of this host", hint=_MEND)
        if gateway.version != self.ip.version:
            raise ValueRefused(
                f"the gateway {gateway} and the address {self} are of different IP versions",
                hint="Give both as IPv4 or both as IPv6.",
            )
        if not self.holds(gateway):
            raise ValueRefused(
                f"the gateway {gateway} is outside of {self.value.network}, the network of {self}",
                hint="Correct the prefix length, the address, or the gateway: a gateway has to be in the same network.",
            )
        if gateway == self.ip:
            raise ValueRefused(f"{self.ip} is the gateway's own address", hint="Give the engine VM an address of its own.")


def _address(text: str) -> Ip:
    try:
        return Ip.parse(text)
    except ValueRefused:
        raise ValueRefused(f"{text!r} is not an address with a prefix length", hint=_MEND) from None


def _interface(text: str) -> Interface:
    address, _, prefix = text.partition("/")
    if not prefix:
        raise ValueRefused(f"{text!r} has no prefix length", hint=_MEND)
    try:
        return ipaddress.ip_interface(f"{address.strip()}/{prefix.strip()}")
    except ValueError:
        raise ValueRefused(f"{text!r} is not an address with a prefix length", hint=_MEND) from None
