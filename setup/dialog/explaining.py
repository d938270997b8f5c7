"""Everything about one key, for a person."""

from __future__ import annotations

import textwrap

from ovirt_hc_setup.dialog.declared import Declared
from ovirt_hc_setup.formats.answers.answer_writing import WrittenAnswer, answers_text
from ovirt_hc_setup.formats.answers.known_keys import KnownKey

WIDTH = 78
PRECEDENCE = (
    "section environment:enforce of an answer file, --set, environment:override, environment:init, environment:default "
    "(of several files the last), the run that is resumed, what is typed or detected, the default"
)


def explained(found: Declared | KnownKey) -> str:
    """A page of text."""
    return _known(found) if isinstance(found, KnownKey) else _ours(found)


def _known(known: KnownKey) -> str:
    rows = [("Type", known.kind), ("Since", known.since), ("Here", "kept and reported, without effect here")]
    if known.agrees:
        rows.append(("Warned of", f"any value other than {' or '.join(known.agrees)}: this program does nothing else"))
    return _page(known.name, known.help, rows)


def _ours(one: Declared) -> str:
    key = one.key
    rows = [("Type", one.type), ("Default", one.default)]
    if key.choices:
        rows.append(("Choices", ", ".join(key.choices)))
    rows += [("Hosts", one.whose)] if one.whose else []
    rows += _asked(one)
    if key.aliases:
        rows.append(("Old names", ", ".join(key.aliases)))
    rows += [("Since", one.since), ("Taken from", f"the first of: {PRECEDENCE}")]
    return "\n".join([_page(key.name, key.help, rows), *_examples(one)])


def _asked(one: Declared) -> list[tuple[str, str]]:
    question = one.question
    if question is None:
        return [("Asked", "never; set it where the default does not fit")]
    rows = [("Asked", f'in {question.section}: "{question.prompt}"')]
    if question.why:
        rows.append(("Why", question.why))
    if question.dialog:
        rows.append(("Dialog", f"{question.dialog} (QUESTION/1/{question.dialog} in old answer files)"))
    return rows


def _examples(one: Declared) -> list[str]:
    if not one.example:
        return []
    entry = WrittenAnswer(one.key.name, one.key.kind, one.example)
    ini = answers_text([entry], ()).decode().splitlines()[-1]
    yaml = [line for line in answers_text([entry], (), yaml=True).decode().splitlines() if line]
    return ["", "  Examples", f"    {ini}", f"    --set {one.key.name}={one.example}", *(f"    {line}" for line in yaml)]


def _page(name: str, help: str, rows: list[tuple[str, str]]) -> str:
    lines = [name, *textwrap.wrap(help, WIDTH, initial_indent="  ", subsequent_indent="  "), ""]
    rest = textwrap.TextWrapper(WIDTH, subsequent_indent=" " * 14, break_on_hyphens=False, break_long_words=False)
    for label, text in rows:
        rest.initial_indent = f"  {label:<11} "
        lines += rest.wrap(text)
    return "\n".join(lines)
