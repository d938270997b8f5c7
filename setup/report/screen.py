"""The screen of a capable terminal: lines that stay above, a row for each step at work below."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO

from rich.text import Text

from ovirt_hc_setup.base.event_types import Event, Progressed, ResourceBegun, ResourceEnded
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.report.lines import ENDS, Told, level_of
from ovirt_hc_setup.report.live import Live
from ovirt_hc_setup.report.pages import cut
from ovirt_hc_setup.report.steps import Steps
from ovirt_hc_setup.report.words import span

COLOURS = {"INFO": "green", "WARNING": "yellow", "ERROR": "bold red"}
HEAD = 10  # columns of "[ INFO  ] "


class Screen:
    """A Reporter for one host."""

    def __init__(self, out: TextIO | None = None, now: Callable[[], float] = time.time) -> None:
        self._stream = sys.stdout if out is None else out
        self._now = now
        self._steps = self._new_steps()
        self._live = Live(self._stream, self.rows)
        self._told = Told()

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    @contextmanager
    def pause(self) -> Iterator[None]:
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def __call__(self, event: Event) -> None:
        self._live.refuse_lost()
        said = self._said(event)
        self._steps.take(event)
        if said:
            self._live.say(levelled(said, level_of(event), self._live.width()))

    def _said(self, event: Event) -> list[str]:
        if isinstance(event, ResourceBegun | Progressed):
            return []
        said = self._told.lines(event)
        if isinstance(event, ResourceEnded):
            return ended(event, self._steps.title(event.resource), self._live.width() - HEAD)
        return said

    def _new_steps(self) -> Steps:
        return Steps(self._now, blocks=(getattr(self._stream, "encoding", "") or "").lower().startswith("utf"))

    def rows(self, width: int, most: int) -> list[Text]:
        """What is at work now."""
        return self._steps.rows(width, most)


def ended(event: ResourceEnded, title: str, width: int) -> list[str]:
    """How a step ended in one line; why, where it did not end well."""
    end = f": {ENDS[event.status]} ({span(event.elapsed)})"
    said = [f"{cut(title, width - len(end))}{end}"]
    return said + ([f"  {line}" for line in event.reason.splitlines()] if event.status in ("failed", "kept") else [])


def levelled(said: list[str], level: str, width: int) -> list[Text]:
    """Lines with their level in front, wrapped between words below themselves."""
    folded: list[Text] = []
    for line in said:
        text = shown(line)
        indent = " " * (HEAD + len(text) - len(text.lstrip()))
        parts = textwrap.wrap(
            text.lstrip(), width, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
        ) or [indent]
        head = Text("[").append(f"{level:^7}", COLOURS[level]).append("] ")
        folded += [head.append(parts[0][HEAD:]), *(Text(part) for part in parts[1:])]
    return folded
