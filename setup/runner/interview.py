"""Going through the questions: what is supplied is checked, what is not is asked, or found out, or missing.

Without somebody to ask (`asker` None) every answer that is wrong or missing is reported, all at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from ovirt_hc_setup.base.errors import AnswerError, AnswersRefused, SetupError, ValueRefused
from ovirt_hc_setup.runner.answers import Given, Source
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Proposal, Question

T = TypeVar("T")


class Asker(Protocol):
    """Asks a person. Returns a text that `Key.parse` and the question accept; raises Declined when the person leaves."""

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any: ...


@dataclass
class Interview:
    """`given` by key name, the winning one only; `errors` gathers what was wrong with supplied answers; about the keys in
    `spoiled` something stands there already. `secrets` asks for secrets where nobody is asked for anything else.
    """

    keys: Mapping[str, Key[Any]]
    context: Context
    given: Mapping[str, Given]
    asker: Asker | None
    errors: list[SetupError] = field(default_factory=list)
    spoiled: Collection[str] = ()
    secrets: Asker | None = None
    _no_proposal: dict[str, SetupError] = field(default_factory=dict)

    def hold(self, questions: Sequence[Question[Any]]) -> None:
        """Fill the answers; raises AnswersRefused with everything that cannot be used."""
        asked = {question.key.name for question in questions}
        for name, given in self.given.items():
            if name not in self.keys:
                self.errors.append(self._unknown(given))
            elif name not in asked:
                self._take(self.keys[name], given)
        if self.asker is not None:
            # A person should not answer twenty questions to learn that the file was wrong.
            self.errors += self._unreadable(asked)
            if self.errors:
                raise AnswersRefused(self.errors)
        for question in questions:
            if not self._only_a_secret(question):
                self._answer(question)
        if self.errors:
            raise AnswersRefused(self.errors)
        for question in questions:
            if self._only_a_secret(question) and self._applies(question):
                self._ask(question, self.secrets)
        self.draw()

    def hold_only(self, questions: Sequence[Question[Any]]) -> None:
        """Answer some questions before the others, because something has to be looked at to ask those. Raises AnswersRefused."""
        for question in questions:
            self._answer(question)
        if self.errors:
            raise AnswersRefused(self.errors)

    def draw(self) -> None:
        """Draw what is random and has no value yet."""
        for key in self.keys.values():
            if key.draw is not None and not self.context.answers.has(key):
                self.context.answers.put(key, key.draw(), Source.DRAWN, "drawn")

    def _unreadable(self, asked: set[str]) -> list[SetupError]:
        """What is wrong with the answers to questions, as far as it can be told before others are answered."""
        errors: list[SetupError] = []
        for name in asked & self.given.keys():
            try:
                self.keys[name].parse(self.given[name].text)
            except ValueRefused as error:
                errors.append(AnswerError(f"{name} from {self.given[name].origin}: {error.message}", hint=error.hint))
        return errors

    def _only_a_secret(self, question: Question[Any]) -> bool:
        """Whether it is asked although nothing else is: at the end, when everything else is right."""
        return self.asker is None and self.secrets is not None and question.key.secret and question.key.name not in self.given

    def _ask(self, question: Question[Any], asker: Asker | None) -> None:
        if asker is not None:
            value = asker.ask(question, self.context, self._proposal(question))
            self.context.answers.put(question.key, value, Source.TYPED, "typed")

    def _unknown(self, given: Given) -> AnswerError:
        near = difflib.get_close_matches(given.name, self.keys, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`ovirt-hc-setup answers keys` lists the keys."
        return AnswerError(f"{given.origin}: there is no key {given.name}", hint=hint)

    def _take(self, key: Key[Any], given: Given) -> bool:
        try:
            self.context.answers.put_text(key, given)
            return True
        except AnswerError as error:
            self.errors.append(error)
            return False

    def _answer(self, question: Question[Any]) -> None:
        given = self.given.get(question.key.name)
        if given is not None:
            if self._take(question.key, given):
                self._validate(question, given.origin)
            return
        if question.key.name in self.spoiled or not self._applies(question):
            return
        if self.asker is not None:
            self._ask(question, self.asker)
        else:
            self._find_out(question)

    def _applies(self, question: Question[Any]) -> bool:
        try:
            return question.condition(self.context)
        except SetupError:
            return not self.errors  # it hangs on an answer that is wrong: that one is reported

    def _validate(self, question: Question[Any], origin: str) -> None:
        try:
            if self._applies(question):
                question.validate(self.context, self.context.answers[question.key])
        except ValueRefused as error:
            self.errors.append(AnswerError(f"{question.key.name} from {origin}: {error.message}", hint=error.hint))
        except SetupError as error:
            if not self.errors:  # otherwise it is the consequence of another answer that is wrong
                self.errors.append(error)

    def _proposal(self, question: Question[T]) -> Proposal[T] | None:
        try:
            proposal = question.proposal(self.context)
        except SetupError as failure:
            self._no_proposal[question.key.name] = failure
            proposal = None
        if proposal is None and question.key.default is not None:
            return Proposal(question.key.default, "default")
        return proposal

    def _find_out(self, question: Question[Any]) -> None:
        key, proposal = question.key, self._proposal(question)
        failure = self._no_proposal.get(key.name)
        if proposal is None and failure is not None and key.draw is None and not key.optional:
            if not self.errors:  # otherwise it may be the consequence of another answer that is wrong
                message = f"{key.name} is missing and could not be found out: {failure.message}"
                self.errors.append(AnswerError(message, hint=failure.hint))
        elif proposal is not None:
            self.context.answers.put(key, proposal.value, Source.DETECTED, proposal.origin)
            self._validate(question, proposal.origin)
        elif key.draw is None and not key.optional:
            hint = f"Add {key.name}={key.kind}:VALUE to an answer file." + (f" For example: {key.example}" if key.example else "")
            self.errors.append(AnswerError(f"{key.name} is missing ({key.help})", hint=hint))
        elif key.draw is None and not key.secret:
            # Nothing is an answer too: whoever goes on from the saved ones is not asked again.
            self.context.answers.put(key, None, Source.KEY_DEFAULT, "default")


def winners(given: Sequence[Given]) -> dict[str, Given]:
    """By key name the value of the highest source; of equal ones the last."""
    best: dict[str, Given] = {}
    for one in given:
        if one.name not in best or one.source >= best[one.name].source:
            best[one.name] = one
    return best
