"""HostName and Fqdn: the full name of a machine; the stricter one is what certificates are made for."""

from __future__ import annotations

import ipaddress
import re
from typing import ClassVar, Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

# RFC 1123 2.1: letters, digits and hyphens, no hyphen at either end; RFC 1035 2.3.4: 63 octets a label, 253 in all as text.
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# DNS itself takes any octet (RFC 2181 11), and hosts with underscores in their names are about.
_LOOSE_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
LONGEST = 253
_MEND = "Give the full name as it stands in DNS, for example engine.example.com."


class HostName(Noun):
    """A name with at least one dot, in small letters, without a dot at its end; underscores are taken."""

    __slots__ = ()
    label: ClassVar[re.Pattern[str]] = _LOOSE_LABEL
    characters: ClassVar[str] = "letters, digits, hyphens and underscores"

    def __init__(self, text: str) -> None:
        reason = _why_not(text, self.label, self.characters)
        if reason:
            raise ValueRefused(f"{text!r} {reason}", hint=_MEND)
        object.__setattr__(self, "_text", text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Capitals and a dot at the end are allowed and dropped; raises ValueRefused."""
        return cls(text.strip().lower().removesuffix("."))

    @property
    def short(self) -> str:
        """The part before the first dot."""
        return self._text.split(".", 1)[0]

    @property
    def domain(self) -> str:
        """The part after the first dot."""
        return self._text.split(".", 1)[1]


class Fqdn(HostName):
    """A HostName that a certificate can be made for: no underscores."""

    __slots__ = ()
    label = _LABEL
    characters = "letters, digits and hyphens"


def _why_not(text: str, form: re.Pattern[str], characters: str) -> str:
    if not text:
        return "is empty"
    if _is_address(text):
        return "is an address, not a name: the engine's certificate is made for a name"
    if len(text) > LONGEST:
        return f"has {len(text)} characters, more than the {LONGEST} that DNS allows"
    labels = text.split(".")
    for label in labels:
        if not form.fullmatch(label):
            return f"is not a host name: {label!r} may hold 1 to 63 {characters}, no hyphen at its ends"
    if len(labels) < 2:
        return "has no domain"
    if labels[-1].isdigit():
        return "ends in a number, as no domain does"
    if text in ("localhost.localdomain", "localhost6.localdomain6"):
        return "means the local host everywhere"
    return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
