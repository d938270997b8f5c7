"""Whether there is room for what a lab makes: said before anything is made, since what fills a disk breaks others too."""

from __future__ import annotations

import shutil
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.model.size import MIB

NEEDS = {"minbase": 600, "kernel": 400, "base": 1300, "image": 1500, "appliance": 1500}
"""MiB that making a thing of a kind takes for a while; half more than was measured."""

USUAL = 500
STATE = 2048
"""MiB that hosts write into their layers and disks in a rehearsal, at the least."""


def refuse_small_room(folder: Path, what: str, need: int) -> None:
    """Raise UsageError where a folder, which may not be there yet, has less than `need` MiB free."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free // MIB
    if free < need:
        raise UsageError(f"{there} has {free} MiB free; {what} needs {need} MiB of it", hint="Make room there, then try again.")
