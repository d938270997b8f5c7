"""Sorting what was supplied: for our keys, for oVirt only, or for nobody. Old names and dialogs become keys on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ovirt_hc_setup.base.errors import AnswerError
from ovirt_hc_setup.base.event_types import Note, plain
from ovirt_hc_setup.dialog.nearness import nearest
from ovirt_hc_setup.dialog.pieces import ADDITIONS, Gathered, Piece
from ovirt_hc_setup.dialog.variables import as_key, joined, of_other_roles
from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS, MEANINGS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN, KnownKey, known_key
from ovirt_hc_setup.formats.answers.role_variables import OF_OTHER_ROLES, PREFIX, VARIABLES
from ovirt_hc_setup.formats.answers.typed_value import as_bool
from ovirt_hc_setup.runner.key import Key, is_empty
from ovirt_hc_setup.runner.question import Question

MOST_NEAR = 20  # names to look for a near one for; a file of something else altogether has thousands


@dataclass(frozen=True)
class Vocabulary:
    """Our keys, the names that lead to them, and the dialogs that our questions are known by."""

    keys: Mapping[str, Key[Any]]
    aliases: Mapping[str, str]
    dialogs: Mapping[str, str]

    @classmethod
    def of(cls, keys: Mapping[str, Key[Any]], questions: Sequence[Question[Any]]) -> Vocabulary:
        aliases = {alias: key.name for key in keys.values() for alias in key.aliases}
        dialogs = {**DIALOGS, **{question.dialog: question.key.name for question in questions if question.dialog}}
        return cls(keys, aliases, dialogs)

    def near(self, name: str) -> str:
        """The known name that was probably meant, or nothing."""
        if name.startswith("QUESTION/"):
            return nearest(name, {f"QUESTION/1/{dialog}": "" for dialog in self.dialogs})
        if name.startswith(PREFIX):
            return nearest(name, dict.fromkeys(VARIABLES, ""))
        ours = {key.name: key.help for key in self.keys.values()} | dict.fromkeys(self.aliases, "")
        return nearest(name, ours) or nearest(name, {known.name: known.help for known in KNOWN.values()})


def sort(found: Gathered, words: Vocabulary) -> tuple[list[Piece], list[Piece]]:
    """Pieces for our keys, of equal rank the one that counts last; and those that only oVirt knows.

    What is odd or wrong goes into the notes and errors of `found`.
    """
    ours: list[tuple[int, int, int, Piece]] = []
    kept: list[Piece] = []
    strange = 0
    found.errors += of_other_roles([piece for piece in found.pieces if piece.name.startswith(OF_OTHER_ROLES)])
    pieces = [piece for piece in found.pieces if not piece.name.startswith(OF_OTHER_ROLES)]
    for piece in [*joined([one for one in pieces if not one.host], found.errors), *(one for one in pieces if one.host)]:
        weight, named = _translated(piece, words)
        if named is None:
            continue
        if wrong := _not_of_a_host(named, words):
            found.errors.append(wrong)
        elif _bare(named.name) in words.keys:
            ours.append((*weight, named))
        elif known := known_key(_bare(named.name)):
            kept += _kept(piece, named, known, found)
        else:
            strange += 1
            found.errors.append(_unknown(named, words.near(_bare(named.name)) if strange <= MOST_NEAR else ""))
    ours.sort(key=lambda one: one[:3])
    _say_disagreements([one[3] for one in ours], found)
    return [one[3] for one in ours], kept


def _bare(name: str) -> str:
    for prefix in ADDITIONS:
        name = name.removeprefix(prefix)
    return name


def _translated(piece: Piece, words: Vocabulary) -> tuple[tuple[int, int, int], Piece | None]:
    """The piece under the name of its key, and its weight among those of one rank: dialogs, then old names, then keys."""
    prefix = piece.name.removesuffix(_bare(piece.name))
    name = _bare(piece.name)
    if name.startswith("QUESTION/"):
        return _dialog(piece, name, words)
    if name in VARIABLES:
        named = as_key(piece)
        return (1, 0, 0), replace(named, name=words.aliases.get(named.name, named.name))
    if (key := words.aliases.get(name)) is not None:
        # The predecessor wrote False where such a name was left out.
        named = replace(piece, name=f"{prefix}{key}", origin=f"{piece.origin} ({name})")
        left_out = piece.kind == "bool" and as_bool(piece.text or "") is False
        return (1, 0, 0), replace(named, text=None, kind="") if left_out else named
    return (2, 0, 0), piece


def _dialog(piece: Piece, name: str, words: Vocabulary) -> tuple[tuple[int, int, int], Piece | None]:
    _, number, dialog = [*name.split("/", 2), "", ""][:3]
    key = words.dialogs.get(dialog)
    if key is None or not (number.isascii() and number.isdigit() and len(number) < 6):
        return (0, 0, 0), piece
    place = list(words.dialogs).index(dialog)
    text = piece.text
    if text is not None and (dialog, text.strip().lower()) in MEANINGS:
        text = MEANINGS[dialog, text.strip().lower()]
        if text is None:
            return (0, int(number), place), None
    target = words.aliases.get(key, key)
    if target not in words.keys and not key:
        target = name
    # A later occurrence was asked because an earlier answer was not taken.
    return (0, int(number), place), replace(piece, name=target, text=text, kind="", origin=f"{piece.origin} ({name})")


def _kept(piece: Piece, named: Piece, known: KnownKey, found: Gathered) -> list[Piece]:
    """The piece under the name that it was given, unless it says nothing; a warning when it asks for what we do not do."""
    if piece.text is None or named.text is None or is_empty(named.text, secret=known.secret):
        return []
    asked = as_bool(named.text) if known.kind == "bool" else None
    word = named.text.strip().lower() if asked is None else str(asked).lower()
    if known.agrees and word not in map(str.lower, known.agrees):
        instead = "without it" if known.agrees == ("none",) else f"as with {known.agrees[0]}"
        asked_for = f"{named.origin}: {named.name}={plain(named.text)[:80]} ({known.help})"
        found.notes.append(Note(level="warning", text=f"{asked_for} is not done by this program, which continues {instead}"))
        found.told.add(piece.name)
    return [piece]


def _not_of_a_host(piece: Piece, words: Vocabulary) -> AnswerError | None:
    """What is wrong with an answer for one host that all hosts have in common; keys of oVirt's are none of a host."""
    name = _bare(piece.name)
    key = words.keys.get(name)
    if not piece.host or (key is None and not known_key(name)) or (key is not None and key.whose != "cluster"):
        return None
    hint = f"Give {name} once for all hosts, without {piece.host}."
    return AnswerError(f"{piece.origin}: {piece.host} cannot have its own {name}", hint=hint)


def _unknown(piece: Piece, near: str) -> AnswerError:
    name = piece.name if piece.name.isprintable() else ascii(piece.name)
    hint = f"Did you mean {near}?" if near else "`ovirt-hc-setup answers keys` lists the keys."
    return AnswerError(f"{piece.origin}: there is no key {name}", hint=hint)


def _say_disagreements(ours: Sequence[Piece], found: Gathered) -> None:
    """Two names of one key with different values: one of them is not what the operator thinks it is."""
    last: dict[tuple[str, str, int], Piece] = {}
    for piece in ours:
        if piece.text is None or piece.name.startswith(ADDITIONS):
            continue
        before = last.get((piece.host, piece.name, piece.source))
        if before is not None and before.text != piece.text and before.origin.endswith(")") and not piece.origin.endswith(")"):
            what = f"{before.origin} differs from {piece.name} in {piece.origin}, which is used"
            found.notes.append(Note(level="warning", text=what))
        last[piece.host, piece.name, piece.source] = piece
