"""The screen of a capable terminal: lines that stay above, a bar for each resource at work below."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from ovirt_hc_setup.base.events import Event, Progressed, ResourceBegun, ResourceEnded, RunBegun, plain
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.rows import WorkRow, table_of

COLOURS = {"INFO": "green", "WARNING": "yellow", "ERROR": "red"}
MOST_ROWS = 8


class Screen:
    """A Reporter drawn by rich."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._rows: dict[str, WorkRow] = {}
        self._steps = [0, 0]
        # Without taking over stdout: a prompt made while the view lives would write into the view instead of the terminal.
        self._live = Live(
            console=self._console,
            get_renderable=self._table,
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rows.clear()
        self._live.stop()

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunBegun):
            self._steps = [0, len(event.resources)]
        if isinstance(event, ResourceBegun):
            self._rows[event.resource] = WorkRow.of(event)
        elif isinstance(event, Progressed):
            self._rows.setdefault(event.resource, WorkRow(event.resource, event.at)).take(event)
        else:
            if isinstance(event, ResourceEnded):
                self._rows.pop(event.resource, None)
                self._steps[0] += 1
            self._say(event)

    def _say(self, event: Event) -> None:
        level = level_of(event)
        for line in lines(event):
            self._console.print(f"[{COLOURS[level]}]\\[{level:^7}][/] {escape(plain(line))}")

    def _table(self) -> Table:
        table = table_of(list(self._rows.values())[:MOST_ROWS], self._console.width)
        if self._rows:
            table.add_row(f"[dim]{self._steps[0]} of {self._steps[1]} steps[/]")
        return table
