"""Having the answer to a question without asking anybody: what is supplied is checked, what can be found out is found out."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ovirt_hc_setup.base.errors import AnswerError, AnswerMissing, SetupError, ValueRefused
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Given, Source

T = TypeVar("T")


@dataclass
class Unasked:
    """`errors` gathers what is wrong with supplied answers, and what is missing."""

    keys: Mapping[str, Key[Any]]
    context: Context
    errors: list[SetupError]

    def unknown(self, given: Given) -> AnswerError:
        near = difflib.get_close_matches(given.name, self.keys, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`ovirt-hc-setup answers keys` lists the keys."
        return AnswerError(f"{given.origin}: there is no key {given.name}", hint=hint)

    def unreadable(self, given: Iterable[Given]) -> dict[str, SetupError]:
        """By key name what is wrong with supplied answers, as far as it can be told before other questions are answered."""
        errors: dict[str, SetupError] = {}
        for one in given:
            try:
                self.keys[one.name].parse(one.text)
            except ValueRefused as error:
                errors[one.name] = AnswerError(f"{one.name} from {one.origin}: {error.message}", hint=error.hint)
        return errors

    def take(self, key: Key[Any], given: Given) -> bool:
        """Take a supplied answer; whether it could be read."""
        try:
            self.context.answers.put_text(key, given)
            return True
        except AnswerError as error:
            self.errors.append(error)
            return False

    def would_do(self, question: Question[Any], value: Any) -> bool:
        """Whether a question would accept a value now."""
        try:
            question.validate(self.context, value)
            return True
        except SetupError:
            return False

    def applies(self, question: Question[Any]) -> bool:
        """Whether its condition holds."""
        try:
            return question.applies(self.context)
        except SetupError:
            return not self.errors  # it hangs on an answer that is wrong: that one is reported

    def hangs_on(self, question: Question[Any], wrong: Collection[str]) -> bool:
        """Whether one of the answers that are `wrong`, beside its own, decides if the question is asked at all: then nothing can
        be said against its answer, or against that there is none."""
        with self.context.answers.watched() as reads:
            self.applies(question)
        return any(key.name in wrong for key in reads - {question.key})

    def validate(self, question: Question[Any], origin: str) -> None:
        """Whether the answer that is there will do; it is settled before."""
        answers, key = self.context.answers, question.key
        try:
            if self.applies(question):
                settled = question.settle(self.context, answers[key])
                answers.put(key, settled, answers.source(key), origin)
                question.validate(self.context, settled)
        except ValueRefused as error:
            self.errors.append(AnswerError(f"{question.key.name} from {origin}: {error.message}", hint=error.hint))
        except SetupError as error:
            if not self.errors:  # otherwise it is the consequence of another answer that is wrong
                self.errors.append(error)

    def proposal(self, question: Question[T]) -> Proposal[T] | None:
        """What can be found out, else the default of the key."""
        return self._proposal(question)[0]

    def _proposal(self, question: Question[T]) -> tuple[Proposal[T] | None, SetupError | None]:
        """The proposal, and why nothing could be found out."""
        proposal, failure = None, None
        try:
            proposal = question.proposal(self.context)
        except SetupError as error:
            failure = error
        if proposal is None and question.key.default is not None:
            proposal = Proposal(question.key.default, "default")
        return proposal, failure

    def find_out(self, question: Question[Any]) -> None:
        """Take what can be found out."""
        key, (proposal, failure) = question.key, self._proposal(question)
        if proposal is None and failure is not None and key.draw is None and not key.optional:
            if not self.errors:  # otherwise it may be the consequence of another answer that is wrong
                message = f"{key.name} is missing and could not be detected: {failure.message}"
                self.errors.append(AnswerMissing(message, hint=failure.hint))
        elif proposal is not None:
            self.context.answers.put(key, proposal.value, Source.DETECTED, proposal.origin)
            self.validate(question, proposal.origin)
        elif key.draw is None and not key.optional:
            hint = f"Add {key.name}={key.kind}:VALUE to an answer file." + (f" For example: {key.example}" if key.example else "")
            self.errors.append(AnswerMissing(f"{key.name} is missing ({key.help})", hint=hint))
        elif key.draw is None and not key.secret:
            # Nothing is an answer too: whoever goes on from the saved ones is not asked again.
            self.context.answers.put(key, None, Source.KEY_DEFAULT, "default")
