"""The screen of a capable terminal: lines that stay above, a bar for each resource at work below."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from ovirt_hc_setup.base.events import Event, Progressed, ResourceBegun, ResourceEnded, RunBegun, plain
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.words import amount, span

COLOURS = {"INFO": "green", "WARNING": "yellow", "ERROR": "red"}
MOST_ROWS = 8


class _Row:
    """A resource at work: what it is, since when, how far."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.begun = time.monotonic()
        self.progress: Progressed | None = None


class Screen:
    """A Reporter drawn by rich."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._rows: dict[str, _Row] = {}
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
            self._rows[event.resource] = _Row(plain(event.title))
        elif isinstance(event, Progressed):
            self._rows.setdefault(event.resource, _Row(event.resource)).progress = event
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
        table = Table.grid(padding=(0, 1), expand=False)
        for row in list(self._rows.values())[:MOST_ROWS]:
            table.add_row(*_cells(row, self._console.width))
        if self._rows:
            table.add_row(f"[dim]{self._steps[0]} of {self._steps[1]} steps[/]")
        return table


def _cells(row: _Row, width: int) -> list[str | ProgressBar]:
    title = escape(row.title[: max(20, width // 2 - 2)])
    elapsed = span(time.monotonic() - row.begun)
    if row.progress is None:
        return [title, "", elapsed]
    done, total = row.progress.done, row.progress.total
    bar = ProgressBar(total=total or None, completed=done, width=max(8, width // 8), pulse=not total)
    return [title, bar, escape(_figures(row.progress, time.monotonic() - row.begun)) or elapsed]


def _figures(progress: Progressed, elapsed: float) -> str:
    text = f"{amount(progress.done, progress.total, progress.unit)} {progress.text}".rstrip()
    if progress.unit == "bytes" and 0 < progress.done < progress.total and elapsed > 2:
        left = elapsed * (progress.total - progress.done) / progress.done
        return f"{text}, {span(left)} left"
    return text
