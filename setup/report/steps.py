"""What is at work, as rows: one for each step, with how far it is, how fast, what it waits for, since when."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from rich.text import Text

from ovirt_hc_setup.base.event_types import (
    Event,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    StageBegun,
    plain,
)
from ovirt_hc_setup.report.pages import cut
from ovirt_hc_setup.report.words import amount, size, whole

LEAST_TITLE = 24  # columns
BAR = 8
FULL, EMPTY = "█", "░"
PLAIN_FULL, PLAIN_EMPTY = "#", "-"
WINDOW = 15.0  # seconds that a rate is the mean of
SETTLED = 2.0  # seconds before a rate is worth showing
PATIENCE = 3.0  # seconds without a word before that makes the rate smaller
SOON = 0.7  # seconds before it is said that something takes time

Clock = Callable[[], float]


class Steps:
    """What events say of the steps of one host. `now` gives seconds since the epoch, as the events have them."""

    def __init__(self, now: Clock = time.time, *, blocks: bool = True) -> None:
        self._now = now
        self._filled = (FULL, EMPTY) if blocks else (PLAIN_FULL, PLAIN_EMPTY)
        self._work: dict[str, _Step] = {}
        self._stage, self._since = "", 0.0
        self.done, self.of, self.begun, self.end = 0, 0, 0.0, ""

    def take(self, event: Event) -> None:
        at = event.at or self._now()
        if isinstance(event, StageBegun):
            self._stage, self._since = plain(event.title), at
        elif isinstance(event, RunBegun):
            self.done, self.of, self.begun, self.end = 0, len(event.resources), at, ""
            self._work.clear()
        elif isinstance(event, ResourceBegun):
            title = plain(event.title) or event.resource
            self._work[event.resource] = _Step(f"Undo: {title}" if event.action == "undo" else title, at)
        elif isinstance(event, Progressed):
            self._work.setdefault(event.resource, _Step(event.resource, at)).take(event, at)
        elif isinstance(event, ResourceEnded):
            self._work.pop(event.resource, None)
            self.done += event.status in ("done", "found", "undone")
        elif isinstance(event, RunEnded):
            self._work.clear()
            self._stage, self.end = "", "done" if event.exit_code == 0 else "FAILED"

    def title(self, resource: str) -> str:
        """What a step is in words; its name when it never began."""
        return self._work[resource].title if resource in self._work else resource

    def rows(self, width: int, most: int) -> list[Text]:
        """The steps at work, the longest at it first, and how far all of it is."""
        now = self._now()
        if not self._work:
            return self._waiting(width, now)
        foot = self.summary()
        shown = list(self._work.values())[: max(most - 1, 1)]
        more = len(self._work) - len(shown)
        foot += f", {more} more running" if more else ""
        rows, spare = list[Text](), most - 1 - len(shown)
        for step in shown:
            found = step.rows(width, now, self._filled, two=spare > 0)
            rows, spare = rows + found, spare + 1 - len(found)
        return [*rows, Text(f"  {foot}"[:width], "dim")]

    def summary(self) -> str:
        return f"{self.done} of {self.of} steps, {whole(self._now() - self.begun)}" if self.of else ""

    @property
    def stage(self) -> str:
        """The stage, and for how long, once that is worth saying."""
        took = self._now() - self._since
        return f"{self._stage}: {whole(took)}" if self._stage and took >= SOON else self._stage

    def at_work(self) -> int:
        return len(self._work)

    def _waiting(self, width: int, now: float) -> list[Text]:
        if not self._stage or now - self._since < SOON:
            return []
        return [Text(f"  {self.stage}"[:width], "dim")]


class _Step:
    """A step at work: what it is, since when, how far."""

    def __init__(self, title: str, begun: float) -> None:
        self.title, self.begun = title, begun
        self._last: Progressed | None = None
        self._at = begun
        self._past: deque[tuple[float, int]] = deque()

    def take(self, event: Progressed, at: float) -> None:
        before = self._last
        if before is not None and (event.done < before.done or event.text != before.text or event.unit != before.unit):
            self._past.clear()  # another part of the same work, with a pace of its own
        self._last, self._at = event, at
        self._past.append((at, event.done))
        while len(self._past) > 2 and at - self._past[0][0] > WINDOW:
            self._past.popleft()

    def rows(self, width: int, now: float, filled: tuple[str, str], *, two: bool) -> list[Text]:
        """One row; with `two` a second one for the words of what it waits for, where they do not fit beside its title."""
        bar = self._bar(filled)
        beside = 4 + len(bar) if bar else 3  # blanks between title, bar and end
        text, took = self._waited(now)
        whole_end = ", ".join(part for part in (text, took) if part)
        over = two and bool(text) and len(self.title) + beside + len(whole_end) > width
        end = took if over else self._end(now, width - beside - (LEAST_TITLE if bar else width // 2))
        room = max(width - beside - len(end), 8)
        row = Text(f"  {cut(self.title, room):<{room}} ").append(f"{bar} " if bar else "", "cyan").append(end)[:width]
        return [row, Text(f"    {cut(text, max(width - 4, 8))}"[:width], "dim")] if over else [row]

    def _bar(self, filled: tuple[str, str]) -> str:
        progress = self._last
        if progress is None or progress.unit != "bytes" or not progress.total:
            return ""
        full = min(BAR * progress.done // progress.total, BAR)
        return f"{filled[0] * full}{filled[1] * (BAR - full)}"

    def _end(self, now: float, most: int) -> str:
        """How far it is with its pace, or what it waits for; else since when it is at work."""
        progress, (text, took) = self._last, self._waited(now)
        if progress is None:
            return whole(now - self.begun)
        if took:
            # The time stays whole, the words are cut.
            text = cut(text, max(most - len(took) - 2, 8))
            return f"{text}, {took}" if text else took
        pace = self._pace(progress, now) or [plain(progress.text)]
        return cut(", ".join(text for text in (amount(progress.done, progress.total, "bytes"), *pace) if text), most)

    def _waited(self, now: float) -> tuple[str, str]:
        """What is waited for, and how long already of how much, which goes on between two events; nothing for other work."""
        progress = self._last
        if progress is None or progress.unit != "seconds":
            return "", ""
        since = progress.done + now - self._at
        took = whole(min(since, progress.total) if progress.total else since)
        return plain(progress.text), f"{took} of {whole(progress.total)}" if progress.total else took

    def _pace(self, progress: Progressed, now: float) -> list[str]:
        rate = self._rate(now)
        if rate <= 0:
            return []
        left = [f"{whole((progress.total - progress.done) / rate)} left"] if progress.done < progress.total else []
        return [f"{size(rate)}/s", *left]

    def _rate(self, now: float) -> float:
        """Bytes a second; 0 as long as it cannot be told."""
        if not self._past or self._at - self._past[0][0] < SETTLED:
            return 0.0
        # A long silence counts: what stands still gets slower by the second.
        begun, first = self._past[0]
        return (self._past[-1][1] - first) / (max(now - PATIENCE, self._at) - begun)
