"""The content of a raw volume in a file: made blank and made durable. Owner, mode and name of the file stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.system.host.within import LONG, within


def blank(path: Path, size: int) -> None:
    """Give back all space of an existing file and leave `size` bytes that read as zeros. Raises SetupError."""
    try:
        within(path, lambda: _blank(path, size), LONG)
    except OSError as error:
        raise SetupError(
            f"the content of {path} cannot be removed: {error.strerror}",
            hint="Check that the storage is mounted and has quorum; then run the same command again.",
        ) from error


def _blank(path: Path, size: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.ftruncate(descriptor, 0)
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle(path: Path) -> None:
    """Return when everything written to the file, by whomever, is on its storage."""
    within(path, lambda: _settle(path), LONG)


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
