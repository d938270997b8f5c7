"""Reading files that others wrote or named, and removing ours."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.whole_file import sync_folder

_NO_FILES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a named pipe"),
)


def read_start(path: Path, limit: int) -> bytes:
    """A small file that others wrote: all of it, or one byte more than `limit`, so that its reader can tell.

    A link is not followed, and nothing is waited for: raises FormatError for what is not a regular file, OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FormatError(f"{path} is a link, not a regular file") from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FormatError(f"{path} is not a regular file")
        return file.read(limit + 1)


def read_named(path: Path, limit: int) -> bytes:
    """A file that the operator named: all of it, or one byte more than `limit`, so that its reader can tell.

    A link is followed, and a pipe that the shell made (`<(command)`) is read to its end. Nothing that may have no end or never
    begin: raises FormatError for a device, a folder, a socket, a named pipe; OSError, ValueError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        of_the_shell = stat.S_ISFIFO(mode) and os.path.realpath(path).rpartition("/")[2].startswith("pipe:[")
        if not (stat.S_ISREG(mode) or of_the_shell):
            what = next((word for is_one, word in _NO_FILES if is_one(mode)), "something else")
            raise FormatError(f"it is {what}, and no file")
        os.set_blocking(descriptor, True)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)


def remove_file(path: Path) -> None:
    """Remove a file if it is there, durably."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)
