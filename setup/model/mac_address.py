"""MacAddress: the hardware address of a network card."""

from __future__ import annotations

import re

from ovirt_hc_setup.base import draws
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

_FORM = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
# The block registered for virtual machines by Xen's makers; hosted engines have always been given addresses of its lower half.
_DRAWN_PREFIX = (0x00, 0x16, 0x3E)
_MEND = "Give six pairs of hexadecimal digits with colons, the first pair even, for example 00:16:3e:1a:2b:3c."


class MacAddress(Noun):
    """A unicast Ethernet address, small letters, colons."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        if not _FORM.fullmatch(text):
            raise ValueRefused(f"{text!r} is not a MAC address", hint=_MEND)
        if int(text[:2], 16) & 1:
            raise ValueRefused(f"{text!r} is a multicast MAC address: no machine can have it", hint=_MEND)
        if text == "00:00:00:00:00:00":
            raise ValueRefused(f"{text!r} is not the address of a machine", hint=_MEND)
        object.__setattr__(self, "_text", text)

    @classmethod
    def parse(cls, text: str) -> MacAddress:
        """Dashes are taken for colons, and capitals for small letters; raises ValueRefused."""
        return cls(text.strip().lower().replace("-", ":"))

    @classmethod
    def draw(cls) -> MacAddress:
        """A random address of 00:16:3e:00:00:00 to 00:16:3e:7f:ff:ff."""
        first, *others = draws.octets(3)
        octets = (*_DRAWN_PREFIX, first & 0x7F, *others)
        return cls(":".join(f"{octet:02x}" for octet in octets))
