"""What pyte leaves out of a terminal: the alternate screen, scrolling by command, answers, a height that changes as xterm's."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pyte

ALTERNATE = (47, 1047, 1049)
Place = tuple[int, int]
"""Row, counted from the first line ever shown, and column."""


class Screen(pyte.HistoryScreen):
    """`reply` takes what the terminal says by itself, the cursor's place for one. `mark` is where the last answer was typed."""

    def __init__(self, columns: int, rows: int, reply: Callable[[str], Any]) -> None:
        self._reply = reply
        self._main: tuple[Any, Any, Place] | None = None
        self.mark: Place = (0, 0)
        super().__init__(columns, rows, history=5000)

    def set_mark(self) -> None:
        self.mark = (len(self.history.top) + self.cursor.y, self.cursor.x)

    def since(self, place: Place) -> str:
        """What was shown from a place on, lines joined."""
        above = ["".join(line[column].data for column in range(self.columns)) for line in self.history.top]
        row, column = place
        lines = [*above, *self.display][row:]
        return "".join([lines[0][column:], *lines[1:]]) if lines else ""

    def write_process_input(self, data: str) -> None:
        self._reply(data)

    def scroll_up(self, count: int = 0) -> None:
        row = self.cursor.y
        self.cursor.y = self.margins.bottom if self.margins else self.lines - 1
        for _ in range(count or 1):
            self.index()
        self.cursor.y = row

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if kwargs.get("private") and set(modes) & set(ALTERNATE) and self._main is None:
            self._main = deepcopy(self.buffer), deepcopy(self.cursor), self.mark
            self.erase_in_display(2)
            self.mark = (len(self.history.top), 0)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private") and set(modes) & set(ALTERNATE) and self._main is not None:
            self.buffer, self.cursor, self.mark = self._main
            self._main = None

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """A lower screen loses what is below the cursor first, then its upper lines to the history."""
        if lines is not None and lines < self.lines:
            over = max(0, self.cursor.y - lines + 1)
            rows = [self.buffer[row] for row in range(self.lines)]
            self.history.top.extend(rows[:over])
            self.buffer.clear()
            self.buffer.update(enumerate(rows[over : over + lines]))
            self.cursor.y -= over
            self.lines = lines
        super().resize(lines, columns)
        self.set_margins()
        self.cursor.x = min(self.cursor.x, self.columns - 1)


class Stream(pyte.Stream):
    csi = {**pyte.Stream.csi, "S": "scroll_up"}  # noqa: RUF012
    events = frozenset((*pyte.Stream.events, "scroll_up"))
