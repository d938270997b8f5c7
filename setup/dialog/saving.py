"""Writing answers down: sorted, commented, without secrets. What is written asks nothing and answers the same when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup.dialog.pieces import Piece, split_host
from ovirt_hc_setup.dialog.supply import kept_secret
from ovirt_hc_setup.formats.answers.answer_file import OF_HOST
from ovirt_hc_setup.formats.answers.answer_writing import WrittenAnswer, answers_text
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Answer, Answers, Source

OPENING = (
    "Answers of ovirt-hc-setup. Secrets are not in it: give them as file:PATH or env:NAME, or use --ask-secrets.",
)


def saved_answers(
    answers: Answers,
    keys: Mapping[str, Key[Any]],
    kept: Sequence[Piece] = (),
    *,
    own: str = "",
    path: Path | None = None,
    with_ids: bool = False,
) -> bytes:
    """An answer file that gives the same answers again, to be written with mode 0600: YAML when `path` ends in .yaml or .yml.

    Secrets are named in comments, to be filled in. `kept` is what only oVirt knows; it is written as it came. What was drawn for
    this run (ids) is left out unless `with_ids`: another deployment from the same file must not have the same ones. The MAC
    address, for which a DHCP server may have a reservation by then, stays. Where the file speaks of several hosts, `own` is this
    one: what is a host's stands in its section then.
    """
    entries = [
        _entry(keys[name], answer, own)
        for name, answer in answers.items()
        if name in keys and not keys[name].found_out and (with_ids or answer.source is not Source.DRAWN)
    ]
    entries += [_kept(piece) for piece in kept if piece.text is not None and not kept_secret(piece)]
    yaml = path is not None and path.suffix in (".yaml", ".yml")
    return answers_text(sorted(entries, key=lambda entry: (entry.section, entry.name)), OPENING, yaml=yaml)


def _entry(key: Key[Any], answer: Answer, own: str) -> WrittenAnswer:
    host, name = split_host(key.name)
    host = host or (own if key.whose in ("host", "one") else "")
    return replace(_written(key, answer), name=name, section=f"{OF_HOST}{host}" if host else "")


def _written(key: Key[Any], answer: Answer) -> WrittenAnswer:
    comment = (f"{key.help} ({answer.origin})",)
    if key.secret:
        return WrittenAnswer(key.name, "str", "file:PATH", comment, off=True)
    if answer.value is None:
        # Not `none`, which would say that there is no answer: False is the predecessor's word for "nothing".
        return WrittenAnswer(key.name, "bool", "False", comment)
    return WrittenAnswer(key.name, key.kind, key.text(answer.value), comment)


def _kept(piece: Piece) -> WrittenAnswer:
    return WrittenAnswer(piece.name, piece.kind or "str", piece.text, (f"of oVirt, without effect here ({piece.origin})",))
