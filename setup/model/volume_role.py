"""The four volumes of a hosted engine, as the engine and HA know them."""

from __future__ import annotations

from enum import Enum

GIB, MIB = 1 << 30, 1 << 20


class VolumeRole(Enum):
    """By VDSM's DISKTYPE."""

    DISK = "HEVD"
    LOCKSPACE = "HESD"
    METADATA = "HEMD"
    CONFIGURATION = "HECI"

    @property
    def alias(self) -> str:
        """The name of the disk in the engine."""
        return _KNOWN[self][0]

    @property
    def text(self) -> str:
        """The description of the disk in the engine."""
        return _KNOWN[self][1]

    @property
    def size(self) -> int:
        """Bytes; for the engine's disk the default, which an operator may raise."""
        return _KNOWN[self][2]

    @property
    def sparse(self) -> bool:
        """Whether the file has holes, or takes all of its space at once."""
        return self is VolumeRole.DISK


_KNOWN = {
    VolumeRole.DISK: ("he_virtio_disk", "Hosted-Engine disk", 61 * GIB),
    VolumeRole.LOCKSPACE: ("he_sanlock", "Hosted-Engine sanlock disk", GIB),
    VolumeRole.METADATA: ("he_metadata", "Hosted-Engine metadata disk", 128 * MIB),
    VolumeRole.CONFIGURATION: ("HostedEngineConfigurationImage", "Hosted-Engine configuration disk", GIB),
}
