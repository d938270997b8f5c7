"""Events of several hosts at once: every line says which host it is of, and a capable terminal has one row for each host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import TextIO

from rich.text import Text

from ovirt_hc_setup.base.event_types import Event, Found, Planned, Progressed, ResourceBegun, ResourceEnded, Setting
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.reporters import Plain, Reporter
from ovirt_hc_setup.report.screen import HEAD, Screen, ended, levelled
from ovirt_hc_setup.report.steps import Steps

LABEL = 16
MOST_STEPS = 3  # of one host that are shown
ENDS_IN = {"done": "green", "FAILED": "bold red"}


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


class HostScreen(Screen):
    """One row a host, its steps at work below it as far as they fit; above them what is worth a line."""

    def __init__(self, out: TextIO | None = None, now: Callable[[], float] = time.time) -> None:
        self._hosts: dict[str, Steps] = {}
        super().__init__(out, now)

    def __call__(self, event: Event) -> None:
        self._live.refuse_lost()
        said = self._short(event) if worth_a_line(event) else []
        if event.host:
            self._hosts.setdefault(event.host, self._new_steps()).take(event)
        if said:
            self._live.say(levelled(said, level_of(event), self._live.width()))

    def _short(self, event: Event) -> list[str]:
        if isinstance(event, ResourceBegun | Progressed):
            return []
        if isinstance(event, ResourceEnded) and event.host in self._hosts:
            title = self._hosts[event.host].title(event.resource)
            said = ended(event, title, self._live.width() - HEAD - len(event.host) - 2)
            return [_named(event.host, line) for line in said]
        return _short(event)

    def rows(self, width: int, most: int) -> list[Text]:
        # A table that a thread changes while it is read: events come under a lock, drawings do not.
        hosts = sorted(self._hosts.copy().items())
        nested = sum(1 + max(steps.at_work(), 1) for _, steps in hosts) <= most
        rows: list[Text] = []
        for host, steps in hosts:
            below = steps.rows(width - 2, MOST_STEPS + 1)[:-1] if not steps.end and steps.at_work() else []
            doing = steps.end or steps.summary() or steps.stage
            if below and not nested:
                doing = f"{doing}  {below[0].plain.strip()}"
            head = Text(f"{host:<{LABEL}} "[: width // 2], "bold")
            rows.append(head.append(doing[: width - len(head.plain)], ENDS_IN.get(steps.end, "not bold")))
            rows += [Text("  ").append_text(row) for row in below] if nested else []
        return rows


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
