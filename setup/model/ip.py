"""Ip: an address of one machine, version 4 or 6."""

from __future__ import annotations

import ipaddress

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Ip(Noun):
    """An address in its shortest form; not that of a group, not "any", not this host's own loopback, and without a zone."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        try:
            found = ipaddress.ip_address(text)
        except ValueError:
            raise ValueRefused(f"{text!r} is not an IP address", hint="Give one like 192.0.2.1 or 2001:db8::1.") from None
        reason = _why_not(found)
        if reason:
            raise ValueRefused(f"{text!r} {reason}", hint="Give the address of one machine, for example 192.0.2.1.")
        object.__setattr__(self, "_text", str(found))

    @classmethod
    def parse(cls, text: str) -> Ip:
        return cls(text.strip())

    @property
    def value(self) -> Address:
        return ipaddress.ip_address(self._text)

    @property
    def version(self) -> int:
        return self.value.version


def _why_not(address: Address) -> str:
    if address.is_multicast:
        return "is a multicast address"
    if address.is_unspecified or str(address) == "255.255.255.255":
        return "is the unspecified address"
    if address.is_loopback:
        return "is a loopback address, which means another machine on every machine"
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return "has a zone, which is valid on this host only"
    return ""
