"""Events in otopi's machine dialect: log records for what happened, notes for what people read, and where the work is.

`***L:` records are what otopi's own log would have said; the preview, the plan, progress and the words of other programs are
notes, which a front-end may skip. A run's resources are otopi's events: listed as they begin, then each begun and ended.
"""

from __future__ import annotations

import sys
import time
from functools import singledispatch

from ovirt_hc_setup.base.errors import ViewLost
from ovirt_hc_setup.base.event_types import (
    CommandRan,
    Event,
    Found,
    LogLine,
    Planned,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    Setting,
)
from ovirt_hc_setup.base.shown import as_called
from ovirt_hc_setup.formats.answers import machine_dialect as dialect
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.reporters import PLAIN_PROGRESS_EVERY, Stream

STAGE = "misc"
"""The stage that otopi makes its changes in."""


class MachineLines(Stream):
    """`hosts`: events come from several, and each line says from which."""

    def __init__(self, *, hosts: bool = False) -> None:
        super().__init__(sys.stdout)
        self._hosts = hosts
        self._shown: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progressed) and self._too_soon(event):
            return
        said = [*_events(event), *_text(event, f"{event.host}: " if self._hosts and event.host else "")]
        try:
            sys.stdout.buffer.write("".join(f"{line}\n" for line in said).encode("utf-8", "replace"))
            sys.stdout.buffer.flush()
        except OSError:
            raise ViewLost from None

    def _too_soon(self, event: Progressed) -> bool:
        now, name = time.monotonic(), f"{event.host} {event.resource}"
        if now - self._shown.get(name, 0.0) < PLAIN_PROGRESS_EVERY:
            return True
        self._shown[name] = now
        return False


def _text(event: Event, host: str) -> list[str]:
    """One record or several notes; nothing for an event without words."""
    said = [as_called(f"{host}{line}") for line in lines(event)]
    in_the_way = isinstance(event, Planned) and event.state == "conflict"
    if isinstance(event, Progressed | LogLine | CommandRan | Setting | Planned) and not in_the_way:
        return [line for text in said for line in dialect.note(text)]
    level = "ERROR" if in_the_way else level_of(event)
    # Several lines of good news are several records, as otopi had them; what went wrong is one.
    if level != "INFO" or isinstance(event, Found):
        said = ["; ".join(text.strip() for text in said)]
    return [dialect.log(level, text) for text in said if text.strip()]


@singledispatch
def _events(event: Event) -> list[str]:
    return []


@_events.register
def _(event: RunBegun) -> list[str]:
    return dialect.events_list(STAGE, event.resources)


@_events.register
def _(event: ResourceBegun) -> list[str]:
    return [dialect.event_begun(STAGE, event.resource)]


@_events.register
def _(event: ResourceEnded) -> list[str]:
    return [dialect.event_ended(STAGE, event.resource)]
