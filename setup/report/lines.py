"""Events as lines of text: what the plain reporter prints and what the rich one prints above its bars."""

from __future__ import annotations

from functools import singledispatch

from ovirt_hc_setup.base.event_types import (
    CommandRan,
    Event,
    Found,
    LogLine,
    Note,
    Planned,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    Setting,
    StageBegun,
)
from ovirt_hc_setup.report.words import amount, span

LEVELS = {"info": "INFO", "ok": "INFO", "warning": "WARNING", "error": "ERROR", "unknown": "ERROR"}
LEVELS |= {"skipped": "WARNING", "later": "INFO"}
STATES = {"done": "already in place", "needed": "to do", "blocked": "to do, later", "conflict": "CONFLICT"}
NOTHING = "(none)"
STOPPED = 130  # by the operator, which is no error
ENDS = {
    "done": "done",
    "found": "already in place",
    "failed": "FAILED",
    "stopped": "not done, stopped on request",
    "undone": "undone",
    "kept": "KEPT",
}


def level_of(event: Event) -> str:
    """INFO, WARNING or ERROR, as the predecessor shows them."""
    if isinstance(event, Note):
        return LEVELS[event.level]
    if isinstance(event, Found):
        return LEVELS[event.severity]
    if isinstance(event, ResourceEnded) and event.status == "stopped":
        return "WARNING"
    failed = isinstance(event, ResourceEnded) and event.status in ("failed", "kept")
    if isinstance(event, RunEnded) and event.exit_code == STOPPED:
        return "WARNING"
    failed = failed or (isinstance(event, RunEnded) and event.exit_code != 0)
    return "ERROR" if failed else "INFO"


def label_of(prompt: str) -> str:
    """A prompt up to where it begins to say how to answer."""
    return prompt.partition(", ")[0].partition(" (")[0]


@singledispatch
def lines(event: Event) -> list[str]:
    """The text of an event; nothing for those that are not worth a line."""
    return []


@lines.register
def _(event: StageBegun) -> list[str]:
    return [f"Stage: {event.title}"]


@lines.register
def _(event: RunBegun) -> list[str]:
    return [f"Run {event.run}: {len(event.resources)} steps"]


@lines.register
def _(event: ResourceBegun) -> list[str]:
    return [f"{'Undoing' if event.action == 'undo' else 'Working on'}: {event.title}"]


@lines.register
def _(event: ResourceEnded) -> list[str]:
    said = [f"{event.resource}: {ENDS[event.status]} ({span(event.elapsed)})"]
    return said + ([f"  {line}" for line in event.reason.splitlines()] if event.status in ("failed", "kept") else [])


@lines.register
def _(event: Progressed) -> list[str]:
    return [f"{event.resource}: {amount(event.done, event.total, event.unit)} {event.text}".rstrip()]


@lines.register
def _(event: Found) -> list[str]:
    said = [f"{event.check}: {event.found}"]
    if event.severity != "ok":
        said += [f"  expected: {event.expected}"] if event.expected else []
        said += [f"  {line}" for line in event.remedy.splitlines()]
    return said


@lines.register
def _(event: Setting) -> list[str]:
    origin = "" if event.origin == "default" else f" ({event.origin})"
    return [f"{label_of(event.label):<38}: {event.value or NOTHING}{origin}"]


@lines.register
def _(event: Planned) -> list[str]:
    said = [f"[{STATES[event.state]}] {event.lines[0]}", *(f"    {line}" for line in event.lines[1:])]
    if event.state == "conflict":
        said += [f"    {event.reason}", f"    {event.remedy}"]
    return said


@lines.register
def _(event: Note) -> list[str]:
    return event.text.splitlines()


@lines.register
def _(event: LogLine) -> list[str]:
    return [f"|- {event.text}"]


@lines.register
def _(event: CommandRan) -> list[str]:
    how = f", ended with {event.exit_code}" if event.exit_code else ""
    return [f"$ {event.command} ({span(event.elapsed)}{how})"]


@lines.register
def _(event: RunEnded) -> list[str]:
    return event.message.splitlines()


class Told:
    """The lines of one event after the other. A run's last word is left out where it repeats what was said just before."""

    def __init__(self) -> None:
        self._reason = ""

    def lines(self, event: Event) -> list[str]:
        if isinstance(event, RunEnded) and self._reason and event.message.endswith(self._reason):
            return []
        said = lines(event)
        if said:
            self._reason = event.reason if isinstance(event, ResourceEnded) else ""
        return said
