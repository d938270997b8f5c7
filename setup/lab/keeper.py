"""The one process that a lab hangs on: the first of its PID namespace, holder of its disks. When it ends, the lab ends.

Started by path, in isolated mode, already inside its own network, mount and PID namespaces; imports nothing of
ours, so that it runs the same from a checkout and from an installed package. Usage: keeper.py STATE NOTE NAME=FILE...
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

# linux/loop.h
_LOOP_CTL_GET_FREE = 0x4C82
_LOOP_CONFIGURE = 0x4C0A
_AUTOCLEAR = 4
# struct loop_config: fd, block size, then loop_info64 (device, inode, rdevice, offset, size limit; number,
# encryption type, key size, flags; file name, crypt name, key, init), then 8 reserved words.
_LOOP_CONFIG = struct.Struct("=II QQQQQ IIII 64s64s32s QQ 64x")
_ATTEMPTS = 50


def attach(file: str) -> tuple[str, int]:
    """Make a loop device of a file: its path and an open descriptor. The kernel detaches it at the last close."""
    backing = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        name = Path(file).name.encode()[:63]
        config = _LOOP_CONFIG.pack(backing, 512, 0, 0, 0, 0, 0, 0, 0, 0, _AUTOCLEAR, name, b"", b"", 0, 0)
        for _ in range(_ATTEMPTS):
            device = f"/dev/loop{_free_number()}"
            held = os.open(device, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.ioctl(held, _LOOP_CONFIGURE, config)
                return device, held
            except OSError as error:
                os.close(held)
                if error.errno != errno.EBUSY:
                    raise
        raise OSError(errno.EBUSY, "no free loop device: other processes take them")
    finally:
        os.close(backing)


def _free_number() -> int:
    control = os.open("/dev/loop-control", os.O_RDWR | os.O_CLOEXEC)
    try:
        return fcntl.ioctl(control, _LOOP_CTL_GET_FREE)
    finally:
        os.close(control)


def main(note: Path, disks: list[tuple[str, str]]) -> None:
    """Take the disks, say so in `note`, and stay; children of others that end up here are reaped by the kernel."""
    # Containers of two labs have the same names; what systemd-nspawn keeps about them in /run must not be shared.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,size=64m", "tmpfs", "/run"], check=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    held = {name: attach(file) for name, file in disks}
    aside = note.with_suffix(".new")
    aside.write_text(json.dumps({name: device for name, (device, _) in held.items()}))
    aside.replace(note)
    while True:
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[2]), [(name, file) for name, _, file in (word.partition("=") for word in sys.argv[3:])])
