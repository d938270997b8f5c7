"""Being answered by a program, in otopi's machine dialect: the predecessor's requests, by the predecessor's names.

What the predecessor asked with a query is a query here (also its questions for Yes and No); what only this program asks to be
confirmed is a `***CONFIRM`. A wrong answer is said in a log record, and the request comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ovirt_hc_setup.base.errors import AnswerError, Declined, SetupError, ValueRefused
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.dialog.line_channel import LineChannel
from ovirt_hc_setup.formats.answers import machine_dialect as dialect
from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS, MEANINGS, PROCEED, further_dialog, words_of
from ovirt_hc_setup.formats.answers.machine_dialect import Query
from ovirt_hc_setup.formats.answers.typed_value import as_bool
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

MOST_TRIES = 100
"""A front-end that gives the same wrong answer again and again would otherwise never end."""

YES_NO = ("Yes", "No")
DOUBTED = "HC_DOUBTED"

T = TypeVar("T")


class MachineDialog:
    """A Dialog on standard input and output."""

    def __init__(self) -> None:
        self._channel = LineChannel()
        self._section = ""

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        if question.section != self._section:
            self._section = question.section
            self._channel.write(dialect.note(f"\n--== {question.section} ==--\n"))
        asked = self._query(question, context, proposal)
        return self._until_right(asked.name, lambda: self._once(question, context, proposal, asked))

    def confirm(self, text: str, *, default: bool, name: str, back: bool = False) -> bool:
        if name in DIALOGS:
            asked = Query(name=name, notes=(text,), default=YES_NO[not default], valid=YES_NO)
            return self._until_right(name, lambda: _yes(self._line(asked) or asked.default))
        return self._until_right(name, lambda: self._confirmed(name, text))

    def text(self, prompt: str, *, name: str) -> str:
        return self._until_right(name, lambda: self._line(Query(name=name, notes=(prompt,))))

    def hidden(self, prompt: str, *, name: str) -> str:
        return self._until_right(name, lambda: self._line(Query(name=name, notes=(prompt,), hidden=True)))

    def _until_right(self, name: str, attempt: Callable[[], T]) -> T:
        for _ in range(MOST_TRIES):
            try:
                return attempt()
            except ValueRefused as error:
                self._channel.write([dialect.log("ERROR", f"{name}: {error.message}. {error.hint}")])
        raise AnswerError(f"{name}: {MOST_TRIES} answers were wrong", hint="The log records before this one say why.")

    def _line(self, asked: Query) -> str:
        self._channel.write(dialect.query(asked))
        return self._channel.read(hidden=asked.hidden)

    def _confirmed(self, name: str, text: str) -> bool:
        self._channel.write(dialect.confirm(name, text))
        answer = dialect.confirmed(self._channel.read(), name)
        if answer is None:
            raise Declined(f"given up at {name}", hint="Nothing was changed.")
        return answer

    def _once(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None, asked: Query) -> Any:
        text = self._meant(asked, self._line(asked))
        if not text and asked.default:
            value = None if proposal is None else proposal.value
        elif not text and proposal is None and not question.key.optional:
            raise ValueRefused("an answer is required", hint=f"For example: {question.key.example or '...'}")
        else:
            value = question.settle(context, question.key.parse(text))
        if question.twice and self._line(Query(name=asked.name, notes=(f"{question.prompt}, once more",), hidden=True)) != text:
            raise ValueRefused("the two entries differ", hint="Give it again.")
        question.validate(context, value)
        doubt = question.doubted(context, value)
        if doubt and not self.confirm(f"{doubt}\nUse it anyway?", default=False, name=PROCEED.get(asked.name, DOUBTED)):
            raise ValueRefused("not taken", hint="Enter another one.")
        return value

    def _meant(self, asked: Query, text: str) -> str:
        """What an answer to the predecessor's dialog is as a text for the key; another dialog of its may have to be asked."""
        meaning = MEANINGS.get((asked.name, text.strip().lower()), text)
        if meaning is not None:
            return meaning
        notes = (asked.notes[0],) if asked.notes else ()
        return self._line(Query(name=further_dialog(asked.name), notes=notes))

    def _query(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Query:
        key, name = question.key, question.dialog or question.key.name
        known = not key.secret and (proposal is not None or key.optional)
        default = _text(question, None if proposal is None else proposal.value) if known else ""
        notes = [question.prompt, *(text for text in (key.help, question.why) if text), f"Key: {key.name}"]
        if default and proposal is not None:
            notes.append(f"Default: {default} ({proposal.origin})")
        if key.example and not key.secret:
            notes.append(f"Example: {key.example}")
        choices, said = _choices(question, context)
        valid = _words(question) or (tuple(choice.text for choice in choices) if question.closed else ())
        return Query(name=name, notes=[*notes, *said], default=default, valid=valid, hidden=key.secret)


def _choices(question: Question[Any], context: Context) -> tuple[list[Choice], list[str]]:
    """What can be chosen, and what is to be said of each."""
    try:
        choices = list(question.choices(context))
    except SetupError as error:
        return [], [f"(the choices could not be determined: {plain(error.message)})"]
    offered = [choice for choice in choices if not choice.why_not]
    said = [f"  {choice.text}  {choice.detail}".rstrip() for choice in offered]
    return offered, said + [f"  {choice.text}: not offered, {choice.why_not}" for choice in choices if choice.why_not]


def _words(question: Question[Any]) -> tuple[str, ...]:
    """All the words that it takes, as the predecessor's dialog has them; nothing where it takes more than some words."""
    if question.key.kind == "bool":
        return YES_NO
    return words_of(question.dialog) or question.key.choices


def _text(question: Question[Any], value: Any) -> str:
    """A value as an answer to the predecessor's dialog."""
    key = question.key
    if key.kind == "bool":
        return YES_NO[not value]
    for (dialog, word), meaning in MEANINGS.items():
        if dialog == question.dialog and meaning is not None and key.parse(meaning) == value:
            return word
    return key.text(value)


def _yes(text: str) -> bool:
    """Raises ValueRefused for what is neither yes nor no."""
    answer = as_bool(text)
    if answer is None:
        raise ValueRefused("the answer is neither Yes nor No", hint="Answer Yes or No.")
    return answer
