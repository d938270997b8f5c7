"""A template of an answer file: what has to be given stands there to be changed, everything else as a comment."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.dialog.declared import Declared
from ovirt_hc_setup.formats.answers.answer_writing import WrittenAnswer, answers_text

OPENING = (
    "Answers for ovirt-hc-setup. Lines without # in front are required; change them.",
    "Lines with # have a default or are detected on the host; remove the # to set them yourself.",
    "`ovirt-hc-setup answers explain KEY` explains a key, `answers validate FILE` checks this file.",
)


def template(every: Sequence[Declared], *, everything: bool, yaml: bool) -> bytes:
    """All keys that can be given, or (without `everything`) only those with a question behind them and no own default."""
    shown = [one for one in every if (everything or one.needed or one.detected) and not one.key.found_out]
    entries, section = [], ""
    for one in shown:
        heading = one.section if one.section != section and not yaml else ""
        section = one.section
        entries.append(_entry(one, heading))
    return answers_text(entries, OPENING, yaml=yaml)


def _entry(one: Declared, heading: str) -> WrittenAnswer:
    key = one.key
    comment = [key.help]
    if one.question is not None and one.question.why:
        comment.append(one.question.why)
    comment.append(f"{'Needed' if one.needed else f'Default: {one.default}'}. Type: {one.type}.")
    if key.optional and key.default is None:
        comment.append("False means none.")
    comment += [one.whose] if one.whose else []
    text = one.example
    return WrittenAnswer(key.name, key.kind, text, comment, off=not one.needed, heading=heading)
