"""A storage domain that lies in a file tree, as plans name it: pure paths, nothing is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.noun import Noun

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


class FileStore(Noun):
    """A domain by its folder, `<root of the file tree>/<domain's UUID>`: metadata, ids, leases, and volumes with theirs, prepared
    for use by the `link` of their image."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused for what is no absolute path."""
        if not text.startswith("/"):
            raise ValueRefused(f"{text!r} is not the folder of a storage domain")
        return cls._of(text)

    @classmethod
    def of(cls, folder: Path) -> Self:
        return cls.parse(str(folder))

    @property
    def thing(self) -> str:
        """What it is called among the things of a host that runs make and use."""
        return f"domain {self.folder.name}"

    @classmethod
    def at(cls, root: Path, domain: UUID) -> Self:
        return cls.of(root / str(domain))

    @property
    def folder(self) -> Path:
        return Path(self._text)

    @property
    def root(self) -> Path:
        return self.folder.parent

    @property
    def name(self) -> str:
        """Its UUID; its lockspace is called so too."""
        return self.folder.name

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
