"""The parser of every verb: a help that fits a terminal of 80x24, and messages that name what was probably meant."""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import textwrap
from collections.abc import Generator, Iterable, Iterator
from typing import Any, NoReturn

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.shown import as_called, shown

WIDEST = 80
MORE = "more options"
"""The title of the group of options that the help only names; the manual page tells of them."""


class Help(argparse.RawDescriptionHelpFormatter):
    """A line an option, with the first of its names: the others are for old habits, and stand in the manual page."""

    def __init__(self, prog: str) -> None:
        width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
        super().__init__(prog, max_help_position=24, width=max(width, 60))

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        name = ", ".join(action.option_strings) if action.nargs == 0 else action.option_strings[0]
        return name if action.nargs == 0 else f"{name} {self._format_args(action, action.dest.upper())}"

    def _format_action(self, action: argparse.Action) -> str:
        if isinstance(action, argparse._SubParsersAction):  # their heading says what they are
            return self._join_parts([super(Help, self)._format_action(one) for one in self._iter_indented_subactions(action)])
        return super()._format_action(action)

    def _iter_indented_subactions(self, action: argparse.Action) -> Generator[argparse.Action, None, None]:
        if isinstance(action, argparse._SubParsersAction):
            yield from action._get_subactions()
        else:
            yield from super()._iter_indented_subactions(action)


def more(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Where options go that are seldom needed."""
    found = [group for group in parser._action_groups if group.title == MORE]
    return found[0] if found else parser.add_argument_group(MORE)


class Parser(argparse.ArgumentParser):
    """Ends the program with 2 for what it does not understand."""

    def __init__(self, **words: Any) -> None:
        words.setdefault("formatter_class", Help)
        super().__init__(**words)
        self._actions[0].help = "show this help and exit"

    def format_help(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(" ".join(self._usage_words()), self._actions, self._mutually_exclusive_groups)
        formatter.add_text(_filled(self.description or "", formatter))
        for group in self._action_groups:
            # Where --help is all that there is, it was found already.
            if group.title != MORE and group._group_actions != self._actions[:1]:
                formatter.start_section(group.title)
                formatter.add_arguments(group._group_actions)
                formatter.end_section()
        seldom = [action.option_strings[0] for action in more(self)._group_actions if action.help != argparse.SUPPRESS]
        if seldom:
            formatter.add_text(_filled(f"See `{self.prog.split()[0]} man` for: {', '.join(seldom)}", formatter))
        formatter.add_text(self.epilog)
        return as_called(formatter.format_help())

    def _usage_words(self) -> Iterator[str]:
        yield self.prog
        yield "[OPTION ...]"
        for action in self._get_positional_actions():
            name = str(action.metavar or action.dest.upper())
            several = isinstance(action, argparse._SubParsersAction) or action.nargs == "+"
            yield f"{name} ..." if several else f"[{name}]" if action.nargs == "?" else name

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Also for verbs; raises ArgumentError, which ends in `error`."""
        if action.choices is None or value in action.choices:
            return
        words = [str(choice) for choice in action.choices]
        if isinstance(action, argparse._SubParsersAction):
            words = [below.dest for below in action._get_subactions()]
            raise argparse.ArgumentError(None, f"there is no {str(action.metavar).lower()} {value!r}{_meant(str(value), words)}")
        raise argparse.ArgumentError(action, f"{value!r} is not one of: {', '.join(words)}")

    def error(self, message: str) -> NoReturn:
        below = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        if below and message.endswith(f"required: {below[0].metavar}"):
            self.print_help(sys.stderr)
            self.exit(2)
        print(shown(f"{self.prog}: {message}\n  {self.prog} --help shows the options."), file=sys.stderr)
        self.exit(2)

    def known_args(self, words: list[str]) -> argparse.Namespace:
        """What was given; raises UsageError naming what nobody knows."""
        args, strange = self.parse_known_args(words)
        if not strange:
            return args
        parser = self._of(words)
        options = [name for action in parser._actions for name in action.option_strings if action.help != argparse.SUPPRESS]
        told = "\n  ".join(_strange(word, options) for word in strange)
        raise UsageError(told, hint=f"{parser.prog} --help shows the options.")

    def _of(self, words: Iterable[str]) -> argparse.ArgumentParser:
        """The parser that words lead to."""
        parser: argparse.ArgumentParser = self
        for word in words:
            below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
            if not below:
                break
            parser = below[0].choices.get(word, parser)
        return parser


def _filled(text: str, formatter: argparse.HelpFormatter) -> str:
    return textwrap.fill(text, formatter._width)


def _strange(word: str, options: list[str]) -> str:
    if not word.startswith("-"):
        return f"{word!r} is unexpected here"
    name = word.partition("=")[0]
    return f"there is no option {name}{_meant(name, options)}"


def _meant(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {near[0]}?" if near else ""
