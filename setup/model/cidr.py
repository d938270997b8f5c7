"""Cidr: an address with the length of its network's prefix, for the engine VM."""

from __future__ import annotations

import ipaddress

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.noun import Noun

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
_MEND = "Give the address and the prefix length of its network, for example 192.0.2.50/24."


class Cidr(Noun):
    """`address/prefix` that a machine can have: neither its network's own address nor the broadcast address."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
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
        """A dotted netmask is taken for a prefix; a missing one is refused rather than guessed. Raises ValueRefused."""
        return cls(text.strip())

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
        """Raises ValueRefused when packets could not leave through this gateway."""
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


def _interface(text: str) -> Interface:
    address, slash, prefix = text.partition("/")
    if not slash or not prefix:
        raise ValueRefused(f"{text!r} has no prefix length", hint=_MEND)
    try:
        return ipaddress.ip_interface(f"{address.strip()}/{prefix.strip()}")
    except ValueError:
        raise ValueRefused(f"{text!r} is not an address with a prefix length", hint=_MEND) from None
