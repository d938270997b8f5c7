"""What a host has of a storage that is a file tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/rhev/data-center/mnt")
"""VDSM's parent of all file trees (`irs.repository`); its HA looks for domains below it and nowhere else."""


@dataclass(frozen=True, kw_only=True)
class FileTree:
    """`source` (as mount(8) is given it) is found at `root`, where VDSM would look for it. `kind` is that of the file system and
    `options` what it is mounted with, separated by commas: so anybody can look into it where it is not attached yet."""

    root: Path
    source: str
    kind: str
    options: str = ""

    @property
    def mounting(self) -> tuple[str, str, str]:
        """Kind, source and options."""
        return self.kind, self.source, self.options


def vdsm_folder(source: str, parent: Path = MOUNTS) -> Path:
    """Where VDSM attaches a source: `_` becomes `__`, then `/` becomes `_`."""
    return parent / source.replace("_", "__").replace("/", "_")
