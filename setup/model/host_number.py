"""The number of a host in sanlock's lockspaces and in the HA metadata."""

from __future__ import annotations

from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

LOWEST, HIGHEST = 1, 250
"""HA and the engine stop at 250, although a lockspace has room for 2000 hosts."""

HOSTED_ENGINE = "hosted-engine"
"""The name that HA's broker gives its lockspace."""


class HostNumber(Noun):
    """1 to 250; the same number for a host in the domain's lockspace and in `hosted-engine`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused for anything but a whole number from 1 to 250."""
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise ValueRefused(f"{text!r} is not a host id", hint=f"a host id is a whole number from {LOWEST} to {HIGHEST}")
        return cls.of(int(digits))

    @classmethod
    def of(cls, number: int) -> Self:
        if not LOWEST <= number <= HIGHEST:
            raise ValueRefused(f"{number} is not a host id", hint=f"host ids go from {LOWEST} to {HIGHEST}")
        return cls._of(str(number))

    @property
    def number(self) -> int:
        return int(self._text)
