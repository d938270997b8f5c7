"""Going through the questions: what is supplied is checked, what is not is asked, or found out, or missing.

Without somebody to ask (`asker` None) every answer that is wrong or missing is reported, all at once.

**Going back** takes the answers away from the wanted question on, as if nothing behind it had been asked, and goes forward from
there. What a question reads to be asked (for its condition, proposal, choices and checks, also through facts) is watched: where
all of that is as it was, the answer given before is put back and nobody is asked. So the answers are always those that going
straight would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from ovirt_hc_setup.base.errors import AnswerError, AnswersRefused, SetupError
from ovirt_hc_setup.runner.asker import Asked, Draft, NoDraft
from ovirt_hc_setup.runner.asker import Asker as Asker
from ovirt_hc_setup.runner.asker import GoBack as GoBack
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.runner.unasked import Unasked

FIRST = "There is no question before this one."
FIXED = (Source.FILE_ENFORCE, Source.SHARED)


@dataclass
class Interview:
    """`given` by key name, the winning one only; `errors` gathers what was wrong with supplied answers; about the keys in
    `spoiled` something stands there already. `secrets` asks for secrets where nobody is asked for anything else. `say` tells
    the person something between two questions, `waiting` shows that something is looked up for one. `judge` raises ValueRefused
    for a person's answer that would be refused later. `asked` is what
    a person has answered, here or in an interview before this one; with `before`, going back from the first question goes there:
    `hold` raises GoBack.
    """

    keys: Mapping[str, Key[Any]]
    context: Context
    given: Mapping[str, Given]
    asker: Asker | None
    errors: list[SetupError] = field(default_factory=list)
    spoiled: Collection[str] = ()
    secrets: Asker | None = None
    draft: Draft = field(default_factory=NoDraft)
    say: Callable[[str], None] = lambda text: None
    waiting: Callable[[Question[Any]], AbstractContextManager[None]] = lambda question: nullcontext()
    judge: Callable[[Question[Any], Any], None] = lambda question, value: None
    asked: dict[str, Asked] = field(default_factory=dict)
    before: bool = False
    _wanted: str = ""  # the question that is asked even if its answer could be kept
    _questions: Sequence[Question[Any]] = ()

    def __post_init__(self) -> None:
        self._unasked = Unasked(self.keys, self.context, self.errors)

    def hold(self, questions: Sequence[Question[Any]]) -> None:
        """Fill the answers; raises AnswersRefused with everything that cannot be used."""
        self._questions = questions
        asked = {question.key.name for question in questions}
        for name, given in self.given.items():
            if name not in self.keys:
                self.errors.append(self._unasked.unknown(given))
            elif name not in asked:
                self._unasked.take(self.keys[name], given)
        unreadable = self._unasked.unreadable(given for name, given in self.given.items() if name in asked)
        wrong = {*self.spoiled, *unreadable}
        hanging = {question.key.name for question in questions if self._unasked.hangs_on(question, wrong)}
        self.errors += [error for name, error in unreadable.items() if name not in hanging]
        if self.asker is not None and self.errors:
            # A person should not answer twenty questions to learn that the file was wrong.
            raise AnswersRefused(self.errors)
        self.spoiled = {*wrong, *hanging}
        first = _leave if self.before else self._say_first
        self._go_through([question for question in questions if not self._only_a_secret(question)], first)
        if self.errors:
            raise AnswersRefused(self.errors)
        self._go_through([question for question in questions if self._only_a_secret(question)], self._say_first)
        self.draw()

    def hold_only(self, questions: Sequence[Question[Any]]) -> None:
        """Answer some questions before the others, because something has to be looked at to ask those. Raises AnswersRefused."""
        self._questions = questions
        self._go_through(questions, self._say_first)
        if self.errors:
            raise AnswersRefused(self.errors)

    def ask_again(self, question: Question[Any]) -> None:
        """Ask one question again after all were answered, then those behind it that depend on what changed. `<` at the
        question itself leaves everything as it was, and so does an error: Declined, and AnswersRefused when a supplied answer
        does not go with the new one or cannot be changed here."""
        name = question.key.name
        given, answers, asked = self.given, self.context.answers.all(), dict(self.asked)
        if name in given and given[name].source in FIXED:
            raise AnswersRefused([AnswerError(f"{name} cannot be changed here: it comes from {given[name].origin}")])
        if name in answers and name not in self.asked:
            value = answers[name].value
            self.asked[name] = Asked(value, Proposal(value, answers[name].origin), {})
        self.given, self._wanted = {other: one for other, one in given.items() if other != name}, name
        try:
            self._from(question)
        except BaseException as left:
            self.given, self._wanted = given, ""
            self.asked.clear()
            self.asked.update(asked)
            self.errors.clear()
            self.context.answers.restore(answers)
            if not isinstance(left, GoBack):
                raise

    def _from(self, question: Question[Any]) -> None:
        # By its key: a plugin makes its questions anew each time, and functions in them are others then.
        place = [other.key.name for other in self._questions].index(question.key.name)
        behind = self._questions[place:]
        self._take_away(behind)
        self._go_through(behind, _leave)
        if self.errors:
            raise AnswersRefused(self.errors)
        self.draw()

    def draw(self) -> None:
        """Draw what is random and has no value yet."""
        for key in self.keys.values():
            if key.draw is not None and not self.context.answers.has(key):
                self.context.answers.put(key, key.draw(), Source.DRAWN, "drawn")

    def _only_a_secret(self, question: Question[Any]) -> bool:
        """Whether it is asked although nothing else is: at the end, when everything else is right."""
        return self.asker is None and self.secrets is not None and question.key.secret and question.key.name not in self.given

    def _go_through(self, questions: Sequence[Question[Any]], at_the_first: Callable[[], None]) -> None:
        """Answer them all. `at_the_first` is what going back from the first one means."""
        stops: list[tuple[int, int]] = []  # the questions behind which a person stands, and how many errors there were before
        place = 0
        while place < len(questions):
            errors = len(self.errors)
            try:
                if self._answer(questions[place]):
                    stops.append((place, errors))
                place += 1
            except GoBack:
                if not stops:
                    at_the_first()
                    continue
                before, errors = stops.pop()
                del self.errors[errors:]
                self._take_away(questions[before : place + 1])
                self._wanted, place = questions[before].key.name, before

    def _say_first(self) -> None:
        self.say(FIRST)

    def _take_away(self, questions: Sequence[Question[Any]]) -> None:
        """What was asked or supplied for them, as if it had not come to them yet. What was drawn stays."""
        for question in questions:
            if question.key.name in self.asked or question.key.name in self.given:
                self.context.answers.forget(question.key)

    def _ask(self, question: Question[Any], asker: Asker, reads: set[Key[Any]]) -> None:
        """Ask, unless the answer given before still stands; `reads` gathers what is read from the answers for that."""
        name, before = question.key.name, self.asked.get(question.key.name)
        if before is None or name == self._wanted or self.context.answers.values_of(before.reads) != before.reads:
            with self.waiting(question):
                found = self._unasked.proposal(question)
                offered = self._offered(question, before, found)
            value = asker.ask(self._judged(question), self.context, offered)
            before = Asked(value, found, self.context.answers.values_of(reads - {question.key}))
            self.asked[name], self._wanted = before, ""
            self.draft.answered(question.key, value, found)
        self.context.answers.put(question.key, before.value, Source.TYPED, "typed")

    def _judged(self, question: Question[Any]) -> Question[Any]:
        """A question that a person is asked: it does not take what is refused later either."""

        def validate(context: Context, value: Any) -> None:
            question.validate(context, value)
            self.judge(question, value)

        return replace(question, validate=validate)

    def _offered(self, question: Question[Any], before: Asked | None, found: Proposal[Any] | None) -> Proposal[Any] | None:
        """The person's own answer of this or an earlier sitting, if it would do, else what was found out."""
        if before is not None and question.key.name == self._wanted:
            return before.found if before.found is not None and not before.typed else Proposal(before.value, "your answer")
        own = Proposal(before.value, "your answer") if before is not None and before.typed else None
        own = own or self.draft.earlier(question.key)
        return own if own is not None and self._unasked.would_do(question, own.value) else found

    def _supplied(self, question: Question[Any], given: Given) -> bool:
        """Take a supplied answer. False where it would not do and there is a person to give another one, who is told why."""
        before = len(self.errors)
        if self._unasked.take(question.key, given):
            with self.waiting(question):
                self._unasked.validate(question, given.origin)
        if self.asker is None or len(self.errors) == before:
            return True
        if given.source in FIXED:
            raise AnswersRefused(self.errors)
        self.say("\n".join(str(error) for error in self.errors[before:]))
        del self.errors[before:]
        self.context.answers.forget(question.key)
        return False

    def _answer(self, question: Question[Any]) -> bool:
        """Have an answer, if one is wanted; whether it is a person's."""
        given = self.given.get(question.key.name)
        if self.asker is None and (question.key.name in self.spoiled or (question.slow and self.errors)):
            return False
        if given is not None and self._supplied(question, given):
            return False
        with self.context.answers.watched() as reads:
            if question.key.name in self.spoiled or not self._unasked.applies(question):
                return False
            asker = self.secrets if self._only_a_secret(question) else self.asker
            if asker is None:
                with self.waiting(question):
                    self._unasked.find_out(question)
            else:
                self._ask(question, asker, reads)
            return asker is not None


def _leave() -> None:
    raise GoBack


def winners(given: Sequence[Given]) -> dict[str, Given]:
    """By key name the value of the highest source; of equal ones the last."""
    best: dict[str, Given] = {}
    for one in given:
        if one.name not in best or one.source >= best[one.name].source:
            best[one.name] = one
    return best
