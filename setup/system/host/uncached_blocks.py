"""Single blocks of a volume: read past every cache of this host, written in one piece, never truncating the rest."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, NotAnswering
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.system.host.within import HINT, LIMIT, within

DEPTH = 3
"""Folders above a volume that are the domain's: its image, all images, the domain."""


def read_blocks(path: Path, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset` (both multiples of 4096), by direct I/O where the storage does it. Raises NotAnswering,
    OSError."""
    return within(path, lambda: _read_blocks(path, offset, size))


def _read_blocks(path: Path, offset: int, size: int) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_DIRECT)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        descriptor = os.open(path, flags)
    try:
        with mmap.mmap(-1, size) as buffer:
            return buffer[: os.preadv(descriptor, [buffer], offset)]
    finally:
        os.close(descriptor)


def write_block(host: Host, path: Path, offset: int, data: bytes) -> None:
    """Write `data` at `offset` (a multiple of its length) with one write, and return when it is on the storage.

    Raises Conflict when a link leads away from the storage, whose other hosts this one need not trust; NotAnswering.
    """
    links = within(path, lambda: [place for place in (path, *path.parents[:DEPTH]) if place.is_symlink()])
    if links:
        raise Conflict(f"{links[0]} is a link; a domain has none", hint="A link is not written through.", host=host.name)
    place = f"seek={offset // len(data)}"
    options = ("count=1", "iflag=fullblock", "oflag=nofollow", "conv=notrunc,fsync", "status=none")
    outcome = host.run("dd", f"of={path}", f"bs={len(data)}", place, *options, stdin=data, timeout=LIMIT, check=False)
    if outcome.code is None:
        limit = outcome.request.timeout
        raise NotAnswering(f"{path} could not be written: no answer within {limit:.0f} s", hint=HINT, host=host.name)
    outcome.check()
