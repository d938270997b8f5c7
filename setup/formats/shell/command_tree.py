"""What a program can be told on its command line, read from its argparse parser: for completion scripts and the manual page.

The metavar of an argument says what it is: FILE, HOST (one that SSH reaches), LAB-HOST, KEY (of an answer), KEY=VALUE (an
answer). Whatever has choices is one of them. What is hidden from the help is not there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["choice", "file", "host", "lab-host", "key", "answer", "run", "text"]

KINDS: Mapping[str, Kind] = {
    "FILE": "file",
    "HOST": "host",
    "LAB-HOST": "lab-host",
    "KEY": "key",
    "KEY=VALUE": "answer",
    "RUN": "run",
}


@dataclass(frozen=True)
class Value:
    """What stands after an option, or by itself; `several` may follow one another."""

    metavar: str
    kind: Kind
    choices: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True)
class Option:
    """`value` None: it is a switch."""

    names: tuple[str, ...]
    value: Value | None
    help: str
    repeatable: bool = False


@dataclass(frozen=True)
class Argument:
    value: Value
    help: str


@dataclass(frozen=True)
class Command:
    """`path` are the words that lead to it, none for the program itself; `about` is a line, `description` more of them."""

    path: tuple[str, ...]
    about: str
    description: str
    epilog: str
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]
    commands: tuple[Command, ...]

    def every(self) -> Iterator[Command]:
        """This one and all below it."""
        yield self
        for command in self.commands:
            yield from command.every()


@dataclass(frozen=True)
class AnswerWord:
    """An answer for completion: `values` are all that it can be (none: anything), `file` that it is a path."""

    key: str
    values: tuple[str, ...] = ()
    file: bool = False
    secret: bool = False


@dataclass(frozen=True)
class CompletionWords:
    """The words for the kinds that no parser knows."""

    answers: tuple[AnswerWord, ...]
    lab_hosts: tuple[str, ...]


def read(parser: argparse.ArgumentParser, path: tuple[str, ...] = (), about: str = "") -> Command:
    """The tree of a parser."""
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    below = [action for action in shown if isinstance(action, argparse._SubParsersAction)]
    plain = [action for action in shown if not isinstance(action, argparse._SubParsersAction)]
    return Command(
        path=path,
        about=about,
        description=parser.description or "",
        epilog=parser.epilog or "",
        options=tuple(_option(parser, action) for action in plain if action.option_strings),
        arguments=tuple(Argument(_value(action), _help(parser, action)) for action in plain if not action.option_strings),
        commands=tuple(found for action in below for found in _below(action, path)),
    )


def _below(action: argparse._SubParsersAction[argparse.ArgumentParser], path: tuple[str, ...]) -> Iterator[Command]:
    """The commands that have a line in the help."""
    for listed in action._choices_actions:
        yield read(action.choices[listed.dest], (*path, listed.dest), listed.help or "")


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    repeatable = isinstance(action, argparse._AppendAction)
    return Option(tuple(action.option_strings), None if action.nargs == 0 else _value(action), _help(parser, action), repeatable)


def _value(action: argparse.Action) -> Value:
    choices = tuple(str(choice) for choice in action.choices or ())
    metavar: Any = action.metavar or ("{" + ",".join(choices) + "}" if choices else action.dest.upper())
    kind = "choice" if choices else KINDS.get(metavar, "text")
    return Value(metavar, kind, choices, action.nargs in ("+", "*", argparse.REMAINDER))


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return parser._get_formatter()._expand_help(action) if action.help else ""
