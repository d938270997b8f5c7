"""Applies the DiskImage of a plan file and SIGKILLs itself at a place: `disk_image_worker.py PLAN JOURNAL PLACE`.

PLACE: `record` and `committing` (the journal's entry is on disk), `marked` (right after the commit point), or the text of a
progress (`unpacking`, `copying`, `comparing`) with a part of the work done.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.runner.codec import from_plain
from ovirt_hc_setup.runner.journal import Journal, JournalRecord
from ovirt_hc_setup.runner.run_secrets import RunSecrets
from ovirt_hc_setup.system.host.commands import LocalHost


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingRecord(JournalRecord):
    def keep(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = super().keep(image)
        if place == "record":
            die()
        return kept

    def committing(self) -> None:
        super().committing()
        if place == "committing":
            die()


class DyingProgress:
    def amount(self, done: int, total: int, text: str = "", unit: str = "bytes") -> None:
        if text == place and 0.1 * total < done < 0.95 * total:
            die()

    def note(self, text: str, level: str = "info") -> None: ...

    def line(self, source: str, text: str) -> None: ...


plan, journal, place = sys.argv[1:4]
resource = from_plain(json.loads(Path(plan).read_text()), DiskImage)
record = DyingRecord(Journal(Path(journal)), resource.name, Path(journal).parent, RunSecrets("none"))
resource.apply(LocalHost("here"), record, DyingProgress())
if place == "marked":
    die()
