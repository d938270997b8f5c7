"""otopi's machine dialect: the lines of a dialog between an installer and a front-end. After otopi's README.dialog (1.5 to 1.10).

What begins with `#` is for people and may be skipped, and so may what begins with `**%` and is not understood. Everything else
begins with `***`: log records, requests for an answer, values to show, and the last line of all. Readers raise ValueRefused and
never repeat what came: it may hold a password.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.formats.answers.typed_value import TYPES, why_not

BOUNDARY = "--=451b80dc-996f-432e-9e4f-2b29ef6d1141=--"
"""The line that ends a value of several lines. A front-end reads it in the request; otopi has always used this one."""

ABORT_BOUNDARY = "--=451b80dc-996f-ABORT-9e4f-2b29ef6d1141=--"
TERMINATE = "***TERMINATE"


@dataclass(frozen=True, kw_only=True)
class Query:
    """A request for one line. `valid` are all the texts that are taken; empty: others are too."""

    name: str
    notes: Sequence[str] = ()
    default: str = ""
    valid: Sequence[str] = ()
    hidden: bool = False


def note(text: str) -> list[str]:
    """Lines for people; an empty text is an empty line."""
    return [f"### {line}".rstrip() for line in plain(text).splitlines() or [""]]


def log(level: str, text: str) -> str:
    """A record of level INFO, WARNING or ERROR, in one line."""
    return f"***L:{level} {_flat(text)}"


def query(asked: Query) -> list[str]:
    """The frame of a request for one line; the answer is the next line that comes."""
    lines = [f"**%QStart: {asked.name}", *(line for text in asked.notes for line in note(text))]
    if asked.default and not asked.hidden:
        lines.append(f"**%QDefault: {_flat(asked.default)}")
    if asked.valid:
        lines.append(f"**%QValidValues: {'|'.join(_escaped(_flat(value)) for value in asked.valid)}")
    return [*lines, f"**%QHidden: {'TRUE' if asked.hidden else 'FALSE'}", f"***Q:STRING {asked.name}", f"**%QEnd: {asked.name}"]


def query_value(name: str, notes: Iterable[str]) -> list[str]:
    """The frame of a request for a value with its type; `typed_answer` reads the answer."""
    said = [line for text in (*notes, f"Response is VALUE {name}=type:value or ABORT {name}") for line in note(text)]
    return [f"**%QStart: {name}", *said, f"***Q:VALUE {name}", f"**%QEnd: {name}"]


def query_lines(name: str, notes: Iterable[str]) -> list[str]:
    """The frame of a request for several lines, up to BOUNDARY; ABORT_BOUNDARY gives up."""
    how = f"type '{BOUNDARY}' in own line to mark end, '{ABORT_BOUNDARY}' aborts"
    said = [line for text in (*notes, how) for line in note(text)]
    return [f"**%QStart: {name}", *said, f"***Q:MULTI-STRING {name} {BOUNDARY} {ABORT_BOUNDARY}", f"**%QEnd: {name}"]


def confirm(name: str, text: str) -> list[str]:
    """A request for yes or no, with the notes after it as otopi has them; `confirmed` reads the answer."""
    return [f"***CONFIRM {name} {_flat(text)}", *note(f"Response is CONFIRM {name}=yes|no or ABORT {name}")]


def value(name: str, kind: str, text: str) -> str:
    """A value that is shown, with its type."""
    return f"***D:VALUE {name}={kind}:{_flat(text)}"


def events_list(stage: str, names: Sequence[str]) -> list[str]:
    """What is going to be done, in order."""
    return ["**%EventsListStart", *(f"**%EventsListEntry {_event(stage, name)}" for name in names), "**%EventsListEnd"]


def event_begun(stage: str, name: str) -> str:
    return f"**%EventStart {_event(stage, name)}"


def event_ended(stage: str, name: str) -> str:
    return f"**%EventEnd {_event(stage, name)}"


def typed_answer(line: str, name: str) -> tuple[str, str] | None:
    """Type and text of `VALUE name=type:text`, None for `ABORT name`. Raises ValueRefused."""
    found = _answer(line, "VALUE", name)
    if found is None:
        return None
    kind, colon, text = found.partition(":")
    if not colon or kind not in TYPES:
        hint = f"Answer VALUE {name}=type:value with one of: {', '.join(TYPES)}."
        raise ValueRefused("the value has no type in front", hint=hint)
    if reason := why_not(kind, text):
        raise ValueRefused(reason, hint=f"It was given as {kind}.")
    return kind, text


def confirmed(line: str, name: str) -> bool | None:
    """What `CONFIRM name=yes` or `=no` says, None for `ABORT name`. Raises ValueRefused; otopi took anything else for no."""
    found = _answer(line, "CONFIRM", name)
    if found is None:
        return None
    if found.lower() not in ("yes", "y", "no", "n"):
        raise ValueRefused("the answer is neither yes nor no", hint=f"Answer CONFIRM {name}=yes or CONFIRM {name}=no.")
    return found.lower().startswith("y")


def _answer(line: str, word: str, name: str) -> str | None:
    """The text after `word name=`; None for `ABORT name`."""
    if line.strip() == f"ABORT {name}":
        return None
    begin = f"{word} {name}="
    if not line.startswith(begin):
        raise ValueRefused("this is no answer to the request", hint=f"Answer {begin}... or ABORT {name}.")
    return line.removeprefix(begin)


def _event(stage: str, name: str) -> str:
    return f"STAGE {stage} METHOD {name} ({name})"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(part.strip() for part in plain(text).splitlines() if part.strip())
