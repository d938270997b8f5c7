"""An error of the operating system as an operator may see it: which file, what is wrong with it in words, what to do.

The one translation of OSError, called where work on a resource, a check, a worker or a whole command ends with one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError

AGAIN = "Then run the same command again."
_ROOM = "Make room there (`df -h {path}`, `df -i {path}`). " + AGAIN
_STORAGE = (
    "The storage behind it does not answer. Bring it back: look at `gluster volume status`, `mount` and `dmesg`. " + AGAIN
)
_RIGHTS = "Look at its owner, mode, attributes and label: `ls -ldZ {path}`, `lsattr -d {path}`. " + AGAIN

_MEANINGS = {
    errno.ENOSPC: ("no space left there", _ROOM),
    errno.EDQUOT: ("the quota there is used up", _ROOM),
    errno.EROFS: ("its file system is read-only", "Look in `dmesg` for why, and mount it writable again. " + AGAIN),
    errno.EACCES: ("permission denied", _RIGHTS),
    errno.EPERM: ("operation not permitted", _RIGHTS),
    errno.ENOTCONN: ("the mount has lost its connection to the storage", _STORAGE),
    errno.EIO: ("the storage failed to read or write it (input/output error)", _STORAGE),
    errno.ESTALE: ("the storage does not know it any more (stale file handle)", _STORAGE),
    errno.ETIMEDOUT: ("no answer in time", _STORAGE),
    errno.EHOSTDOWN: ("the host behind it is down", _STORAGE),
    errno.ENOENT: ("it is not there", "If it was removed meanwhile, put it back. " + AGAIN),
    errno.EBUSY: ("it is in use", "Look at who uses it: `fuser -vm {path}`. " + AGAIN),
    errno.EMFILE: ("this program has too many files open", "Look at `ulimit -n`. " + AGAIN),
    errno.ENFILE: ("too many files are open on this host", "Look at `sysctl fs.file-nr`. " + AGAIN),
    errno.ENOMEM: ("not enough memory", "Look at `free -m`. " + AGAIN),
}


def of_the_world(error: OSError) -> SetupError:
    """What an operator is told: an error of the world, and no bug of ours. Ends the program with 4."""
    path = _path(error)
    said, hint = _MEANINGS.get(error.errno or 0, (error.strerror or str(error) or type(error).__name__, "Mend that. " + AGAIN))
    other = f" and {_text(error.filename2)}" if isinstance(error.filename2, str | bytes) else ""
    message = f"{path}{other}: {said}" if path else f"the operating system says: {said}"
    return SetupError(message, hint=hint.format(path=path or "/"))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError from here names the file, which the kernel leaves out where it was given a descriptor only."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def _path(error: OSError) -> str:
    return _text(error.filename) if isinstance(error.filename, str | bytes) else ""


def _text(name: str | bytes) -> str:
    return os.fsdecode(name).encode("utf-8", "replace").decode()
