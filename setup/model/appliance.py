"""An engine appliance: the disk of the engine VM before its first boot, in the file it came in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class ApplianceKind(Enum):
    """The file that holds the disk: a bare image, a plain tar, a gzip'd tar (oVirt's own layout)."""

    QCOW2 = "qcow2"
    OVA = "ova"
    OVA_GZ = "ova.gz"


class DiskFormat(Enum):
    """Named to QEMU as such, never found out by QEMU."""

    QCOW2 = "qcow2"
    RAW = "raw"


@dataclass(frozen=True, kw_only=True)
class Appliance:
    """`disk_offset` and `disk_size` say where the disk lies: in the file, or for a gzip'd OVA in the unpacked stream.

    All sizes are bytes. `vcpus` and `memory_mib` come from the OVF and are 0 when it says nothing (or there is none).
    `sha1` is what the descriptor promises of the whole file, empty without one.
    """

    path: Path
    kind: ApplianceKind
    disk_format: DiskFormat
    disk_offset: int
    disk_size: int
    virtual_size: int
    file_size: int
    version: str = ""
    description: str = ""
    vcpus: int = 0
    memory_mib: int = 0
    sha1: str = ""

    @property
    def needs_spool(self) -> bool:
        """Whether QEMU cannot read the disk where it lies."""
        return self.kind is ApplianceKind.OVA_GZ

    def __str__(self) -> str:
        named = f"version {self.version}, " if self.version else ""
        return f"{self.path} ({named}{self.kind.value}, disk of {self.virtual_size / (1 << 30):.1f} GiB)"
