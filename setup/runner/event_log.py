"""The events file of a run: the worker appends, any number of readers follow."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.event_types import Event, Progressed, RunBegun, RunEnded, from_json, to_json
from ovirt_hc_setup.base.secrets import Secret, masked
from ovirt_hc_setup.runner import json_lines

PROGRESS_EVERY = 0.2  # seconds between two progress events of one resource: a screen needs no more
MOST_OWED = 1000  # events that wait for room; of more the oldest are lost


class EventLog:
    """Writes events, stamped with time and host, secrets masked.

    A view only, so it never ends the work: what cannot be written (a full disk) waits, and is written before the next event
    that finds room. Progress does not wait, since there will be more of it.
    """

    def __init__(self, path: Path, host: str, secrets: tuple[Secret, ...] = ()) -> None:
        self._path = path
        self._host = host
        self._secrets = secrets
        self._lock = threading.Lock()
        self._shown: dict[str, float] = {}
        self._owed: deque[str] = deque(maxlen=MOST_OWED)

    def __call__(self, event: Event) -> None:
        now = time.time()
        with self._lock:
            if isinstance(event, Progressed) and (self._too_soon(event, now) or not self._settled()):
                return
            # Masked before it becomes JSON, which would write a quotation mark in a password in another way.
            self._owed.append(to_json(replace(event, at=now, host=self._host, **self._masked(event))))
            if not self._settled() and isinstance(event, Progressed):
                self._owed.pop()

    def _settled(self) -> bool:
        """Write what is owed; whether all of it is written."""
        try:
            while self._owed:
                json_lines.append(self._path, self._owed[0], sync=False)
                self._owed.popleft()
        except OSError:
            return False
        return True

    def _masked(self, event: Event) -> dict[str, Any]:
        texts = {found.name: getattr(event, found.name) for found in fields(event) if found.name not in ("at", "host")}
        return {name: masked(text, self._secrets) for name, text in texts.items() if isinstance(text, str)}

    def _too_soon(self, event: Progressed, now: float) -> bool:
        finished = event.total and event.done >= event.total
        if not finished and now - self._shown.get(event.resource, 0.0) < PROGRESS_EVERY:
            return True
        self._shown[event.resource] = now
        return False


class Follower:
    """Reads events from a place on, again and again, as the file grows."""

    def __init__(self, path: Path, *, from_end: bool = False) -> None:
        self._path = path
        self._offset = path.stat().st_size if from_end and path.exists() else 0

    def rewind(self, *, past_its_end: bool) -> None:
        """Go to where the newest attempt began; with `past_its_end`, if that one has ended already, to the end of all."""
        lines = json_lines.split(self._path.read_bytes()) if self._path.exists() else []
        at = 0
        for line in lines:
            event = from_json(line.decode("utf-8", "replace"))
            if isinstance(event, RunBegun):
                self._offset = at
            at += len(line) + 1
            if past_its_end and isinstance(event, RunEnded):
                self._offset = at

    def new(self) -> Iterator[Event]:
        """The events that came since the last call; a line that is not whole yet waits for the next one."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            lines = json_lines.split(file.read())
        for line in lines:
            self._offset += len(line) + 1
            event = from_json(line.decode("utf-8", "replace"))
            if event is not None:
                yield event
