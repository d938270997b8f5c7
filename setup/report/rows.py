"""A step at work as one line of a screen: what it is, a bar, how far, how fast, how long still, what it waits for.

Times are those of the events, so that a view which was attached later tells the same.
"""

from __future__ import annotations

import time

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ovirt_hc_setup.base.events import Progressed, ResourceBegun, plain
from ovirt_hc_setup.report.words import amount, size, whole

BAR = 8
LEAST_TITLE = 28
SETTLED = 2.0  # seconds until a rate means something


class WorkRow:
    """A step at work. `at` of what it is given are seconds since 1970."""

    def __init__(self, title: str, at: float = 0.0) -> None:
        self.title = plain(title)
        self.begun = at or time.time()
        self.progress: Progressed | None = None
        self._first: Progressed | None = None

    @classmethod
    def of(cls, event: ResourceBegun) -> WorkRow:
        return cls(event.title or event.resource, event.at)

    def take(self, event: Progressed) -> None:
        before = self.progress
        if before is None or before.text != event.text or event.done < before.done:
            self._first = event  # another part of the same work, with a pace of its own
        self.progress = event

    def figures(self) -> str:
        """How far it is with its pace, or with what it waits for; else since when it is at work."""
        if self.progress is None:
            return whole(max(0.0, time.time() - self.begun))
        known = amount(self.progress.done, self.progress.total, self.progress.unit)
        return ", ".join(text for text in (known, *(self._pace() or [plain(self.progress.text)])) if text)

    def _pace(self) -> list[str]:
        now, first = self.progress, self._first
        if now is None or first is None or now.unit != "bytes" or now.at - first.at < SETTLED or now.done == first.done:
            return []
        rate = (now.done - first.done) / (now.at - first.at)
        left = [f"{whole((now.total - now.done) / rate)} left"] if now.done < now.total else []
        return [f"{size(rate)}/s", *left]

    def bar(self) -> ProgressBar | str:
        if self.progress is None:
            return ""
        total = self.progress.total or None
        return ProgressBar(total=total, completed=self.progress.done, width=BAR, pulse=total is None)


def table_of(rows: list[WorkRow], width: int) -> Table:
    """A line each, none wider than the screen."""
    table = Table.grid(padding=(0, 1), expand=False)
    every = [row.figures() for row in rows]
    room = width - BAR - 3  # two blanks, and the last column of a terminal, which is left alone
    title = max(LEAST_TITLE, room - max(map(len, every), default=0))
    for row, figures in zip(rows, every, strict=True):
        table.add_row(_cut(row.title, title), row.bar(), _cut(figures, room - title))
    return table


def _cut(text: str, width: int) -> Text:
    found = Text(text, no_wrap=True)
    found.truncate(width, overflow="ellipsis")
    return found
