"""Asking a person at a terminal: defaults, choices, completion, earlier lines, `?` for help, `<` to go back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ovirt_hc_setup.base.errors import Declined, SetupError, ValueRefused
from ovirt_hc_setup.dialog.layout import USAGE, choice_lines, help_text, prompt_text, wrapped
from ovirt_hc_setup.dialog.line_aid import Aid, Lines
from ovirt_hc_setup.dialog.prompting import PAGES, lines_of_terminal
from ovirt_hc_setup.dialog.said_waiting import waiting
from ovirt_hc_setup.runner.asker import GoBack
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

UNCHANGED = "Nothing was changed on this host."
STEERING = ("?", "<")


@dataclass
class Console:
    """A Dialog on standard input and output. A person needs no name of a request. `command` goes on where the person leaves, with
    the answers that were given: without it nothing of that is said, and leaving needs no second thought."""

    command: str = ""
    kept: Callable[[], str] = lambda: ""  # what becomes of the answers
    _lines: Lines | None = None
    sections: Sequence[str] = ()  # all that may come, in their order
    _section: str = ""
    _asked: list[str] = field(default_factory=list)
    _told: bool = False
    _typed: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        while True:
            try:
                offered = self._open(question, context)
                return self._until_right(question, context, proposal, offered)
            except (EOFError, KeyboardInterrupt):
                self._leave()

    def confirm(self, text: str, *, default: bool, name: str = "", back: bool = False) -> bool:
        """Yes or no; with `back`, GoBack for `<`."""
        words = f"Yes, No{', < goes back' if back else ''}"
        prompt = f"{wrapped(f'{text} ({words}) [{_word(default)}]:')} "
        while True:
            word = self.text(prompt).lower() or _word(default).lower()
            if word in ("yes", "y", "no", "n"):
                return word[0] == "y"
            if back and word == "<":
                raise GoBack
            print(f"  Please answer Yes or No{', or < to go back' if back else ''}.")

    def text(self, prompt: str, *, name: str = "") -> str:
        while True:
            try:
                return self._reader.line(prompt, Aid(turning=name in PAGES)).strip()
            except (EOFError, KeyboardInterrupt):
                self._leave()

    def hidden(self, prompt: str, *, name: str = "") -> str:
        """A text that is not shown; empty input counts. Raises Declined."""
        while True:
            try:
                return self._reader.hidden(prompt)
            except (EOFError, KeyboardInterrupt):
                self._leave()

    @property
    def _reader(self) -> Lines:
        self._lines = self._lines or lines_of_terminal()
        return self._lines

    def _open(self, question: Question[Any], context: Context) -> list[Choice]:
        """Show what a question is about; the choices that are offered."""
        if question.section != self._section:
            self._section = question.section
            print(f"\n--== {question.section} ==--")
        if question.key.name not in self._asked:
            self._asked.append(question.key.name)
        if not self._told:
            print(f"\n{wrapped(USAGE)}")
            self._told = True
        print()
        with waiting("Looking for choices"):
            choices, trouble = _choices(question, context)
        if question.section in self.sections:
            section = f"Section {self.sections.index(question.section) + 1} of {len(self.sections)}"
            print(f"  {section}, question {self._asked.index(question.key.name) + 1}")
        for text in (wrapped(question.why, "  "), choice_lines(choices), trouble):
            if text:
                print(text)
        return [choice for choice in choices if not choice.why_not]

    def _until_right(
        self, question: Question[Any], context: Context, proposal: Proposal[Any] | None, offered: list[Choice]
    ) -> Any:
        while True:
            try:
                return self._once(question, context, proposal, offered)
            except Declined:
                raise
            except SetupError as error:
                print(wrapped(str(error), "  "))

    def _leave(self) -> None:
        """Ask whether to leave; raises Declined then. Doing it a second time is leaving."""
        hint = UNCHANGED
        if self.command:
            kept = f"{self.kept()} To continue: {self.command}".strip()
            hint = f"{UNCHANGED} {kept}"
            try:
                word = self._reader.line(f"{wrapped(f'Quit? {kept} (Yes, No) [No]:')} ", Aid())
                if not word.strip().lower().startswith("y"):
                    return
            except (EOFError, KeyboardInterrupt):
                pass
        raise Declined("stopped at a question", hint=hint)

    def _once(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None, offered: list[Choice]) -> Any:
        """One answer. Raises ValueRefused where it cannot be used, GoBack, KeyboardInterrupt and EOFError."""
        typed = self._read(question, proposal, offered)
        if typed == "<":
            raise GoBack
        if typed == "?":
            print(help_text(question, proposal))
            return self._once(question, context, proposal, offered)
        if not typed and proposal is not None:
            with waiting("Checking it"):
                question.validate(context, proposal.value)
            return proposal.value
        if not typed and not question.key.optional:
            raise ValueRefused("an answer is required", hint=f"For example: {question.key.example or '...'}")
        value = question.key.parse(_chosen(typed, offered))
        with waiting("Checking it"):
            value = question.settle(context, value)
            question.validate(context, value)
        # Before anything is said against it: who has typed a secret types it once more, whatever is asked then.
        if question.twice and self._reader.hidden(f"{question.prompt}, once more: ") != typed:
            raise ValueRefused("the two entries differ", hint="Type it again.")
        self._think_again(question, context, value)
        return value

    def _read(self, question: Question[Any], proposal: Proposal[Any] | None, offered: list[Choice]) -> str:
        """What was typed, kept among the earlier lines unless it is secret."""
        prompt, key = prompt_text(question, proposal), question.key
        if key.secret:
            return self._reader.hidden(prompt)
        words = [choice.text for choice in offered] or key.choices or (("Yes", "No") if key.kind == "bool" else ())
        default = "" if proposal is None or proposal.value is None else key.text(proposal.value)
        aid = Aid(words, question.complete, self._past(key.name, default), several=bool(key.separator))
        typed = self._reader.line(prompt, aid).strip()
        if typed and typed not in STEERING:
            self._typed = [entry for entry in self._typed if entry != (key.name, typed)] + [(key.name, typed)]
        return typed

    def _past(self, name: str, default: str) -> list[str]:
        """Earlier lines: those of other questions, then the default of this one, to be changed, then what was typed to it."""
        others = [text for other, text in self._typed if other != name]
        own = [text for other, text in self._typed if other == name and text != default]
        return [*others, *([default] if default else []), *own]

    def _think_again(self, question: Question[Any], context: Context, value: Any) -> None:
        """Raises ValueRefused when there is something to be said against an answer, and the person then takes another one."""
        doubt = question.doubted(context, value)
        if not doubt:
            return
        print(wrapped(doubt, "  "))
        if not self.confirm("Use it anyway?", default=False):
            raise ValueRefused("not taken", hint="Enter another one.")


def _choices(question: Question[Any], context: Context) -> tuple[list[Choice], str]:
    """All choices; and, where they could not be found out, that."""
    try:
        return list(question.choices(context)), ""
    except SetupError as error:
        return [], wrapped(f"(the choices could not be determined: {error.message})", "  ")


def _word(yes: bool) -> str:
    return "Yes" if yes else "No"


def _chosen(typed: str, offered: list[Choice]) -> str:
    if typed.isdigit() and 1 <= int(typed) <= len(offered):
        return offered[int(typed) - 1].text
    return typed
