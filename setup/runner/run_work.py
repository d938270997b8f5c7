"""The worker: applies or undoes a run folder. It knows no terminal; whoever wants to see it follows the events file."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Anew, SetupError, Stopped
from ovirt_hc_setup.base.event_types import Note, RunBegun, RunEnded, Sink, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.secrets import masked
from ovirt_hc_setup.runner.apply_one import Bench, apply_one, undo_one
from ovirt_hc_setup.runner.graph import backwards
from ovirt_hc_setup.runner.journal import Journal, Judge, nobody_judges
from ovirt_hc_setup.runner.lock import LOCK, host_lock
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import Kinds, RunFolder
from ovirt_hc_setup.runner.schedule import apply_all


@dataclass(frozen=True)
class HeldLock:
    """How the host's lock is held for the work: `by` is who began it from where, `hint` what others can do meanwhile."""

    by: str = ""
    hint: str = ""
    path: Path = LOCK


def apply_run(
    folder: RunFolder, host: Host, kinds: Kinds, sink: Sink, held: HeldLock, judge: Judge = nobody_judges
) -> RunEnded:
    """Apply a confirmed run to the end; its last word. Whatever happens is told to `sink`, the last word too. `judge` runs checks
    by the answers of the run."""
    return _Shift(folder, host, kinds, sink, held, judge).work("Misc configuration", _apply)


def undo_run(folder: RunFolder, host: Host, kinds: Kinds, sink: Sink, held: HeldLock, leave: Sequence[str] = ()) -> RunEnded:
    """Undo what the run's journal recorded, newest first, but for the resources named in `leave`; its last word."""
    return _Shift(folder, host, kinds, sink, held, leave=leave).work("Clean up", _undo)


def _apply(folder: RunFolder, resources: list[Resource], bench: Bench) -> None:
    def work() -> None:
        apply_all(resources, lambda resource: apply_one(resource, bench), lambda: folder.asked_to_stop)

    try:
        work()
    except Anew as reason:
        # Once: what is given up a second time is a failure. All that is still there is found, and only the rest is made.
        bench.sink(Note(text=reason.message, level="warning"))
        bench.sink(_begun(folder, resources))
        work()
    bench.journal.append("", "finished")
    folder.secrets.forget()


def _undo(folder: RunFolder, resources: list[Resource], bench: Bench) -> None:
    # The first thing that has to stay stops us: what it stands on has to stay too, unless it is to be left behind.
    bench.journal.append("", "undoing")
    for resource in backwards(resources, bench.journal.to_undo()):
        if folder.asked_to_stop:
            raise Stopped("stopped on request", hint="To continue, run the same reset again.")
        undo_one(resource, bench)
    _tell_left(resources, bench)
    bench.journal.append("", "undone")
    folder.secrets.forget()


def _tell_left(resources: Sequence[Resource], bench: Bench) -> None:
    """What stays of these, with its place."""
    names, lines = bench.journal.left(), list[str]()
    for one in resources:
        if one.name in names:
            lines += [f"  {one.name}: {one.title}", *(f"    {more}" for more in one.describe()[1:])]
    if lines:
        bench.sink(Note(level="warning", text="\n".join(("Left behind as it is:", *lines))))


@dataclass(frozen=True)
class _Shift:
    folder: RunFolder
    host: Host
    kinds: Kinds
    sink: Sink
    held: HeldLock
    judge: Judge = nobody_judges
    leave: Sequence[str] = ()

    def work(self, stage: str, work: Callable[[RunFolder, list[Resource], Bench], None]) -> RunEnded:
        error: Exception | None = None
        try:
            begun = f", begun by {self.held.by}" if self.held.by else ""
            with host_lock(f"{self.folder.verb} (run {self.folder.id}){begun}", self.held.hint, self.held.path):
                self._locked(stage, work)
        except Exception as failed:  # the last word is all that anybody gets to see of a worker
            error = failed
        last = _last_word(self.folder, error)
        self.sink(last)
        return last

    def _locked(self, stage: str, work: Callable[[RunFolder, list[Resource], Bench], None]) -> None:
        folder = self.folder
        journal = Journal(folder.path / "journal.jsonl", tuple(folder.secrets.all().values()))

        def stop() -> bool:
            return folder.asked_to_stop

        bench = Bench(self.host, journal, self.sink, lambda resource: folder.record(resource, journal, self.judge), stop)
        folder.go_on()
        resources = folder.superseded(self.kinds)
        self.sink(_begun(folder, resources))
        self.sink(StageBegun(title=stage))
        for name in self.leave:
            journal.append(name, "left")
        self._undo_replaced(bench)
        work(folder, resources, bench)

    def _undo_replaced(self, bench: Bench) -> None:
        """What was begun with an answer that was changed since. It committed nothing; what it left aside goes, and its record."""
        replaced = self.folder.replaced(self.kinds)
        for resource in replaced:
            if resource.name in bench.journal.to_undo():
                undo_one(resource, bench)
        _tell_left(replaced, bench)
        if replaced:
            self.folder.forget_replaced(self.kinds)


def _begun(folder: RunFolder, resources: list[Resource]) -> RunBegun:
    return RunBegun(run=folder.id, verb=folder.verb, resources=tuple(resource.name for resource in resources))


def _last_word(folder: RunFolder, error: Exception | None) -> RunEnded:
    if error is None:
        return RunEnded(run=folder.id, exit_code=0)
    told = of_the_world(error) if isinstance(error, OSError) else error
    if isinstance(told, SetupError):
        return RunEnded(run=folder.id, exit_code=told.exit_code, message=str(told))
    with suppress(OSError, SetupError):
        text = masked("".join(traceback.format_exception(error)), folder.secrets.all().values())
        descriptor = os.open(folder.path / "bug.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(text)
    return RunEnded(run=folder.id, exit_code=1, message=f"a bug in ovirt-hc-setup: {error!r}; see {folder.path / 'bug.txt'}")
