"""Runs a worker that SIGKILLs itself at a journal entry: `killing.py apply|undo FOLDER ENTRY [RESOURCE]`."""

from __future__ import annotations

import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

from ovirt_hc_setup.runner.journal import Journal, Kind

action, folder, entry, resource = sys.argv[1:5]
plain_append = Journal.append


def append(self: Journal, name: str, kind: Kind, **values: Any) -> None:
    # `before ENTRY` kills when the line is about to be written, `after ENTRY` when it is on disk.
    when, wanted = entry.split("-", 1)
    hit = (name, kind) == (resource, wanted)
    if hit and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    plain_append(self, name, kind, **values)
    if hit:
        os.kill(os.getpid(), signal.SIGKILL)


Journal.append = append  # type: ignore[method-assign,assignment]
sys.argv = ["marker.py", action, folder]
runpy.run_path(str(Path(__file__).with_name("marker.py")), run_name="__main__")
