"""ServerName: whom to connect to, by name or by address."""

from __future__ import annotations

import ipaddress
import re
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
LONGEST = 253


class ServerName(Noun):
    """The name of a host, with or without a domain, or an address. Judged by its form only."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        text = text.strip()
        try:
            ipaddress.ip_address(text)
        except ValueError:
            if len(text) > LONGEST or not _HOST.fullmatch(text) or text.rpartition(".")[2].isdigit():
                hint = "Give one like mail.example.com or 192.0.2.1."
                raise ValueRefused(f"{text!r} is neither a host name nor an address", hint=hint) from None
        return cls._of(text)
