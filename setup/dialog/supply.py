"""Answers that are supplied: answer files and `--set`, read into one list with the origin of each."""

from __future__ import annotations

import os
import stat
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import AnswerError, AnswersRefused, FormatError, SetupError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.dialog.additions import APPEND, with_additions
from ovirt_hc_setup.dialog.pieces import Gathered, Piece, gathered
from ovirt_hc_setup.dialog.sorting import Vocabulary, sort
from ovirt_hc_setup.formats.answers.known_keys import known_key
from ovirt_hc_setup.formats.answers.typed_value import as_bool
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.runner.key import Key, is_empty
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.system.host.files import read_named

ELSEWHERE = ("file:", "env:")  # how a secret says where it is
LONGEST = 4096  # characters of a value: an SSH key of 16384 bits has 2800
MOST_NOTES = 50
MOST_NAMES = 40
HEEDED = ("DIALOG/dialect", "DIALOG/customization")  # keys of otopi that say how to ask, and not what


@dataclass
class Supplied:
    """`given` for our keys, `of_hosts` for single hosts; `kept` is what only oVirt knows; `spoiled` are keys with a value that
    could not be read, about which an error was said already. `elsewhere` are secrets that were left where they are (`file:`,
    `env:`), `holding` the files that have a secret in them, answer files and those of `file:`; `unread` those of which
    nothing could be read.
    """

    given: list[Given] = field(default_factory=list)
    of_hosts: list[Given] = field(default_factory=list)
    kept: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    errors: list[SetupError] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    elsewhere: list[Given] = field(default_factory=list)
    holding: set[Path] = field(default_factory=set)
    unread: Sequence[Path] = ()


def collect(found: Gathered, keys: Mapping[str, Key[Any]], questions: Sequence[Question[Any]], *, fetch: bool = True) -> Supplied:
    """What was gathered, sorted and checked for its type; never raises. With `fetch` secrets are read from where they are."""
    words = Vocabulary.of(keys, questions)
    ours, kept = sort(found, words)
    spoiled = {words.aliases.get(name, name) for name in found.spoiled}
    supplied = Supplied(kept=kept, errors=found.errors, notes=found.notes, spoiled=spoiled, unread=found.unread)
    given = [_given(piece, keys, supplied) for piece in ours]
    supplied.holding |= {Path(_file(piece.origin)) for piece in kept if kept_secret(piece)}
    for one in with_additions([one for one in given if one is not None], keys, supplied.errors):
        counting = supplied.of_hosts if one.host else supplied.given
        supplied.holding |= _holding(one) if keys[one.name].secret else set()
        if not keys[one.name].secret or not one.text.startswith(ELSEWHERE):
            counting.append(one)
        elif not fetch:
            supplied.elsewhere.append(one)
        elif (secret := _fetched(one, supplied)) is not None:
            counting.append(secret)
    supplied.notes += [_readable(path) for path in sorted(supplied.holding) if readable_by_others(path)]
    if (more := len(supplied.notes) - MOST_NOTES) > 0:
        supplied.notes[MOST_NOTES:] = [Note(level="warning", text=f"and {more} more of this kind")]
    if without_effect := [piece for piece in kept if piece.name not in {*HEEDED, *found.told}]:
        supplied.notes.append(Note(text=_kept_text(without_effect)))
    return supplied


def supplied(
    paths: Sequence[Path], settings: Sequence[str], keys: Mapping[str, Key[Any]], questions: Sequence[Question[Any]] = ()
) -> list[Given]:
    """Everything that files and `--set` say; raises AnswersRefused with all that cannot be read, all at once."""
    found = collect(gathered(paths, settings), keys, questions)
    if found.errors:
        raise AnswersRefused(found.errors)
    return found.given


