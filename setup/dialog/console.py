"""Asking a person at a terminal, with prompt_toolkit: defaults, choices, completion, `?` for help, `<` to go back."""

from __future__ import annotations

from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, DummyCompleter, PathCompleter, WordCompleter
from prompt_toolkit.history import DummyHistory

from ovirt_hc_setup.base.errors import Declined, SetupError, ValueRefused
from ovirt_hc_setup.base.events import plain
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.interview import GoBack
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

LEAVE = "Nothing was changed on this host."


class Console:
    """A Dialog on standard input and output. A person needs no name of a request."""

    def __init__(self) -> None:
        self._session: PromptSession[str] = PromptSession(reserve_space_for_menu=0)
        self._hidden: PromptSession[str] = PromptSession(history=DummyHistory(), is_password=True)
        self._section = ""

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        if question.section != self._section:
            self._section = question.section
            print(f"\n--== {question.section} ==--\n")
        choices = self._choices(question, context)
        while True:
            try:
                return self._once(question, context, proposal, choices)
            except ValueRefused as error:
                print(f"  {plain(error.message)}\n  {plain(error.hint)}".rstrip())

    def confirm(self, text: str, *, default: bool, name: str = "") -> bool:
        """Yes or no; Ctrl-D is no."""
        while True:
            word = self._prompt(f"{text} (Yes, No)[{'Yes' if default else 'No'}]: ").lower() or ("yes" if default else "no")
            if word in ("yes", "y", "no", "n"):
                return word[0] == "y"
            print("  Please answer Yes or No.")

    def text(self, prompt: str, *, name: str = "") -> str:
        return self._prompt(prompt)

    def hidden(self, prompt: str, *, name: str = "") -> str:
        """A text that is not shown; empty input counts. Raises Declined."""
        try:
            return self._hidden.prompt(prompt)
        except (EOFError, KeyboardInterrupt):
            raise Declined("left at a question", hint=LEAVE) from None

    def _once(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None, choices: list[Choice]) -> Any:
        default = "" if proposal is None or question.key.secret else question.key.text(proposal.value)
        typed = self._prompt(_prompt_text(question, default, proposal), question, choices)
        if typed == "<":
            raise GoBack
        if typed == "?":
            print(_help(question, proposal))
            return self._once(question, context, proposal, choices)
        text = self._chosen(typed, choices) or default
        if not text and proposal is None and not question.key.optional:
            raise ValueRefused("an answer is needed", hint=f"? explains it. For example: {question.key.example or '...'}")
        value = question.key.parse(text)
        if question.twice and self._prompt(f"{question.prompt}, once more: ", question) != typed:
            raise ValueRefused("the two entries differ", hint="Type it again.")
        question.validate(context, value)
        return value

    def _choices(self, question: Question[Any], context: Context) -> list[Choice]:
        try:
            choices = list(question.choices(context))
        except SetupError as error:
            print(f"  (the choices could not be found out: {plain(error.message)})")
            return []
        offered = [choice for choice in choices if not choice.why_not]
        for number, choice in enumerate(offered, 1):
            print(f"  {number}) {plain(choice.text)}  {plain(choice.detail)}".rstrip())
        for choice in choices:
            if choice.why_not:
                print(f"  -  {plain(choice.text)}: not offered, {plain(choice.why_not)}")
        return offered

    def _chosen(self, typed: str, choices: list[Choice]) -> str:
        if typed.isdigit() and 1 <= int(typed) <= len(choices):
            return choices[int(typed) - 1].text
        return typed

    def _prompt(self, text: str, question: Question[Any] | None = None, choices: list[Choice] | None = None) -> str:
        hidden = question is not None and question.key.secret
        try:
            if hidden:
                return self._hidden.prompt(text)
            return self._session.prompt(text, completer=_completer(question, choices or [])).strip()
        except (EOFError, KeyboardInterrupt):
            raise Declined("left at a question", hint=LEAVE) from None


def _prompt_text(question: Question[Any], default: str, proposal: Proposal[Any] | None) -> str:
    shown = f" [{plain(default)}]" if default else ""
    origin = f" ({proposal.origin})" if proposal is not None and default and proposal.origin != "default" else ""
    return f"{question.prompt}{origin}{shown}: "


def _help(question: Question[Any], proposal: Proposal[Any] | None) -> str:
    lines = [question.key.help, question.why]
    lines.append(f"Key: {question.key.name}")
    if proposal is not None and not question.key.secret:
        lines.append(f"Default: {question.key.text(proposal.value)} ({proposal.origin})")
    if question.key.example:
        lines.append(f"Example: {question.key.example}")
    return "\n".join(f"  {line}" for line in lines if line)


def _completer(question: Question[Any] | None, choices: list[Choice]) -> Completer:
    if question is not None and question.complete == "path":
        return PathCompleter(expanduser=True)
    if choices:
        return WordCompleter([choice.text for choice in choices])
    return DummyCompleter()
