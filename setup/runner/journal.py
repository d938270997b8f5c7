"""The journal of a run: what was recorded, committed, done and undone, one JSON line each, on disk before anything goes on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.secrets import Secret, Secrets, masked
from ovirt_hc_setup.runner import json_lines

_OfResource = Literal["record", "committing", "done", "found", "failed", "undoing", "undone", "left", "planned", "superseded"]
Kind = _OfResource | Literal["confirmed", "finished"]


_HEAD = ("resource", "kind", "at")
_OF_RUN = ("confirmed", "finished", "undoing", "undone")


class _Head(msgspec.Struct, frozen=True):
    """What every line has; `image` only where something is recorded."""

    resource: str
    kind: Kind
    at: float
    image: dict[str, Any] | None = None


@dataclass(frozen=True)
class JournalEntry:
    """`resource` is empty for entries of the run as a whole (confirmed, finished, undoing, undone). `at`: Unix time.

    `planned`: what had been found in place is planned in another way since, so that finding it says nothing any more. `left`: it
    could not be taken back, and stays behind. `superseded`: `by` says which run has put another thing in its place.
    """

    resource: str
    kind: Kind
    at: float
    values: Mapping[str, Any]


class Journal:
    """Append and read. A line that a kill has torn is ignored, as if it had not been begun."""

    def __init__(self, path: Path, secrets: tuple[Secret, ...] = ()) -> None:
        self._path = path
        self._secrets = secrets
        self._lock = threading.Lock()

    def append(self, resource: str, kind: Kind, **values: Any) -> None:
        """Raises SetupError when the line is not on disk: nothing may be changed that the journal does not know."""
        said = {name: masked(value, self._secrets) if isinstance(value, str) else value for name, value in values.items()}
        line = json.dumps({"resource": resource, "kind": kind, "at": time.time(), **said}, ensure_ascii=False)
        with self._lock:
            try:
                json_lines.append(self._path, line, sync=True)
            except OSError as error:
                raise of_the_world(error) from error

    def entries(self) -> Iterator[JournalEntry]:
        """All whole entries in order; raises FormatError for a damaged line that is not the end of an interrupted write."""
        text = self._path.read_text("utf-8", "replace") if self._path.exists() else ""
        for number, line in enumerate(text.split("\n"), 1):
            if line:
                try:
                    entry = _entry(line)
                except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                    hint = "Restore it from a backup; nothing was changed."
                    raise FormatError(f"{self._path} line {number} is damaged: {error}", hint=hint) from error
                if entry is not None:
                    yield entry

    def record_of(self, resource: str) -> Mapping[str, Any] | None:
        """The before-image of a resource; None when none was written, or when it was undone since."""
        image: Mapping[str, Any] | None = None
        for entry in self.entries():
            if entry.resource == resource and entry.kind == "record" and image is None:
                image = entry.values["image"]
            elif entry.resource == resource and entry.kind == "undone":
                image = None
        return image

    def last(self, resource: str) -> Kind | None:
        """The kind of the newest entry of a resource (or of the run, with an empty name)."""
        kinds = [entry.kind for entry in self.entries() if entry.resource == resource]
        return kinds[-1] if kinds else None

    def found(self, resource: str) -> bool:
        """Whether a resource was in place before this run touched it. What was found once stays found: when it is brought back
        later in the same run, it is brought back to what it was, and is not the run's to undo."""
        return resource in self._found_first()

    def to_undo(self) -> list[str]:
        """Resources that changed something and are neither undone nor left behind, newest first. What the run found in place is
        never among them."""
        names: list[str] = []
        for entry in self.entries():
            if entry.kind == "record" and entry.resource not in names:
                names.append(entry.resource)
            elif entry.kind in ("undone", "left") and entry.resource in names:
                names.remove(entry.resource)
        found = self._found_first()
        return [name for name in reversed(names) if name not in found]

    def in_use(self) -> set[str]:
        """Resources that were begun, or found in place, and not given up since."""
        newest = {entry.resource: entry.kind for entry in self.entries() if entry.resource and entry.kind != "superseded"}
        return {name for name, kind in newest.items() if kind not in ("undone", "left", "planned")}

    def left(self) -> list[str]:
        """Resources that were left behind."""
        return [name for name in dict.fromkeys(entry.resource for entry in self.entries()) if self.last(name) == "left"]

    def superseded(self) -> dict[str, str]:
        """By name of a resource, the run that has put another thing in its place."""
        return {entry.resource: str(entry.values["by"]) for entry in self.entries() if entry.kind == "superseded"}

    def _found_first(self) -> set[str]:
        """Of each resource the first word counts, anew after it was undone or planned in another way."""
        first: dict[str, Kind] = {}
        for entry in self.entries():
            if entry.kind in ("record", "found"):
                first.setdefault(entry.resource, entry.kind)
            elif entry.kind in ("undone", "planned"):
                first.pop(entry.resource, None)
        return {name for name, kind in first.items() if kind == "found"}


def _entry(line: str) -> JournalEntry | None:
    """None for a line that a kill or a power failure has torn; raises for any other that is no entry."""
    try:
        values: dict[str, Any] = json.loads(line)
    except ValueError:
        if _begins_like_entry(line):
            return None
        raise
    head = msgspec.convert(values, type=_Head)
    if head.kind == "record" and head.image is None:
        raise ValueError("a record without its image")
    if not head.resource and head.kind not in _OF_RUN:
        raise ValueError(f"a run is never '{head.kind}'")
    return JournalEntry(head.resource, head.kind, head.at, {name: value for name, value in values.items() if name not in _HEAD})


def _begins_like_entry(line: str) -> bool:
    """As far as it was written: a power failure leaves zeros where a file had grown and what it holds was not there yet."""
    start, written = '{"resource": "', line.partition("\0")[0]
    return written.startswith(start) or start.startswith(written)


Judge = Callable[[Sequence[str]], Sequence[Found]]
"""Runs checks, given their names."""


def nobody_judges(checks: Sequence[str]) -> Sequence[Found]:
    raise RuntimeError(f"nobody here can run {', '.join(checks)}")


class JournalRecord:
    """The Record of one resource, kept in the journal and the backups folder of its run."""

    def __init__(self, journal: Journal, resource: str, backups: Path, secrets: Secrets, judge: Judge = nobody_judges) -> None:
        self._journal = journal
        self._resource = resource
        self._backups = backups
        self._secrets = secrets
        self._judge = judge

    @property
    def before(self) -> Mapping[str, Any]:
        return self._journal.record_of(self._resource) or {}

    def keep(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        known = self._journal.record_of(self._resource)
        if known is not None:
            return known
        self._journal.append(self._resource, "record", image=dict(image))
        return image

    def committing(self) -> None:
        self._journal.append(self._resource, "committing")

    @property
    def backups(self) -> Path:
        folder = self._backups / self._resource.replace("/", "_")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def left(self) -> list[str]:
        return self._journal.left()

    @property
    def secrets(self) -> Secrets:
        return self._secrets

    def judged(self, checks: Sequence[str]) -> Sequence[Found]:
        return self._judge(checks)
