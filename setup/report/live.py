"""Rows at the end of what was said that are drawn again and again in place, and lines that scroll away above them.

Nothing is erased before it is drawn over, and every drawing is one write, so nothing flickers, also on a slow line. No row is
wider than 79 columns: a window that is made smaller, down to 80, wraps none of them, and the way up stays as long as it was.
"""

from __future__ import annotations

import io
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from typing import Literal, TextIO

from rich.console import Console
from rich.text import Text

from ovirt_hc_setup.base.errors import ViewLost
from ovirt_hc_setup.system.host.keyboard import Unshown, forget_typed

WIDEST = 79
EVERY = 0.25  # seconds between two drawings
BESIDE = 2  # rows of the terminal that stay free for what was said last

Rows = Callable[[int, int], Sequence[Text]]
"""The rows for so many columns and at most so many rows."""


class Live:
    """The rows are drawn between `start` and `stop`; then they are gone. What is typed then is not shown: it would move them.
    What was typed into rows must not answer a question that nobody has seen; where there were none it is kept."""

    def __init__(self, out: TextIO, rows: Rows) -> None:
        self._out, self._rows = out, rows
        # Colours as on the terminal, onto paper of its own: rich would end the program when the terminal is gone.
        shown = True if out.isatty() else None
        colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
        self._paper = Console(
            file=io.StringIO(), force_terminal=shown, color_system=colours, highlight=False, markup=False, emoji=False
        )
        self._lock = threading.RLock()
        self._drawn: list[str] = []
        self._ended: threading.Event | None = None
        self._lost = False
        self._had_rows = False
        self._typing = Unshown()

    def start(self) -> None:
        self._ended = threading.Event()
        self._typing.begin()
        self._had_rows = False
        threading.Thread(target=self._tick, args=(self._ended,), daemon=True).start()

    def stop(self) -> None:
        if self._ended is None:
            return
        with self._lock:
            self._ended.set()
            self._ended = None
            if self._drawn:
                self._write(f"{self._up()}\x1b[J")
            self._drawn = []
        if self._had_rows:
            forget_typed()
        self._typing.end()

    def say(self, lines: Sequence[Text]) -> None:
        """Put lines above the rows. Raises ViewLost when the terminal is gone."""
        with self._lock:
            rows = self._painted() if self._ended is not None else []
            said = "".join(f"{self._paint(line)}\x1b[K\n" for line in lines)
            self._write(f"{self._up()}{said}{_joined(rows)}")
            self._drawn = rows
        self.refuse_lost()

    def refuse_lost(self) -> None:
        """Raises ViewLost when the last drawing found nobody."""
        if self._lost:
            raise ViewLost

    def width(self) -> int:
        """Columns that a line may fill: some terminals go on to the next row after the last one."""
        return max(shutil.get_terminal_size().columns - 1, 20)

    def draw(self) -> None:
        """Bring the rows up to date."""
        with self._lock:
            rows = self._painted()
            if rows != self._drawn:
                self._write(f"{self._up()}{_joined(rows)}")
                self._drawn = rows

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(EVERY):
            with self._lock:
                if not ended.is_set() and not self._lost:
                    self.draw()

    def _painted(self) -> list[str]:
        most = max(shutil.get_terminal_size().lines - BESIDE, 1)
        painted = [self._paint(row) for row in self._rows(min(self.width(), WIDEST), most)][:most]
        self._had_rows |= bool(painted)
        return painted

    def _paint(self, text: Text) -> str:
        with self._paper.capture() as painted:
            self._paper.print(text, soft_wrap=True, end="")
        return painted.get()

    def _up(self) -> str:
        over = len(self._drawn) - 1
        return f"\r\x1b[{over}A" if over > 0 else "\r" if self._drawn else ""

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):
            self._lost = True


def _joined(rows: Sequence[str]) -> str:
    """With the cursor at the end of the last one, and nothing left of longer or more rows that were there."""
    return "\n".join(f"{row}\x1b[K" for row in rows) + "\x1b[J" if rows else "\x1b[J"