def readable_by_others(path: Path) -> bool:
    """Whether other users of this host can read a file. One that cannot be looked at is not said to be."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except (OSError, ValueError):
        return False


def _file(origin: str) -> str:
    """`site.conf` of `site.conf line 12`."""
    return origin.rpartition(" line ")[0] or origin


def _holding(secret: Given) -> set[Path]:
    """The file that a secret stands in, if it is one."""
    place, _, name = secret.text.partition(":")
    if place == "env" or not secret.text:
        return set()
    return {Path(name if place == "file" else _file(secret.origin))}


def _readable(path: Path) -> Note:
    return Note(level="warning", text=f"{path} contains a secret and other users can read it: chmod 600 {path}")


def _given(piece: Piece, keys: Mapping[str, Key[Any]], supplied: Supplied) -> Given | None:
    """None for a piece that says nothing, is found out in any case, or cannot be used; then the reason is among the errors."""
    key = keys[piece.name.rsplit(":", 1)[-1]]
    text = piece.text
    if text is not None and is_empty(text, secret=key.secret):
        text = key.when_empty()
    if text is None or key.found_out:
        return None
    if not text:
        return Given(piece.name, text, piece.source, piece.origin, piece.host)
    if piece.kind == "multi-str":
        text = (key.separator or "\n").join(text.split("\n"))
    wrong = _too_long(piece, key) or _misfit(piece, key) or _shown_secret(piece, key)
    if wrong is not None:
        supplied.errors.append(wrong)
        supplied.spoiled.add(key.name)
        return None
    if piece.host and key.whose == "by name":
        return Given(f"{APPEND}{key.name}", f"{OtherHost(piece.host)}={text}", piece.source, piece.origin)
    return Given(piece.name, text, piece.source, piece.origin, piece.host)


def _misfit(piece: Piece, key: Key[Any]) -> AnswerError | None:
    """An error when the type in the file is none that the key can be given as: numbers may be texts, and nothing may be False."""
    text = piece.text or ""
    nothing = key.optional and piece.kind == "bool" and as_bool(text) is False
    several = piece.kind == "multi-str" and "\n" in text and not key.separator
    other = {"bool": ("int",), "int": ("bool",), "str": ("bool",)}[key.kind]
    if several or (piece.kind in other and not nothing):
        what = "a list" if several else f"of type {piece.kind}"
        wanted = "takes one value" if several else f"is of type {key.kind}"
        hint = f"Write {key.name}={key.kind}:VALUE; in YAML, put a text such as no or on into quotes."
        return AnswerError(f"{piece.origin}: the value of {key.name} is {what}, but the key {wanted}", hint=hint)
    return None


def _too_long(piece: Piece, key: Key[Any]) -> AnswerError | None:
    if len(piece.text or "") <= LONGEST:
        return None
    what = f"the value of {key.name} has {len(piece.text or '')} characters"
    return AnswerError(f"{piece.origin}: {what}", hint=f"A value has at most {LONGEST}.")


def _shown_secret(piece: Piece, key: Key[Any]) -> AnswerError | None:
    if piece.source is not Source.COMMAND_LINE or not key.secret or (piece.text or "").startswith(ELSEWHERE):
        return None
    return AnswerError(
        f"{piece.origin} {key.name}: a secret on the command line can be seen by every user of this host",
        hint=f"Write --set {key.name}=file:PATH or {key.name}=env:NAME, or put it into an answer file with mode 0600.",
    )


def _fetched(given: Given, supplied: Supplied) -> Given | None:
    """A secret given as `file:PATH` or `env:NAME`, with its text."""
    place, _, name = given.text.partition(":")
    try:
        if text := os.environ[name] if place == "env" else _secret_in(Path(name)):
            return replace(given, text=text)
        reason = f"{name} is empty"  # hardly on purpose: who wants no password says KEY=str:
    except KeyError:
        reason = f"there is no variable {name} in the environment"
    except UnicodeDecodeError:
        reason = f"{name} is not UTF-8 text"
    except (OSError, ValueError, FormatError) as error:
        reason = f"{name} cannot be read: {(error.strerror if isinstance(error, OSError) else None) or error}"
    hint = "Correct what stands after file: or env:."
    supplied.errors.append(AnswerError(f"{given.name} from {given.origin}: {reason}", hint=hint))
    supplied.spoiled.add(given.name)
    return None


def _secret_in(path: Path) -> str:
    """Raises OSError, ValueError, FormatError."""
    data = read_named(path, LONGEST)
    if len(data) > LONGEST:
        raise FormatError(f"it has more than {LONGEST} bytes")
    return data.decode().rstrip("\r\n")


def _kept_text(kept: Sequence[Piece]) -> str:
    every = sorted({piece.name for piece in kept})
    names = ", ".join(every[:MOST_NAMES]) + (f" and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else "")
    count = f"{len(kept)} answer{'s' * (len(kept) > 1)}"
    first = f"Kept, but without effect here: {count} of oVirt's that this program does not use:"
    return f"{first}\n{textwrap.fill(names, 76, initial_indent='  ', subsequent_indent='  ', break_on_hyphens=False)}"


def kept_secret(piece: Piece) -> bool:
    """Whether a kept piece must not be written down."""
    known = known_key(piece.name)
    return known is None or known.secret or (piece.name.startswith("QUESTION/") and "PASSW" in piece.name.upper())
