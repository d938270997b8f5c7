"""CpuModel: a CPU model as libvirt's CPU map names it, and as the predecessor's answer files write it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import ValueRefused

PREFIX = "model_"
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

# The models behind the cluster CPU types of an engine, oldest first in each line: a later one has all that an earlier one has.
LINES: tuple[tuple[str, ...], ...] = (
    (
        "Conroe", "Penryn", "Nehalem", "Westmere", "SandyBridge", "IvyBridge", "Haswell-noTSX", "Broadwell-noTSX",
        "Skylake-Client-noTSX-IBRS", "Skylake-Server-noTSX-IBRS", "Cascadelake-Server-noTSX", "Icelake-Server-noTSX",
        "SapphireRapids",
    ),
    ("Opteron_G1", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "EPYC", "EPYC-Rome", "EPYC-Milan", "EPYC-Genoa"),
)  # fmt: skip
FALLBACK = "qemu64"


@dataclass(frozen=True, order=True)
class CpuModel:
    """The name in libvirt's CPU map (`Nehalem`); its text is the one of answer files (`model_Nehalem`)."""

    name: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.name):
            raise ValueRefused(f"{self.name!r} is not the name of a CPU model", hint="Give one like model_Nehalem or EPYC.")

    @classmethod
    def parse(cls, text: str) -> CpuModel:
        """With or without `model_` in front; raises ValueRefused."""
        return cls(text.strip().removeprefix(PREFIX))

    def __str__(self) -> str:
        return f"{PREFIX}{self.name}"


def ranked(usable: Collection[CpuModel]) -> tuple[CpuModel, ...]:
    """The models of an engine's cluster types among `usable`, best first; the generic one last, if nothing else is there."""
    lines = [[model for model in map(CpuModel, line) if model in usable] for line in LINES]
    best = max(lines, key=len)
    if best:
        return tuple(reversed(best))
    return tuple(model for model in (CpuModel(FALLBACK),) if model in usable)
