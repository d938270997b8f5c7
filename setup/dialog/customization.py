"""otopi's customization prompt: a front-end sets answers with commands before the first question.

It is there with `DIALOG/customization=bool:True`, in the machine dialect. What is set here is as if given on the command line.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ovirt_hc_setup.base.errors import Declined, ValueRefused
from ovirt_hc_setup.base.secrets import MASK
from ovirt_hc_setup.dialog.line_channel import LineChannel
from ovirt_hc_setup.dialog.nearness import nearest
from ovirt_hc_setup.formats.answers import machine_dialect as dialect
from ovirt_hc_setup.formats.answers.known_keys import known_key
from ovirt_hc_setup.formats.answers.machine_dialect import Query
from ovirt_hc_setup.formats.answers.typed_value import TYPES, why_not
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Given, Source

NAME = "CUSTOMIZATION_COMMAND"
ORIGIN = "the front-end"
MOST_LINES = 10_000
OF_THE_DIALOG = {
    "DIALOG/dialect": ("str", "machine"),
    "DIALOG/cliVersion": ("int", "1"),
    "DIALOG/boundary": ("str", dialect.BOUNDARY),
}
COMMANDS = {
    "abort": "give up",
    "env-get": "show a value: -k KEY",
    "env-query": "ask for a value with its type: -k KEY",
    "env-query-multi": "ask for a value of several lines: -k KEY",
    "env-set": "set a value: -k KEY -t TYPE -v VALUE",
    "env-show": "show all values",
    "help": "show the commands",
    "install": "continue with the questions",
    "noop": "do nothing",
}


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueRefused("the command is not right", hint=f"{message}.")  # argparse names options, and repeats no value


@dataclass
class Customization:
    """`given` is what files and options say; `set_here` what the commands said."""

    keys: Mapping[str, Key[Any]]
    given: Sequence[Given]
    channel: LineChannel = field(default_factory=LineChannel)
    set_here: list[Given] = field(default_factory=list)

    def hold(self) -> list[Given]:
        """Until `install`; what was set. Raises Declined at `abort` and at the end of the input."""
        while True:
            asked = Query(name=NAME, notes=("Customization phase, use 'install' to proceed", "COMMAND>"))
            self.channel.write(dialect.query(asked))
            try:
                words = _split(self.channel.read())
                if words == ["install"]:
                    return self.set_here
                if words:
                    self._do(words[0], words[1:])
            except ValueRefused as error:
                self.channel.write([dialect.log("ERROR", f"{error.message}. {error.hint}")])

    def _do(self, command: str, words: Sequence[str]) -> None:
        actions: dict[str, Callable[[argparse.Namespace], None]] = {
            "abort": self._abort,
            "env-get": self._get,
            "env-query": self._query,
            "env-query-multi": self._query_lines,
            "env-set": self._set,
            "env-show": self._show,
            "help": self._help,
            "install": lambda given: None,
            "noop": lambda given: None,
        }
        if command not in actions:
            raise ValueRefused("there is no such command", hint=f"Commands are: {', '.join(COMMANDS)}.")
        if words[:1] in (["-h"], ["--help"]):
            self._explain(command)
        else:
            actions[command](_options(command, words))

    def _explain(self, command: str) -> None:
        self.channel.write(dialect.note(f"{command} - {COMMANDS[command]}"))

    def _abort(self, given: argparse.Namespace) -> None:
        raise Declined("aborted by the front-end", hint="Nothing was changed.")

    def _help(self, given: argparse.Namespace) -> None:
        for command in COMMANDS:
            self._explain(command)

    def _get(self, given: argparse.Namespace) -> None:
        kind, text = self._value(given.key)
        self.channel.write([dialect.value(given.key, kind, text)])

    def _show(self, given: argparse.Namespace) -> None:
        for name in (*OF_THE_DIALOG, *sorted(self.keys)):
            kind, text = self._value(name)
            if kind != "none":
                self.channel.write(dialect.note(f"'{name}'={kind}:'{text}'"))

    def _set(self, given: argparse.Namespace) -> None:
        if given.value is None:
            raise ValueRefused("no value", hint="Write env-set -k KEY -t TYPE -v VALUE.")
        if given.type not in TYPES:
            raise ValueRefused("there is no such type", hint=f"Types are: {', '.join(TYPES)}.")
        self._take(given.key, given.type, given.value)

    def _query(self, given: argparse.Namespace) -> None:
        self.channel.write(dialect.query_value(given.key, (f"Please specify value for '{given.key}':",)))
        answer = dialect.typed_answer(self.channel.read(), given.key)
        if answer is None:
            self._abort(given)
        else:
            self._take(given.key, *answer)

    def _query_lines(self, given: argparse.Namespace) -> None:
        self.channel.write(dialect.query_lines(given.key, (f"Please specify multiple strings for '{given.key}':",)))
        lines: list[str] = []
        while (line := self.channel.read()) != dialect.BOUNDARY:
            if line == dialect.ABORT_BOUNDARY:
                self._abort(given)
            lines += [line] if len(lines) < MOST_LINES else []
        key = self.keys.get(given.key)
        self._take(given.key, "multi-str", ((key.separator if key else "") or "\n").join(lines))

    def _take(self, name: str, kind: str, text: str) -> None:
        """Raises ValueRefused for a key that is not there, or a value that is none for it."""
        if reason := why_not(kind, text):
            raise ValueRefused(reason, hint=f"It was given as {kind}.")
        key = self.keys.get(name)
        if key is None and known_key(name) is not None:
            self.channel.write(dialect.note(f"{name} is oVirt's, and without effect here"))
            return
        if key is None:
            near = nearest(name, {key.name: key.help for key in self.keys.values()})
            raise ValueRefused("there is no such key", hint=f"Did you mean {near}?" if near else "env-show lists some.")
        if kind != "none":
            key.parse(text)
            self.set_here.append(Given(name, text, Source.COMMAND_LINE, ORIGIN))

    def _value(self, name: str) -> tuple[str, str]:
        """Type and text of what is known of a key so far; a secret is not shown."""
        if name in OF_THE_DIALOG:
            return OF_THE_DIALOG[name]
        key, found = self.keys.get(name), winners([*self.given, *self.set_here]).get(name)
        if key is None or (found is None and key.default is None):
            return "none", "None"
        if key.secret:
            return key.kind, MASK
        return key.kind, found.text if found is not None else key.text(key.default)


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise ValueRefused("a quote is not closed", hint="Close it.") from None


def _options(command: str, words: Sequence[str]) -> argparse.Namespace:
    """Raises ValueRefused for words that the command does not take."""
    parser = _Words(prog=command, add_help=False, allow_abbrev=False)
    if command.startswith("env-") and command != "env-show":
        parser.add_argument("-k", "--key", required=True)
    if command == "env-set":
        parser.add_argument("-t", "--type", default="str")
        parser.add_argument("-v", "--value")
    given, rest = parser.parse_known_args(words)
    if rest:
        raise ValueRefused("the command has more words than it takes", hint=f"{command}: {COMMANDS[command]}.")
    return given
