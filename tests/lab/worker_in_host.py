"""Run inside a lab's host: a whole run of one resource, by the runner itself. Usage: worker_in_host.py FOLDER apply|undo PATIENCE
< resource as JSON {"kind": ..., "fields": {...}}. The last word of the run goes to standard error, its code is the exit code.
PATIENCE: seconds for a storage that does not answer."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from ovirt_hc_setup.base.event_types import RunEnded
from ovirt_hc_setup.runner import patience, run_folder
from ovirt_hc_setup.runner.codec import from_plain
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_work import HeldLock, apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost


def main(folder: Path, action: str, patient: float) -> int:
    wanted = json.load(sys.stdin)
    module, _, kind = wanted["kind"].rpartition(".")
    made = getattr(importlib.import_module(module), kind)
    resource: Resource = from_plain(wanted["fields"], made)
    patience.LIMIT = patient
    run = next(iter(run_folder.all_runs(folder)), None)
    if run is None:
        run = run_folder.create("deploy", "test", "0", {}, [resource], root=folder)
        run.journal.append("", "confirmed")
    work: Callable[..., RunEnded] = apply_run if action == "apply" else undo_run
    log, held = EventLog(run.events, "here"), HeldLock(path=folder.with_suffix(".lock"))
    last = work(run, LocalHost("here"), run_folder.kinds_by_name([made]), log, held)
    print(last.message, file=sys.stderr)
    return last.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
