"""The sector size of a mounted storage, found as VDSM finds it: by direct writes of 1, 512 and 4096 bytes.

VDSM probes when it opens a domain and refuses one whose metadata says otherwise, so the size is measured, never assumed.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import secrets
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict

SIZES = (1, 512, 4096)
DEFAULT = 512
"""When even one byte can be written there is no limit to be seen, and VDSM takes 512."""


def sector_size(folder: Path) -> int:
    """512 or 4096. Writes and removes a small hidden file in `folder`; raises Conflict when direct I/O is not possible."""
    path = folder / f".prob-{secrets.token_hex(8)}"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_DIRECT, 0o600)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        path.unlink(missing_ok=True)
        raise _impossible(folder, "a file cannot be opened for it") from error
    try:
        return _smallest_write(descriptor, folder)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)


def _smallest_write(descriptor: int, folder: Path) -> int:
    with mmap.mmap(-1, max(SIZES)) as page:  # direct I/O wants memory that begins at a page
        for size in SIZES:
            with contextlib.suppress(OSError), memoryview(page)[:size] as part:
                os.pwrite(descriptor, part, 0)
                return max(size, DEFAULT)
    raise _impossible(folder, "not even 4096 bytes can be written")


def _impossible(folder: Path, why: str) -> Conflict:
    hint = "sanlock needs it; on GlusterFS set network.remote-dio disable and performance.strict-o-direct on"
    return Conflict(f"{folder} does not do direct I/O: {why}", hint=hint)
