"""The worker: applies or undoes a run folder. It knows no terminal; whoever wants to see it follows the events file."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress

from ovirt_hc_setup.base.errors import SetupError, Stopped
from ovirt_hc_setup.base.events import RunBegun, RunEnded, Sink, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import masked
from ovirt_hc_setup.runner.apply_one import Bench, apply_one, undo_one
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.journal import Journal
from ovirt_hc_setup.runner.lock import host_lock
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import Kinds, RunFolder
from ovirt_hc_setup.runner.schedule import apply_all


def apply_run(folder: RunFolder, host: Host, kinds: Kinds) -> int:
    """Apply a confirmed run to the end; the exit code. Whatever happens is in the events."""
    return _work(folder, host, kinds, "Misc configuration", _apply)


def undo_run(folder: RunFolder, host: Host, kinds: Kinds) -> int:
    """Undo what the run's journal recorded, newest first; the exit code."""
    return _work(folder, host, kinds, "Clean up", _undo)


def _apply(folder: RunFolder, resources: list[Resource], bench: Bench) -> None:
    apply_all(resources, lambda resource: apply_one(resource, bench), lambda: folder.asked_to_stop)
    bench.journal.append("", "finished")
    folder.secrets.forget()


def _undo(folder: RunFolder, resources: list[Resource], bench: Bench) -> None:
    # The first thing that has to stay stops us: what it stands on has to stay too.
    by_name = {resource.name: resource for resource in resources}
    bench.journal.append("", "undoing")
    for name in bench.journal.to_undo():
        if folder.asked_to_stop:
            raise Stopped("stopped on request", hint="To continue, run the same reset again.")
        undo_one(by_name[name], bench)
    bench.journal.append("", "undone")
    folder.secrets.forget()


def _work(
    folder: RunFolder,
    host: Host,
    kinds: Kinds,
    stage: str,
    work: Callable[[RunFolder, list[Resource], Bench], None],
) -> int:
    sink = EventLog(folder.events, host.name, tuple(folder.secrets.all().values()))
    try:
        with host_lock(folder.id):
            return _ended(folder, sink, _guarded(folder, host, kinds, stage, work, sink))
    except SetupError as error:
        return _ended(folder, sink, error)


def _guarded(
    folder: RunFolder,
    host: Host,
    kinds: Kinds,
    stage: str,
    work: Callable[[RunFolder, list[Resource], Bench], None],
    sink: Sink,
) -> BaseException | None:
    journal = Journal(folder.path / "journal.jsonl", tuple(folder.secrets.all().values()))
    bench = Bench(host, journal, sink, lambda resource: folder.record(resource, journal))
    try:
        folder.go_on()
        resources = folder.resources(kinds)
        sink(RunBegun(run=folder.id, verb=folder.verb, resources=tuple(resource.name for resource in resources)))
        sink(StageBegun(title=stage))
        work(folder, resources, bench)
        return None
    except Exception as error:  # the events file is the only voice a worker has
        return error


def _ended(folder: RunFolder, sink: Sink, error: BaseException | None) -> int:
    if error is None:
        sink(RunEnded(run=folder.id, exit_code=0))
        return 0
    if isinstance(error, SetupError):
        sink(RunEnded(run=folder.id, exit_code=error.exit_code, message=str(error)))
        return error.exit_code
    text = masked("".join(traceback.format_exception(error)), folder.secrets.all().values())
    with suppress(OSError):
        (folder.path / "bug.txt").write_text(text)
    sink(RunEnded(run=folder.id, exit_code=1, message=f"a bug in ovirt-hc-setup: {error!r}; see {folder.path / 'bug.txt'}"))
    return 1
