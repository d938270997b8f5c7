"""Writing files that are whole or not there, and durable when it returns: the one way to do so, for every room."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
from pathlib import Path

from ovirt_hc_setup.base.os_errors import naming


def write_file(path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Replace a file as a whole: written aside, synced, renamed, folder synced. A kill leaves the old one or the new one.

    What a killed writer left aside is swept by the next one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    aside, descriptor = _begin(path)
    try:
        with naming(path), os.fdopen(descriptor, "wb") as out:
            out.write(data)
            os.fchmod(out.fileno(), mode)
            if owner is not None:
                os.fchown(out.fileno(), *owner)
            out.flush()
            os.fsync(out.fileno())
            os.replace(aside, path)  # still locked, so that nobody takes it for a leftover
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _begin(path: Path) -> tuple[Path, int]:
    """A new file beside `path`, open and locked for as long as its writer lives."""
    while True:
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks: nothing is swept there either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return aside, descriptor
        os.close(descriptor)  # swept by another writer before it was locked


def _sweep(path: Path) -> None:
    """Remove what writers of `path` left that were killed: it is beside it, and nobody has it locked any more."""
    form = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.new")
    for name in filter(form.fullmatch, os.listdir(path.parent)):
        with contextlib.suppress(OSError):
            descriptor = os.open(path.with_name(name), os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.with_name(name).unlink()
            finally:
                os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable; a file system that cannot sync folders is left alone."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
