"""An amount of bytes."""

from __future__ import annotations

import re
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40
UNITS = {"": 1, "B": 1, "KiB": KIB, "MiB": MIB, "GiB": GIB, "TiB": TIB}

_FORM = re.compile(r"([0-9]{1,19})\s*([A-Za-z]{0,3})")
_SHORT = {"k": "KiB", "m": "MiB", "g": "GiB", "t": "TiB"}
_HINT = "write a whole number with a unit: 61GiB, 512MiB, or 4096 for bytes"


class Size(Noun):
    """Bytes, written with the largest unit that divides them: `61GiB`, `1MiB`, `4097`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """`61GiB`, `61 gib`, `61G`, `4096`. Units are powers of 1024; `GB` is refused because people mean both by it."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueRefused(f"{text!r} is not a size", hint=_HINT)
        return cls.of(int(found[1]) * _unit(found[2], text))

    @classmethod
    def of(cls, count: int) -> Self:
        if not 0 <= count < 1 << 63:
            raise ValueRefused(f"{count} bytes is not a possible file size", hint=_HINT)
        for name, unit in reversed(UNITS.items()):
            if unit > 1 and count and count % unit == 0:
                return cls._of(f"{count // unit}{name}")
        return cls._of(str(count))

    @property
    def bytes(self) -> int:
        digits = self._text.rstrip("KMGTiB")
        return int(digits) * UNITS[self._text[len(digits) :]]

    def __lt__(self, other: Size) -> bool:
        return self.bytes < other.bytes

    def __le__(self, other: Size) -> bool:
        return self.bytes <= other.bytes


def _unit(name: str, text: str) -> int:
    for known, unit in UNITS.items():
        if name.lower() == known.lower() or _SHORT.get(name.lower()) == known:
            return unit
    raise ValueRefused(f"{text!r} has the unknown unit {name!r}", hint=_HINT)
