"""One resource, forwards or backwards: probe, apply, probe again; or undo."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from ovirt_hc_setup.base.errors import Conflict, SetupError, Stopped
from ovirt_hc_setup.base.event_types import EndedAs, LogLine, Note, Progressed, ResourceBegun, ResourceEnded, Sink
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.waiting import stopped_by
from ovirt_hc_setup.runner.journal import Journal
from ovirt_hc_setup.runner.patience import patiently
from ovirt_hc_setup.runner.resource import Progress, Record, Resource, State, Verdict


@dataclass(frozen=True)
class EventProgress:
    """The Progress of one resource, told as events."""

    resource: str
    sink: Sink

    def amount(self, done: int, total: int, text: str = "", unit: Literal["bytes", "seconds"] = "bytes") -> None:
        self.sink(Progressed(resource=self.resource, done=done, total=total, text=text, unit=unit))

    def note(self, text: str, level: Literal["info", "warning"] = "info") -> None:
        self.sink(Note(text=text, level=level))

    def line(self, source: str, text: str) -> None:
        self.sink(LogLine(resource=self.resource, source=source, text=text))


@dataclass(frozen=True)
class Bench:
    """What work on a resource needs beside the resource. `asked_to_stop` ends its waits."""

    host: Host
    journal: Journal
    sink: Sink
    record_of: Callable[[Resource], Record]
    asked_to_stop: Callable[[], bool]


def apply_one(resource: Resource, bench: Bench) -> None:
    """Make it so, and see that it is. Raises SetupError with the resource's name; Stopped in the midst of a wait."""
    begun = time.monotonic()
    bench.sink(ResourceBegun(resource=resource.name, title=resource.title))
    try:
        with _of(resource), stopped_by(bench.asked_to_stop):
            progress = EventProgress(resource.name, bench.sink)
            status = patiently(lambda: make_so(resource, bench, progress), progress)
    except BaseException as error:
        with suppress(SetupError):  # where the journal cannot be written either, the first trouble is the one to tell
            bench.journal.append(resource.name, "failed", error=str(error) or type(error).__name__)
        bench.sink(_ended(resource, "stopped" if isinstance(error, Stopped) else "failed", begun, str(error)))
        raise
    with _of(resource):
        bench.journal.append(resource.name, status)
    bench.sink(_ended(resource, status, begun))


@contextmanager
def _of(resource: Resource) -> Iterator[None]:
    """What goes wrong here is said of this resource; an error of the operating system in an operator's words."""
    try:
        yield
    except SetupError as error:
        error.resource = error.resource or resource.name
        raise
    except OSError as error:
        told = of_the_world(error)
        told.resource = resource.name
        raise told from error


def make_so(resource: Resource, bench: Bench, progress: Progress) -> Literal["done", "found"]:
    """Look, apply where that is needed and nothing is in the way, and look again. Raises SetupError."""
    record = bench.record_of(resource)
    state = resource.probe(bench.host)
    if state.verdict is Verdict.DONE:
        return "done" if record.before else "found"
    if state.verdict is not Verdict.NEEDED:
        raise refusal(state)
    if bench.journal.found(resource.name):
        text = f"{resource.name} was in place before this run and is not now ({state.reason}): brought back, and kept by reset"
        bench.sink(Note(text=text, level="warning"))
    resource.apply(bench.host, record, progress)
    after = resource.probe(bench.host)
    if after.verdict is not Verdict.DONE:
        raise SetupError(f"still not as required after applying: {after.reason}", hint=after.remedy)
    return "done"


def take_back(resource: Resource, bench: Bench, progress: Progress) -> None:
    """Undo what was begun; what was not, is left alone."""
    record = bench.record_of(resource)
    if record.before:
        resource.undo(bench.host, record, progress)


def refusal(state: State) -> SetupError:
    """Why nothing is applied in a state that is neither DONE nor NEEDED."""
    if state.verdict is Verdict.CONFLICT:
        return Conflict(state.reason, hint=state.remedy)
    return SetupError(f"cannot start yet: {state.reason}", hint=state.remedy)


def undo_one(resource: Resource, bench: Bench) -> None:
    """Take back what this run did to it. Raises SetupError (Conflict where it is not ours any more)."""
    begun = time.monotonic()
    bench.sink(ResourceBegun(resource=resource.name, title=resource.title, action="undo"))
    with _of(resource):
        bench.journal.append(resource.name, "undoing")
    try:
        progress = EventProgress(resource.name, bench.sink)
        with _of(resource), stopped_by(bench.asked_to_stop):
            patiently(lambda: take_back(resource, bench, progress), progress)
    except BaseException as error:
        bench.sink(_ended(resource, "stopped" if isinstance(error, Stopped) else "kept", begun, str(error)))
        raise
    with _of(resource):
        bench.journal.append(resource.name, "undone")
    bench.sink(_ended(resource, "undone", begun))


def _ended(resource: Resource, status: EndedAs, begun: float, reason: str = "") -> ResourceEnded:
    return ResourceEnded(resource=resource.name, status=status, elapsed=time.monotonic() - begun, reason=reason)
