"""A manual page in roff's `man` macros, which groff and mandoc read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ovirt_hc_setup.formats.shell.command_tree import Command, Value


@dataclass(frozen=True)
class ManPage:
    """What no parser knows: the purpose in a few words, a text for DESCRIPTION, lists of names with what they mean, and other
    pages as `name(section)`.
    """

    section: int
    purpose: str
    description: str
    files: Mapping[str, str]
    environment: Mapping[str, str]
    exit_status: Mapping[str, str]
    see_also: Sequence[str]


def page(program: str, version: str, date: str, tree: Command, texts: ManPage) -> str:
    """The whole page. `date` is as in 2026-01-31."""
    lines = [
        f'.TH {program.upper()} {texts.section} {date} "{program} {version}"',
        ".SH NAME",
        f"{_escaped(program)} \\- {_escaped(texts.purpose)}",
        ".SH SYNOPSIS",
        ".nf",
        *(_synopsis(program, command) for command in tree.every() if not command.commands),
        ".fi",
        ".SH DESCRIPTION",
        *_paragraphs(texts.description),
        ".SH OPTIONS",
        *_options(tree),
        ".SH VERBS",
        *(line for command in tree.commands for below in command.every() for line in _verb(below)),
        ".SH EXAMPLES",
        ".nf",
        *(line for command in tree.every() for line in _examples(command)),
        ".fi",
        *_list("FILES", texts.files),
        *_list("ENVIRONMENT", texts.environment),
        *_list("EXIT STATUS", texts.exit_status),
        ".SH SEE ALSO",
        ",\n".join(_reference(name) for name in texts.see_also),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(program: str, command: Command) -> str:
    words = " ".join((program, *command.path))
    options = " [OPTION ...]" if command.options else ""
    values = "".join(f" {_told(argument.value)}" for argument in command.arguments)
    return f"\\fB{_escaped(words)}\\fR{options}{values}"


def _verb(command: Command) -> Iterator[str]:
    yield f'.SS "{_escaped(" ".join(command.path))}"'
    yield from _paragraphs(command.description or f"{command.about[:1].upper()}{command.about[1:]}.")
    yield from _options(command)


def _options(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        yield from _entry(f"\\fI{_escaped(argument.value.metavar)}\\fR", argument.help)
    for option in command.options:
        if command.path and "--help" in option.names:
            continue  # every verb has it: it is told once
        value = "" if option.value is None else f" \\fI{_escaped(option.value.metavar)}\\fR"
        names = ", ".join(f"\\fB{_escaped(name)}\\fR{value}" for name in option.names)
        yield from _entry(names, option.help)


def _told(value: Value) -> str:
    return f"\\fI{_escaped(value.metavar)}\\fR" + (" ..." if value.several and not value.metavar.startswith("--") else "")


def _examples(command: Command) -> Iterator[str]:
    """The lines of an epilog below `examples:`."""
    _, found, lines = command.epilog.partition("examples:\n")
    for line in lines.splitlines() if found else ():
        yield f"    {_escaped(line.strip())}"


def _list(title: str, entries: Mapping[str, str]) -> Iterator[str]:
    yield f".SH {title}"
    for name, text in entries.items():
        yield from _entry(f"\\fB{_escaped(name)}\\fR", text)


def _entry(head: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield head
    yield from _lines(text)


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            yield ".PP"
        yield from _lines(paragraph)


def _reference(name: str) -> str:
    page_name, _, section = name.partition("(")
    return f"\\fB{_escaped(page_name)}\\fR({section}"


def _lines(text: str) -> Iterator[str]:
    """A paragraph. A line that begins with a dot or an apostrophe would be a request."""
    for line in textwrap.wrap(text, 70):
        escaped = _escaped(line)
        yield f"\\&{escaped}" if escaped.startswith(".") else escaped


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq").replace('"', "\\(dq")
