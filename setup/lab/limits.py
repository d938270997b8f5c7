"""A limit of this machine's kernel that several systemds on it run into: inotify instances, counted for root as a whole.

Each host needs some forty. The first lab raises the limit, the last that goes puts the old value back; a file among the labs'
states remembers it, so that this works after a crash too.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.base_image import Progress

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
WANTED = 1024


def _before() -> Path:
    return places.STATES / ".inotify-instances"


def raise_limits(progress: Progress) -> None:
    """Allow as many inotify instances as several labs need, if it is fewer."""
    found = int(INSTANCES.read_text())
    if found >= WANTED:
        return
    progress(f"allowing {WANTED} inotify instances instead of {found}, until the last lab is down")
    _before().parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), _before().open("x") as note:
        note.write(str(found))
    INSTANCES.write_text(str(WANTED))


def restore_limits() -> None:
    """Put the old value back when no lab is left."""
    if _before().exists() and not any(not path.name.startswith(".") for path in places.STATES.iterdir()):
        INSTANCES.write_text(_before().read_text())
        _before().unlink()
