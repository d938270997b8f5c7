"""Folders on a host, with owner and mode, and which of them were not there before."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host


def missing_folders(host: Host, path: Path) -> tuple[Path, ...]:
    """The folders on the way to `path`, itself included, that are not there; the outermost first."""
    way = [*reversed(path.parents), path]
    return tuple(part for part in way if not host.run("test", "-e", str(part), check=False).ok)


def make_folder(host: Host, path: Path, *, mode: int, owner: tuple[int, int]) -> None:
    """Make one folder, owned so from the start, if it is not there; raises Conflict when something else is in its place."""
    if host.run("test", "-d", str(path), check=False).ok:
        return
    if host.run("test", "-e", str(path), check=False).ok:
        raise Conflict(f"{path} exists and is not a folder", hint="Move it away.", host=host.name)
    uid, gid = owner
    host.run("install", "-d", f"--mode={mode:04o}", f"--owner={uid}", f"--group={gid}", "--", str(path))


def remove_folder_if_empty(host: Host, path: Path) -> bool:
    """Whether the folder is gone afterwards; one with something in it stays."""
    host.run("rmdir", "--", str(path), check=False)
    return not host.run("test", "-e", str(path), check=False).ok
