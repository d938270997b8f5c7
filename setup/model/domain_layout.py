"""Where the files of a VDSM file storage domain are: pure paths, nothing is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

PREPARED = Path("/run/vdsm/storage")
"""Where VDSM puts links to the images in use. It and HA know a volume by `<this>/DOMAIN/IMAGE/VOLUME`, and sanlock compares
paths as texts."""


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
        """Where it lies on the storage."""
        return VolumeLayout(self.images / str(image), volume)

    def link(self, image: UUID) -> Path:
        """VDSM's link to an image of this domain."""
        return PREPARED / self.folder.name / str(image)

    def prepared(self, image: UUID, volume: UUID) -> Path:
        """A volume as VDSM and HA name it; there while its image has its `link`."""
        return self.link(image) / str(volume)


def is_prepared(path: Path) -> bool:
    return path.is_relative_to(PREPARED)


def same_volume(first: Path, second: Path) -> bool:
    """Whether two paths are one volume's, on the storage or through VDSM's link."""
    return first == second or _identity(first) == _identity(second) != ()


def _identity(path: Path) -> tuple[str, ...]:
    """Domain, image and volume; empty when this is no path of a volume."""
    if is_prepared(path):
        return path.relative_to(PREPARED).parts
    parts = path.parts[-4:]
    return (parts[0], *parts[2:]) if len(parts) == 4 and parts[1] == "images" else ()
