"""Files of JSON, a line a value, that a kill or a full disk may cut in the middle of a line.

Only "\\n" ends a line: the other ends that Python knows may stand inside a text. A line that is not whole counts as not written.
"""

from __future__ import annotations

import os
from pathlib import Path

MODE = 0o600


def append(path: Path, line: str, *, sync: bool) -> None:
    """Append a line, on a line of its own also after one that was cut. Raises OSError naming the file; a part of the line may
    be there then."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        data = (("\n" if _torn(descriptor) else "") + line + "\n").encode("utf-8", "replace")
        while data:  # a full file system takes a part first, and says so at the next piece
            data = data[os.write(descriptor, data) :]
        if sync:
            os.fsync(descriptor)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(descriptor)


def split(data: bytes) -> list[bytes]:
    """The lines without their ends; what comes after the last end is left out, since it is not whole."""
    return data.split(b"\n")[:-1]


def _torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
