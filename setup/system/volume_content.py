"""The content of a raw volume in a file: made blank and made durable. Owner, mode and name of the file stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError


def blank(path: Path, size: int) -> None:
    """Give back all space of an existing file and leave `size` bytes that read as zeros. Raises SetupError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.ftruncate(descriptor, 0)
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SetupError(
            f"the content of {path} cannot be removed: {error.strerror}",
            hint="Check that the storage is mounted and has quorum.",
        ) from error


def settle(path: Path) -> None:
    """Return when everything written to the file, by whomever, is on its storage."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def size_of(path: Path) -> int | None:
    """The size of a regular file in bytes; None when there is none."""
    return path.stat().st_size if path.is_file() else None
