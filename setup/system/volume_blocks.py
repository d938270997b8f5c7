"""Single blocks of a volume: read past every cache of this host, written in one piece, never truncating the rest."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from ovirt_hc_setup.base.host import Host

PAGE = 4096


def read_blocks(path: Path, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset` (both multiples of 4096), by direct I/O where the storage does it. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with mmap.mmap(-1, size) as buffer:
            return buffer[: os.preadv(descriptor, [buffer], offset)]
    finally:
        os.close(descriptor)


def write_block(host: Host, path: Path, offset: int, data: bytes) -> None:
    """Write `data` at `offset` (a multiple of its length) with one write, and return when it is on the storage."""
    place = f"seek={offset // len(data)}"
    options = ("count=1", "iflag=fullblock", "conv=notrunc,fsync", "status=none")
    host.run("dd", f"of={path}", f"bs={len(data)}", place, *options, stdin=data)
