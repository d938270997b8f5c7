"""What happens during a run, as small values. Screens, plain lines, JSON lines and logs are readers of one stream of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal

VERSION = 1

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """`text` without terminal escapes and control characters: for whatever guests, archives and programs say."""
    return _CONTROL.sub("", _ESCAPE.sub("", text))


@dataclass(frozen=True, kw_only=True)
class Event:
    """`at` is seconds since the epoch; `host` the host it happened on. Every subclass has a stable `type` name."""

    type: ClassVar[str] = "event"
    at: float = 0.0
    host: str = ""


@dataclass(frozen=True, kw_only=True)
class RunBegun(Event):
    type: ClassVar[str] = "run-begun"
    run: str
    verb: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageBegun(Event):
    type: ClassVar[str] = "stage-begun"
    title: str


@dataclass(frozen=True, kw_only=True)
class ResourceBegun(Event):
    """Work on a resource begins; `action` says which way."""

    type: ClassVar[str] = "resource-begun"
    resource: str
    title: str = ""
    action: Literal["apply", "undo"] = "apply"


@dataclass(frozen=True, kw_only=True)
class ResourceEnded(Event):
    """`status`: done, found (it was so already), failed, undone, kept (not taken back; `reason` says why)."""

    type: ClassVar[str] = "resource-ended"
    resource: str
    status: Literal["done", "found", "failed", "undone", "kept"]
    elapsed: float = 0.0
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Progressed(Event):
    """`done` of `total` (0: unknown), in `unit` (bytes or seconds); `text` says what is waited for."""

    type: ClassVar[str] = "progressed"
    resource: str
    done: int
    total: int
    unit: Literal["bytes", "seconds"] = "bytes"
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Found(Event):
    """The finding of a check."""

    type: ClassVar[str] = "found"
    check: str
    severity: Literal["ok", "warning", "error", "unknown"]
    found: str
    expected: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting(Event):
    """A line of the preview: an answer with its origin; secrets are masked."""

    type: ClassVar[str] = "setting"
    key: str
    label: str
    value: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class Planned(Event):
    """A resource of the plan. `state`: done, needed, blocked (will be known later), conflict."""

    type: ClassVar[str] = "planned"
    resource: str
    lines: tuple[str, ...]
    state: str
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Note(Event):
    type: ClassVar[str] = "note"
    text: str
    level: Literal["info", "warning", "error"] = "info"


@dataclass(frozen=True, kw_only=True)
class LogLine(Event):
    """A line that another program said (engine-setup in the guest, for one)."""

    type: ClassVar[str] = "log-line"
    resource: str
    source: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    type: ClassVar[str] = "run-ended"
    run: str
    exit_code: int
    message: str = ""


Sink = Callable[[Event], None]

TYPES: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (RunBegun, StageBegun, ResourceBegun, ResourceEnded, Progressed, Found, Setting, Planned, Note, LogLine, RunEnded)
}


def to_json(event: Event) -> str:
    """One line of JSON: `v` (version of this vocabulary), `type`, and the event's own fields, texts made plain."""
    values = {name: plain(value) if isinstance(value, str) else value for name, value in asdict(event).items()}
    return json.dumps({"v": VERSION, "type": event.type, **values}, ensure_ascii=False)


def from_json(line: str) -> Event | None:
    """The event of a line; None for a torn line or a type that this version does not know."""
    try:
        values: dict[str, Any] = json.loads(line)
        kind: Any = TYPES[values.get("type", "")]
        known = {found.name for found in fields(kind)}
        event: Event = kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items() if name in known})
        return event
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
