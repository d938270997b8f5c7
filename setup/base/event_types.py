"""What happens during a run, as small values. Screens, plain lines, JSON lines and logs are readers of one stream of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec

VERSION = 1

# Sequences of ECMA-48, each also with the one character of C1 that its first two stand for: CSI, OSC and the strings like it.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# What else steers a terminal, or turns the order of a line around (Unicode's bidirectional controls).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """`text` without terminal escapes and control characters: for whatever guests, archives and programs say."""
    return _CONTROL.sub("", _ESCAPE.sub("", text)).encode("utf-8", "replace").decode()  # the name of a file need not be text


@dataclass(frozen=True, kw_only=True)
class Event:
    """What has happened. Every subclass has a stable `type` name, and words about each of its fields."""

    type: ClassVar[str] = "event"
    at: Annotated[float, "seconds since the epoch"] = 0.0
    host: Annotated[str, "the host that it happened on; empty: the one that the command was given on"] = ""


@dataclass(frozen=True, kw_only=True)
class RunBegun(Event):
    """The worker begins with a run, or goes on with one."""

    type: ClassVar[str] = "run-begun"
    run: Annotated[str, "the id of the run, which is the name of its folder"]
    verb: Annotated[str, "what was asked for: deploy, add-host"]
    resources: Annotated[tuple[str, ...], "the names of its resources, in order"] = ()


@dataclass(frozen=True, kw_only=True)
class StageBegun(Event):
    """A stage begins."""

    type: ClassVar[str] = "stage-begun"
    title: Annotated[str, "its title, as in `hosted-engine --deploy`"]


@dataclass(frozen=True, kw_only=True)
class ResourceBegun(Event):
    """Work on a resource begins."""

    type: ClassVar[str] = "resource-begun"
    resource: Annotated[str, "its name"]
    title: Annotated[str, "what it is, in words"] = ""
    action: Annotated[Literal["apply", "undo"], "whether it is applied or undone"] = "apply"


EndedAs = Literal["done", "found", "failed", "stopped", "undone", "kept"]


@dataclass(frozen=True, kw_only=True)
class ResourceEnded(Event):
    """Work on a resource has ended."""

    type: ClassVar[str] = "resource-ended"
    resource: Annotated[str, "its name"]
    status: Annotated[EndedAs, "`found`: already in place; `kept`: not undone; `stopped`: on request, in the midst of a wait"]
    elapsed: Annotated[float, "seconds"] = 0.0
    reason: Annotated[str, "why it failed or was kept"] = ""


@dataclass(frozen=True, kw_only=True)
class Progressed(Event):
    """How far work on a resource is; at most five a second for each."""

    type: ClassVar[str] = "progressed"
    resource: Annotated[str, "its name"]
    done: Annotated[int, "how much"]
    total: Annotated[int, "of how much; 0 where that is not known"]
    unit: Annotated[Literal["bytes", "seconds"], "of what"] = "bytes"
    text: Annotated[str, "what is waited for"] = ""


@dataclass(frozen=True, kw_only=True)
class Found(Event):
    """What a check has found."""

    type: ClassVar[str] = "found"
    check: Annotated[str, "the stable name of the check, as `HC_CORE/skipChecks` takes it"]
    severity: Annotated[
        Literal["ok", "warning", "error", "unknown", "skipped", "later"],
        "`unknown`: the check could not be run; `skipped`: by its name; `later`: judged when the packages are installed",
    ]
    found: Annotated[str, "what is there"]
    expected: Annotated[str, "what should be"] = ""
    remedy: Annotated[str, "how to fix it"] = ""
    key: Annotated[str, "the name of the key whose answer is to be changed; empty: no answer changes it"] = ""


@dataclass(frozen=True, kw_only=True)
class Setting(Event):
    """A line of the preview: an answer."""

    type: ClassVar[str] = "setting"
    key: Annotated[str, "the name of the key"]
    label: Annotated[str, "what it is, in words"]
    value: Annotated[str, "its value as text; a secret is asterisks"]
    origin: Annotated[str, "where it comes from"]


@dataclass(frozen=True, kw_only=True)
class Planned(Event):
    """A resource of the plan."""

    type: ClassVar[str] = "planned"
    resource: Annotated[str, "its name"]
    lines: Annotated[tuple[str, ...], "what it is, in words"]
    state: Annotated[str, "done, needed, blocked (known only later), conflict"]
    reason: Annotated[str, "why it is blocked or conflicts"] = ""
    remedy: Annotated[str, "how to fix that"] = ""


@dataclass(frozen=True, kw_only=True)
class Note(Event):
    """Something for people to read."""

    type: ClassVar[str] = "note"
    text: Annotated[str, "one line or more"]
    level: Annotated[Literal["info", "warning", "error"], "how bad it is"] = "info"


@dataclass(frozen=True, kw_only=True)
class LogLine(Event):
    """A line that another program said (engine-setup in the guest, for one)."""

    type: ClassVar[str] = "log-line"
    resource: Annotated[str, "the resource that started the program or reads its output"]
    source: Annotated[str, "the program"]
    text: Annotated[str, "what it said"]


@dataclass(frozen=True, kw_only=True)
class CommandRan(Event):
    """A command that this program has run, told with `--verbose` only. Its output is not told."""

    type: ClassVar[str] = "command-ran"
    command: Annotated[str, "its words as a shell would take them; scripts are cut off"]
    exit_code: Annotated[int, "its exit code; negative: the signal that ended it, -9 also when it took too long"]
    elapsed: Annotated[float, "seconds that it took"]


@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    """The worker is done with a run, or has given up for now."""

    type: ClassVar[str] = "run-ended"
    run: Annotated[str, "the id of the run"]
    exit_code: Annotated[int, "0, or the code that the command ends with"]
    message: Annotated[str, "what went wrong"] = ""


@dataclass(frozen=True, kw_only=True)
class Status(Event):
    """The state of the deployment, from the verb `status`."""

    type: ClassVar[str] = "status"
    status: Annotated[dict[str, Any], "what `status --json` prints, as an object"]


@dataclass(frozen=True, kw_only=True)
class Ended(Event):
    """How a command ended: the last line of every one."""

    type: ClassVar[str] = "ended"
    exit_code: Annotated[int, "the exit code of the program"]
    message: Annotated[str, "what went wrong, empty where all went well"] = ""
    hint: Annotated[str, "how to fix it"] = ""
    resource: Annotated[str, "the resource that it happened with"] = ""


Sink = Callable[[Event], None]

TYPES: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (
        RunBegun,
        StageBegun,
        ResourceBegun,
        ResourceEnded,
        Progressed,
        Found,
        Setting,
        Planned,
        Note,
        LogLine,
        CommandRan,
        RunEnded,
        Status,
        Ended,
    )
}


def to_json(event: Event) -> str:
    """One line of JSON: `v` (version of this vocabulary), `type`, and the event's own fields, texts made plain."""
    line = json.dumps({"v": VERSION, "type": event.type, **_plainly(asdict(event))}, ensure_ascii=False)
    return line.encode("utf-8", "replace").decode()  # the name of a file need not be text


def _plainly(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plainly(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plainly(member) for member in value]
    return plain(value) if isinstance(value, str) else value


def from_json(line: str) -> Event | None:
    """The event of a line; None for a torn line, for another shape, and for a type that this version does not know."""
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
        event: Event = msgspec.convert(found, type=TYPES[str(found.get("type"))])
    except (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError):
        return None
    return event
