"""The lock of a host: one worker at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError

LOCK = Path("/run/ovirt-hc-setup.lock")
WATCH = "To watch it: ovirt-hc-setup deploy --attach"


@contextmanager
def host_lock(holder: str, path: Path = LOCK, hint: str = WATCH) -> Iterator[None]:
    """Hold the host's lock; raises UsageError naming who holds it, with `hint`. A killed holder loses it by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another run is active on this host: {_holder(descriptor)}", hint=hint) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode("utf-8", "replace") or "unknown"
