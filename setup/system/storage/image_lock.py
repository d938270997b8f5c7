"""QEMU's lock on an image file, asked for as QEMU asks: by advisory locks of open file descriptions on single bytes.

Whoever has permission number N of the image open holds byte 100+N, whoever does not grant it to others byte 200+N
(QEMU block/file-posix.c). `qemu-img info` is of no help for raw images: it grants everything, so it never collides.
Locks reach other hosts through the file system (GlusterFS and NFS 4 pass them on).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.system.host.within import within

_HELD, _REFUSED = 100, 200
_WRITE, _RESIZE = 1, 3
_LOCK = struct.Struct("@hhqqi0q")  # struct flock: type, whence, start, length, pid


def is_written(path: Path) -> bool:
    """Whether a process on any host, a VM or a qemu-img, has the image open to write. Raises NotAnswering or OSError."""
    return within(path, lambda: _is_written(path))


def _is_written(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        return _collides(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def kept_from_others(path: Path) -> Iterator[None]:
    """While this lasts no QEMU can open the image to write; raises Conflict when one has it open already."""
    descriptor, free = within(path, lambda: _taken(path))
    try:
        if not free:
            raise Conflict(
                f"{path} is in use: another process, here or on another host, has it open to write",
                hint="Stop it (the engine VM on every host, a qemu-img), then run the same command again.",
            )
        yield
    finally:
        within(path, lambda: os.close(descriptor))


def _taken(path: Path) -> tuple[int, bool]:
    """A descriptor that has the locks until it is closed, and whether nobody else has any."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        # First locked, then looked: of two that come at the same time at least one sees the other.
        for byte in (_HELD + _WRITE, _REFUSED + _WRITE, _HELD + _RESIZE, _REFUSED + _RESIZE):
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _LOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, byte, 1, 0))
        return descriptor, not _collides(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def _collides(descriptor: int) -> bool:
    """Whether others write or resize, or do not let anybody write; their locks are only asked for, not taken."""
    return any(_locked(descriptor, byte) for byte in (_HELD + _WRITE, _HELD + _RESIZE, _REFUSED + _WRITE, _REFUSED + _RESIZE))


def _locked(descriptor: int, byte: int) -> bool:
    asked = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
    kind: int = _LOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, asked))[0]
    return kind != fcntl.F_UNLCK
