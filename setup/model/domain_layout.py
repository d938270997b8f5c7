"""Where the files of a VDSM file storage domain are: pure paths, nothing is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True)
class VolumeLayout:
    """The three files of a volume (disk)."""

    folder: Path
    volume: UUID

    @property
    def data(self) -> Path:
        return self.folder / str(self.volume)

    @property
    def meta(self) -> Path:
        """Its presence makes the volume exist."""
        return self.folder / f"{self.volume}.meta"

    @property
    def lease(self) -> Path:
        """A sanlock resource named like the volume, at offset 0."""
        return self.folder / f"{self.volume}.lease"


@dataclass(frozen=True)
class DomainLayout:
    """A domain by its folder: `<mount point>/<domain's UUID>`."""

    folder: Path

    @classmethod
    def at(cls, mount_point: Path, domain: UUID) -> DomainLayout:
        return cls(mount_point / str(domain))

    @property
    def dom_md(self) -> Path:
        return self.folder / "dom_md"

    @property
    def metadata(self) -> Path:
        return self.dom_md / "metadata"

    @property
    def ids(self) -> Path:
        """sanlock's lockspace, named like the domain: one delta lease for every host id."""
        return self.dom_md / "ids"

    @property
    def leases(self) -> Path:
        """The SPM's lease `SDM`, one alignment in."""
        return self.dom_md / "leases"

    @property
    def xleases(self) -> Path:
        return self.dom_md / "xleases"

    @property
    def mailboxes(self) -> tuple[Path, Path]:
        """What the SPM and the other hosts write to each other: inbox and outbox."""
        return self.dom_md / "inbox", self.dom_md / "outbox"

    @property
    def images(self) -> Path:
        return self.folder / "images"

    def volume(self, image: UUID, volume: UUID) -> VolumeLayout:
        return VolumeLayout(self.images / str(image), volume)
