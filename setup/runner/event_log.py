"""The events file of a run: the worker appends, any number of readers follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.events import Event, Progressed, RunBegun, RunEnded, from_json, to_json
from ovirt_hc_setup.base.secrets import Secret, masked

PROGRESS_EVERY = 0.2  # seconds between two progress events of one resource: a screen needs no more


class EventLog:
    """Writes events, stamped with time and host, secrets masked."""

    def __init__(self, path: Path, host: str, secrets: tuple[Secret, ...] = ()) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._host = host
        self._secrets = secrets
        self._lock = threading.Lock()
        self._shown: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        now = time.time()
        with self._lock:
            if isinstance(event, Progressed) and self._too_soon(event, now):
                return
            # Masked before it becomes JSON, which would write a quotation mark in a password in another way.
            stamped = replace(event, at=now, host=self._host, **self._masked(event))
            self._file.write(to_json(stamped) + "\n")
            self._file.flush()

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
        lines = self._path.read_bytes().splitlines(keepends=True) if self._path.exists() else []
        at = 0
        for line in lines:
            event = from_json(line.decode("utf-8", "replace"))
            if isinstance(event, RunBegun):
                self._offset = at
            at += len(line)
            if past_its_end and isinstance(event, RunEnded):
                self._offset = at

    def new(self) -> Iterator[Event]:
        """The events that came since the last call; a line that is not whole yet waits for the next one."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            event = from_json(line)
            if event is not None:
                yield event
