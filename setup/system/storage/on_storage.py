"""What resources look at and change below a mount, each within a limit (see `within`): raises NotAnswering or OSError."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ovirt_hc_setup.base.whole_file import sync_folder
from ovirt_hc_setup.system.host.within import LONG, within


def exists(path: Path) -> bool:
    return within(path, path.exists)


def is_file(path: Path) -> bool:
    return within(path, path.is_file)


def is_folder(path: Path) -> bool:
    return within(path, path.is_dir)


def status(path: Path) -> os.stat_result:
    return within(path, path.stat)


def size_of(path: Path) -> int | None:
    """The size of a regular file in bytes; None when there is none."""
    return within(path, lambda: path.stat().st_size if path.is_file() else None)


def names(folder: Path) -> list[str]:
    """What is in a folder, but for hidden names; sorted."""
    return within(folder, lambda: sorted(name for name in os.listdir(folder) if not name.startswith(".")))


def matching(folder: Path, pattern: str) -> list[Path]:
    return within(folder, lambda: sorted(folder.glob(pattern)))


def rename(path: Path, target: Path) -> None:
    """Durable when it returns."""

    def move() -> None:
        path.rename(target)
        sync_folder(target.parent)

    within(path, move)


def remove(path: Path) -> None:
    """A file, if it is there."""
    within(path, lambda: path.unlink(missing_ok=True))


def remove_tree(folder: Path) -> None:
    """A folder with all that is in it, if it is there."""

    def sweep() -> None:
        if folder.exists():
            shutil.rmtree(folder)

    within(folder, sweep, LONG)
