"""Reporters: each takes events and shows them its own way. `choosing.py` has the one that is asked for."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from types import TracebackType
from typing import Protocol, TextIO

from ovirt_hc_setup.base.errors import ViewLost
from ovirt_hc_setup.base.event_types import Event, Progressed, to_json
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.report.lines import Told, level_of

PLAIN_PROGRESS_EVERY = 10.0  # seconds between two progress lines of one resource in a log


class Reporter(Protocol):
    """Call it with events. As a context manager it holds and restores the terminal; `pause` gives it to a question."""

    def __call__(self, event: Event) -> None: ...

    def __enter__(self) -> Reporter: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def pause(self) -> AbstractContextManager[None]: ...


class _Nothing(AbstractContextManager[None]):
    def __exit__(self, *_: object) -> None:
        return None


class Stream:
    """What the reporters that only write lines have in common."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._out.flush()

    def __call__(self, event: Event) -> None:
        raise NotImplementedError

    def write(self, line: str) -> None:
        """Raises ViewLost when the pipe or the terminal is gone."""
        try:
            print(line, file=self._out, flush=True)
        except OSError:
            raise ViewLost from None

    def pause(self) -> AbstractContextManager[None]:
        return _Nothing()


class JsonLines(Stream):
    """One event, one line of JSON. What was not kept in a run folder has no time yet."""

    def __call__(self, event: Event) -> None:
        self.write(to_json(event if event.at else replace(event, at=time.time())))


class Plain(Stream):
    """Timestamped lines with the predecessor's levels, for logs and poor terminals."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self._shown: dict[str, float] = {}
        self._told = Told()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progressed) and self._too_soon(event):
            return
        at = time.strftime("%H:%M:%S", time.localtime(event.at or time.time()))
        for line in self.text(event):
            self.write(f"{at} [{level_of(event):^7}] {shown(line)}")

    def text(self, event: Event) -> list[str]:
        """The lines of an event."""
        return self._told.lines(event)

    def _too_soon(self, event: Progressed) -> bool:
        now = time.monotonic()
        if now - self._shown.get(event.resource, 0.0) < PLAIN_PROGRESS_EVERY:
            return True
        self._shown[event.resource] = now
        return False


def capable(out: TextIO) -> bool:
    return out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
