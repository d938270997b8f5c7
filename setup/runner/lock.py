"""The lock of a host: one worker at a time. Who has it has written there who he is, since when, and what others can do."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.os_errors import naming

LOCK = Path("/run/ovirt-hc-setup.lock")
_LONGEST = 4096


@contextmanager
def host_lock(holder: str, hint: str, path: Path = LOCK) -> Iterator[None]:
    """Hold the host's lock. `holder` is what it is held for, and who began that from where; `hint` what anybody else who wants
    it is told to do. Raises UsageError with both of who has it. A killed holder loses it by itself; who gives it back takes the
    file away too."""
    descriptor = _locked(path)
    try:
        with naming(path):
            about = {"holder": holder, "hint": hint, "since": time.time(), "process": os.getpid()}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(about).encode()[:_LONGEST], 0)
        yield
    finally:
        path.unlink(missing_ok=True)  # still locked, so that nobody holds another file of this name
        os.close(descriptor)


def _locked(path: Path) -> int:
    """A descriptor of the file at `path`, locked. Raises UsageError while somebody else has it."""
    while True:
        with naming(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            taken = _taken(descriptor)
            os.close(descriptor)
            raise taken from None
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # given back between our opening and locking it: what we have is not there any more


def _taken(descriptor: int) -> UsageError:
    try:
        about = json.loads(os.pread(descriptor, _LONGEST, 0))
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(about["since"]))
        said, hint = f"{about['holder']}, since {since} (process {about['process']})", str(about["hint"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):  # it has just been taken
        said, hint = "it has just begun", "Give the same command again in a moment."
    return UsageError(f"another run is active on this host: {said}", hint=hint)
