"""Files of Ansible's role `hosted_engine_setup` as answers: its `he_*` variables become keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ovirt_hc_setup.base.errors import AnswerError, SetupError
from ovirt_hc_setup.dialog.pieces import Piece
from ovirt_hc_setup.formats.answers.role_variables import JOINED, MOST_THERE_IS, VARIABLES


def as_key(piece: Piece) -> Piece:
    """The piece under the name of the key that its variable answers; as it is where no key does."""
    key = VARIABLES.get(piece.name, "")
    text = None if piece.text == MOST_THERE_IS else piece.text
    return replace(piece, name=key, text=text, origin=f"{piece.origin} ({piece.name})") if key else piece


def joined(pieces: Sequence[Piece], errors: list[SetupError]) -> list[Piece]:
    """With the halves of one answer together: a server and its folder, an address and its prefix length."""
    last = {piece.name: piece for piece in pieces}
    found = [piece for piece in pieces if piece.name not in {half for half, _ in JOINED.values()}]
    for name, (half, between) in JOINED.items():
        first, second = last.get(name), last.get(half)
        if second is None or not second.text:
            continue
        if first is None or not first.text:
            errors.append(AnswerError(f"{second.origin}: {half} stands without {name}", hint=f"Give {name} too."))
        elif between not in first.text:
            found[found.index(first)] = replace(first, kind="str", text=f"{first.text}{between}{second.text}")
    return found


def of_other_roles(pieces: Sequence[Piece]) -> list[SetupError]:
    """One error a file for what other roles read: it is not repeated name by name."""
    files: dict[str, list[str]] = {}
    for piece in pieces:
        files.setdefault(piece.origin.rsplit(" line ", 1)[0], []).append(piece.name)
    hint = "Of Ansible's files only the he_* variables of the role hosted_engine_setup are read: give a file that has only them."
    return [
        AnswerError(f"{file} is a file of Ansible roles that prepare hosts or Gluster ({names[0]}, ...)", hint=hint)
        for file, names in files.items()
    ]
