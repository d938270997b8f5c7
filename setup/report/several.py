"""Events of several hosts at once: every line says which host it is of, and a capable terminal has one row for each host."""

from __future__ import annotations

import sys
import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType

from rich.markup import escape
from rich.table import Table

from ovirt_hc_setup.base.events import (
    Event,
    Found,
    Planned,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    Setting,
    StageBegun,
    plain,
)
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.machine import MachineLines
from ovirt_hc_setup.report.reporters import JsonLines, Output, Plain, Reporter, capable
from ovirt_hc_setup.report.screen import COLOURS, Screen
from ovirt_hc_setup.report.words import amount

TITLE = 34


class Several:
    """A Reporter that may be called from several threads, made of one that shows events one after the other."""

    def __init__(self, inner: Reporter) -> None:
        self._inner = inner
        self._lock = threading.Lock()

    def __enter__(self) -> Several:
        self._inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._inner(event)

    def pause(self) -> AbstractContextManager[None]:
        return self._inner.pause()


class PlainSeveral(Plain):
    """Lines with the host in front, without what is fine on every host."""

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progressed):
            # Two hosts work on a resource of the same name: each has its own pace.
            event = replace(event, resource=_named(event.host, event.resource))
        elif not worth_a_line(event):
            return
        super().__call__(event)

    def text(self, event: Event) -> list[str]:
        return lines(event) if isinstance(event, Progressed) else _short(event)


class _Row:
    """One host: what it is doing, how many of its steps are done, how it ended."""

    def __init__(self) -> None:
        self.now: dict[str, str] = {}
        self.done, self.steps = 0, 0
        self.progress = ""
        self.stage = ""
        self.end = ""


class HostScreen(Screen):
    """One row a host, below what is worth a line."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Row] = {}
        super().__init__()

    def __call__(self, event: Event) -> None:
        if event.host:
            _take(self._hosts.setdefault(event.host, _Row()), event)
        if not isinstance(event, ResourceBegun | Progressed) and worth_a_line(event):
            level = level_of(event)
            for line in _short(event):
                self._console.print(f"[{COLOURS[level]}]\\[{level:^7}][/] {escape(plain(line))}")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2), expand=False)
        for host, row in sorted(self._hosts.items()):
            steps = f"{row.done} of {row.steps} steps" if row.steps else ""
            doing = row.end or next(iter(row.now.values()), row.stage)[:TITLE]
            table.add_row(f"[bold]{escape(host)}[/]", steps, escape(doing), escape("" if row.end else row.progress))
        return table


def _take(row: _Row, event: Event) -> None:
    if isinstance(event, StageBegun):
        row.stage = plain(event.title)
    elif isinstance(event, RunBegun):
        row.done, row.steps, row.end = 0, len(event.resources), ""
    elif isinstance(event, ResourceBegun):
        row.now[event.resource] = plain(event.title)
    elif isinstance(event, Progressed):
        row.progress = amount(event.done, event.total, event.unit)
    elif isinstance(event, ResourceEnded):
        row.now.pop(event.resource, None)
        row.progress, row.done = "", row.done + (event.status in ("done", "found"))
    elif isinstance(event, RunEnded):
        row.end = "done" if event.exit_code == 0 else "FAILED"


def worth_a_line(event: Event) -> bool:
    """Whether it is shown for each of several hosts: what is fine, found already, or a detail is not."""
    if isinstance(event, Found):
        return event.severity != "ok"
    if isinstance(event, Planned):
        return event.state != "done"
    return not isinstance(event, Setting) or event.origin not in ("default", "shared configuration")


def _short(event: Event) -> list[str]:
    """The lines of an event with the host in front; of a plan only what is to be done, unless something is in the way."""
    said = lines(event)
    short = said[:1] if isinstance(event, Planned) and event.state != "conflict" else said
    return [_named(event.host, line) for line in short]


def _named(host: str, line: str) -> str:
    return f"{host}: {line}" if host else line


def several(kind: Output) -> Several:
    """The reporter of several hosts; `auto` as for one host."""
    if kind == "jsonl":
        return Several(JsonLines(sys.stdout))
    if kind == "plain" or (kind == "auto" and not capable(sys.stdout)):
        return Several(PlainSeveral(sys.stdout))
    if kind == "machine":
        return Several(MachineLines(hosts=True))
    return Several(HostScreen())
