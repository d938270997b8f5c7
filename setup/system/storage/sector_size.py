"""The sector size of a mounted storage, found as VDSM finds it: by direct writes of 1, 512 and 4096 bytes.

VDSM probes when it opens a domain and refuses one whose metadata says otherwise, so the size is measured, never assumed.
"""

from __future__ import annotations

import errno
import mmap
import os
import secrets
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, SetupError
from ovirt_hc_setup.system.host.within import within

SIZES = (1, 512, 4096)
DEFAULT = 512
"""When even one byte can be written there is no limit to be seen, and VDSM takes 512."""

MENDING = "sanlock needs it; on GlusterFS set network.remote-dio disable and performance.strict-o-direct on"


def sector_size(folder: Path) -> int:
    """512 or 4096. Writes and removes a small hidden file in `folder`.

    Raises Conflict when direct I/O is not possible there, SetupError when nothing can be written at all, NotAnswering
    when the storage does not answer.
    """
    return within(folder, lambda: _sector_size(folder))


def _sector_size(folder: Path) -> int:
    path = folder / f".prob-{secrets.token_hex(8)}"
    try:
        for size in SIZES:
            if _writes(path, size):
                return max(size, DEFAULT)
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}", hint="Check its mount and free space.") from error
    finally:
        path.unlink(missing_ok=True)
    raise Conflict(f"{folder} does not do direct I/O: not even {SIZES[-1]} bytes can be written", hint=MENDING)


def _writes(path: Path, size: int) -> bool:
    """Whether a direct write of so many bytes reaches the disk. GlusterFS may take it, and refuse when the file is closed."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_DIRECT | os.O_NOFOLLOW, 0o600)
        try:
            with mmap.mmap(-1, SIZES[-1]) as page, memoryview(page)[:size] as part:  # direct I/O wants whole pages of memory
                os.pwrite(descriptor, part, 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno == errno.EINVAL:
            return False
        raise
    return True
