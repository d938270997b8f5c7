"""Making the file of a volume as long as it has to be: with holes, or with all of its space taken at once."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.system.host.within import LONG, within

CHUNK = 4 << 20
SLOWEST = 1 << 20
"""Bytes a second: what writes zeros more slowly than that does not answer."""
_UNSUPPORTED = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)

Told = Callable[[int], None]


def make_sparse(path: Path, size: int) -> None:
    """A file of `size` bytes, all zero, that takes no space yet. Raises NotAnswering or OSError."""
    within(path, lambda: _make_sparse(path, size), LONG)


def _make_sparse(path: Path, size: int) -> None:
    with path.open("ab") as out:
        out.truncate(0)
        out.truncate(size)
        os.fsync(out.fileno())


def make_allocated(path: Path, size: int, told: Told) -> None:
    """A file of `size` zero bytes whose space is taken. `told` hears the bytes done.

    By fallocate where the storage can do it, else by writing zeros. Raises SetupError when there is no room, and then
    leaves an empty file. Raises NotAnswering.
    """
    within(path, lambda: _make_allocated(path, size, told), max(LONG, size / SLOWEST))
    told(size)


def _make_allocated(path: Path, size: int, told: Told) -> None:
    # Asked first: a sharded GlusterFS volume makes every shard before it finds that there is no room, which takes hours.
    if _room(path) < size:
        raise _too_small(path, size)
    with path.open("ab") as out:
        out.truncate(0)
        try:
            if not _fallocated(out.fileno(), size):
                _write_zeros(out.fileno(), size, told)
            os.fsync(out.fileno())
        except OSError as error:
            out.truncate(0)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise _too_small(path, size) from error


def _fallocated(descriptor: int, size: int) -> bool:
    # os.posix_fallocate would fall back to one small write for every block, which takes minutes over a network.
    fallocate = ctypes.CDLL(None, use_errno=True).fallocate
    if fallocate(descriptor, 0, ctypes.c_longlong(0), ctypes.c_longlong(size)) == 0:
        return True
    found = ctypes.get_errno()
    if found in _UNSUPPORTED:
        return False
    raise OSError(found, os.strerror(found))


def _write_zeros(descriptor: int, size: int, told: Told) -> None:
    zeros, done = bytes(CHUNK), 0
    while done < size:
        done += os.write(descriptor, zeros[: min(CHUNK, size - done)])
        told(done)


def _room(path: Path) -> int:
    found = os.statvfs(path.parent)
    return found.f_bavail * found.f_frsize


def _too_small(path: Path, size: int) -> SetupError:
    hint = "Free space on the bricks, or use a larger volume; then run the same command again."
    return SetupError(f"there is no room for the {size} bytes of {path}", hint=hint)
