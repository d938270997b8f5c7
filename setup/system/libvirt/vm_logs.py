"""The last lines of what a VM's console, and QEMU itself, have said: libvirt keeps both in files of root's."""

from __future__ import annotations

import os
from pathlib import Path

from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.model.engine_vm import VM_LOGS, console_log

READ = 32 << 10
LONGEST = 160
"""Characters of a line that are shown: QEMU's command line alone has thousands."""


def console(name: str, lines: int) -> tuple[str, ...]:
    """The last lines on the serial console of the VM `name`; empty when nothing is kept of it."""
    return last_lines(console_log(name), lines)


def qemu(name: str, lines: int) -> tuple[str, ...]:
    """The last lines of libvirt's log of the VM, which ends with how QEMU ended."""
    return last_lines(VM_LOGS / f"{name}.log", lines)


def last_lines(path: Path, lines: int) -> tuple[str, ...]:
    """The last lines of a log that hold something, without terminal escapes; empty when the file is not there."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - READ))
            text = file.read(READ).decode("utf-8", "replace")
    except OSError:
        return ()
    # A carriage return inside a line goes back to its beginning: what stood there before is not seen any more.
    said = (plain(line.rstrip("\r").rpartition("\r")[2]).strip() for line in text.split("\n"))
    return tuple(line[:LONGEST] for line in said if line)[-lines:]
