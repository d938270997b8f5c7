"""VDSM's link to an image in /run, made as VDSM makes it: what HA finds there, it does not ask VDSM for."""

from __future__ import annotations

import os
from pathlib import Path

from ovirt_hc_setup.model.file_store import PREPARED
from ovirt_hc_setup.system.storage.domain_files import VDSM, make_folder


def missing_folders(link: Path) -> tuple[Path, ...]:
    """The folders above a link that are not there, the uppermost first."""
    above = [folder for folder in link.parents if folder.is_relative_to(PREPARED.parent)]
    return tuple(folder for folder in reversed(above) if not folder.exists())


def trouble(link: Path, image: Path) -> str:
    """How a link is not yet as it should be; empty when it is. `image` is the folder that it leads to."""
    if not link.is_symlink():
        return f"{link} is not a link" if link.exists() else f"{link} is not there"
    if link.readlink() != image:
        return f"{link} leads to {link.readlink()}"
    found = link.lstat()
    return "" if (found.st_uid, found.st_gid) == VDSM else f"{link} belongs to {found.st_uid}:{found.st_gid}"


def make(link: Path, image: Path) -> None:
    """Make the link and the folders above it. Raises FileExistsError when something else is in its place."""
    for folder in missing_folders(link):
        make_folder(folder)
    if not (link.is_symlink() and link.readlink() == image):
        link.symlink_to(image)
    os.lchown(link, *VDSM)


def remove(link: Path, image: Path, folders: tuple[Path, ...]) -> None:
    """Remove the link if it leads to `image`, and those of `folders` (uppermost first) in which nothing is left."""
    if link.is_symlink() and link.readlink() == image:
        link.unlink()
    for folder in reversed(folders):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
