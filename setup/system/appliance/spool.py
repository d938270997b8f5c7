"""The disk of a gzip'd OVA as a file that QEMU can read in places: sparse, and without a name.

A file without a name needs no cleaning up: its space is free again as soon as this process is gone, whatever ended it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import FormatError, SetupError
from ovirt_hc_setup.model.appliance import Appliance
from ovirt_hc_setup.system.appliance.appliance_files import open_appliance
from ovirt_hc_setup.system.appliance.byte_sources import GzipSource

_PIECE = 64 << 10
_CHUNK = 4 << 20
_ZEROS = bytes(_PIECE)
_MIB = 1 << 20
_ROOM = 1 << 30


@dataclass(frozen=True)
class Spooled:
    """`path` is readable while this process holds it open; `sha1` is the sum of the whole compressed file."""

    path: Path
    sha1: str


def free_space(folder: Path) -> int:
    """Bytes that root can still write below a folder; raises SetupError when it is not there."""
    try:
        status = os.statvfs(folder)
    except OSError as error:
        raise SetupError(
            f"the folder {folder} for unpacking the appliance cannot be used: {error.strerror}",
            hint="Set another one with OVEHOSTED_CORE/tempDir.",
        ) from error
    return status.f_bavail * status.f_frsize


def refuse_small_folder(folder: Path, size: int) -> None:
    """Raise SetupError when a folder has less than `size` bytes free."""
    free = free_space(folder)
    if free < size:
        raise SetupError(
            f"the appliance's disk needs {size // _MIB} MiB in {folder} while it is unpacked; {free // _MIB} MiB are free there",
            hint="Free some space, or set another folder with OVEHOSTED_CORE/tempDir.",
        )


@contextlib.contextmanager
def spooled(appliance: Appliance, folder: Path, moved: Callable[[int], None]) -> Iterator[Spooled]:
    """The disk of a gzip'd OVA, unpacked in one pass; `moved` gets the unpacked bytes so far.

    Raises SetupError when there is not enough space, FormatError when the archive is damaged.
    """
    refuse_small_folder(folder, appliance.disk_size)
    descriptor = _nameless(folder)
    try:
        found = _unpack(appliance, descriptor, moved)
        yield Spooled(Path(f"/proc/{os.getpid()}/fd/{descriptor}"), found)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SetupError(
            f"{folder} ran out of space while the appliance was unpacked there",
            hint="Free some space; then run the same command again.",
        ) from error
    finally:
        os.close(descriptor)


def _nameless(folder: Path) -> int:
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            raise SetupError(
                f"nothing can be written in {folder}: {error.strerror}", hint="Set another folder with OVEHOSTED_CORE/tempDir."
            ) from error
    # File systems without O_TMPFILE (NFS, some overlays): the name is gone before anything is written.
    descriptor, name = tempfile.mkstemp(prefix=".ovirt-hc-setup-", dir=folder)
    os.unlink(name)
    return descriptor


def _unpack(appliance: Appliance, descriptor: int, moved: Callable[[int], None]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    with open_appliance(appliance.path) as file:
        source = GzipSource(file, str(appliance.path), digest.update)
        source.skip(appliance.disk_offset)
        left = appliance.disk_size
        while left:
            data = source.read(min(_CHUNK, left))
            if not data:
                raise FormatError(f"{appliance.path} is truncated: its disk ends {left} bytes too early")
            left -= len(data)
            _write_sparse(descriptor, data)
            moved(appliance.disk_size - left)
        os.ftruncate(descriptor, appliance.disk_size)
        # Also what comes after the disk: the sum is of the whole file, and gzip's own checksum is at its end.
        source.drain(appliance.disk_size + _ROOM)
    return digest.hexdigest()


def _write_sparse(descriptor: int, data: bytes) -> None:
    """Append, leaving a hole for every 64 KiB of zeros."""
    if b"\0" * 4096 not in data:
        _write_all(descriptor, data)
        return
    for begin in range(0, len(data), _PIECE):
        piece = data[begin : begin + _PIECE]
        if len(piece) == _PIECE and piece == _ZEROS:
            os.lseek(descriptor, _PIECE, os.SEEK_CUR)
        else:
            _write_all(descriptor, piece)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
