"""MachineType: which PC QEMU makes for a guest, and the nearest one that a host has."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

I440FX, Q35 = "pc", "q35"
"""The two kinds, by the names that stand for their newest version."""

# `pc-i440fx-rhel7.6.0`, `pc-q35-7.2`; `rhel6.5.0` is an i440fx of old hosts, `pc-1.3` one of old QEMUs.
_FORM = re.compile(r"pc|q35|pc-(?:i440fx|q35)-[a-z0-9][a-z0-9.-]*|pc-[0-9.]+|rhel[0-9.]+")


class MachineType(Noun):
    """A kind of PC, with a version or with the newest that there is."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        if not _FORM.fullmatch(text.strip()):
            hint = "Give q35 or pc, or a version of them such as pc-q35-rhel9.4.0."
            raise ValueRefused(f"{text!r} is not a machine type of a PC", hint=hint)
        return cls._of(text.strip())

    @property
    def kind(self) -> str:
        """I440FX or Q35."""
        return Q35 if "q35" in self._text else I440FX

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers in it; empty for the newest one of its kind."""
        return tuple(int(number) for number in re.findall(r"[0-9]+", re.sub("i440fx|q35", "", self._text)))

    def nearest(self, there: Collection[MachineType]) -> MachineType | None:
        """The one among `there` to take instead: of the same kind and maker the oldest that is newer, else the newest one of the
        kind, else the newest q35.
        """
        same = [other for other in there if other.kind == self.kind]
        newer = [other for other in same if other.version > self.version and ("rhel" in str(other)) == ("rhel" in self._text)]
        if newer:
            return min(newer, key=lambda other: other.version)
        whole = {str(other): other for other in there}
        if same:
            return whole.get(self.kind) or max(same, key=lambda other: other.version)
        return whole.get(Q35)
