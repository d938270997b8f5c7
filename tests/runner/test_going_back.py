"""Going back: what depended on a changed answer is asked again, all else is kept, and the end is that of going straight."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import AnswersRefused, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.interview import FIRST, GoBack, Interview, winners
from ovirt_hc_setup.runner.key import Key, int_key, text_key
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.system.host.commands import LocalHost

A, B, C, D = (text_key(f"T/{name}", name) for name in "abcd")
BY_NAME: tuple[Key[Any], ...] = (A, B, C, D)
DRAWN = int_key("T/drawn", "a random number", draw=iter(range(1000)).__next__)
KEYS: dict[str, Key[Any]] = {key.name: key for key in (A, B, C, D, DRAWN)}
LENGTH: Fact[int] = Fact("length", "how long B is")
BACK = "<"

Script = Iterable[str | type[BaseException]]


def question(key: Key[Any], order: int, **more: Any) -> Question[Any]:
    return Question(key=key, prompt=key.help, section="VM CONFIGURATION", order=order, **more)


def by_length(context: Context) -> Proposal[str]:
    return Proposal(f"{fact(context, LENGTH)} long", "counted")


def refuse_shorter(context: Context, value: str) -> None:
    if len(value) < len(context.answers[B]):
        raise ValueRefused(f"{value} is shorter than {context.answers[B]}")


QUESTIONS = [question(key, order) for order, key in enumerate(BY_NAME)]
# C hangs on B by a fact, D is asked only if A says so.
LINKED = [
    question(A, 1),
    question(B, 2),
    question(C, 3, proposal=by_length),
    question(D, 4, condition=lambda context: context.answers[A] != "no"),
]


class Scripted:
    """Does what a script says, at each question that it is asked: `<`, an answer, or Enter for what is proposed."""

    def __init__(self, script: Script) -> None:
        self.script = list(script)
        self.asked: list[str] = []
        self.offered: list[tuple[Any, str] | None] = []

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        self.asked.append(question.key.help)
        self.offered.append(None if proposal is None else (proposal.value, proposal.origin))
        word = self.script.pop(0)
        if word == BACK:
            raise GoBack
        if not isinstance(word, str):
            raise word
        if not word:
            assert proposal is not None
            return proposal.value
        question.validate(context, word)
        return word


class Sitting:
    """An interview by a script."""

    def __init__(self, script: Script, questions: list[Question[Any]] = QUESTIONS, supplied: Iterable[Given] = ()) -> None:
        self.asker, self.said, self.questions = Scripted(script), list[str](), questions
        readings = [Reading(LENGTH, lambda context: len(context.answers[B]))]
        context = Context(LocalHost("test"), Answers(), Facts(readings), FIRST_HOST)
        self.interview = Interview(KEYS, context, winners(list(supplied)), self.asker, say=self.said.append)
        self.answers = context.answers

    def held(self) -> Sitting:
        self.interview.hold(self.questions)
        assert not self.asker.script
        return self

    def again(self, key: Key[Any], *script: str | type[BaseException]) -> list[str]:
        """What is asked when one question is asked again."""
        self.asker.script, self.asker.asked = list(script), []
        self.interview.ask_again(next(one for one in self.questions if one.key is key))
        return self.asker.asked

    def values(self) -> list[str | None]:
        return [self.answers.get(key) for key in BY_NAME]


def supplied(key: Key[Any], text: str, source: Source = Source.FILE_INIT) -> Given:
    return Given(key.name, text, source, "a.conf line 3")


def test_going_back_shows_the_question_before_with_its_answer() -> None:
    sitting = Sitting(["a", "b", BACK, "other", "c", "d"]).held()
    assert sitting.asker.asked == list("abcbcd")
    assert sitting.asker.offered[3] == ("b", "your answer")
    assert sitting.values() == ["a", "other", "c", "d"]


def test_what_does_not_depend_on_the_changed_answer_is_not_asked_again() -> None:
    sitting = Sitting(["a", "b", "c", BACK, BACK, BACK, "other", "d"]).held()
    assert sitting.asker.asked == list("abcdcbad")
    assert sitting.values() == ["other", "b", "c", "d"]


def test_what_depends_on_it_through_a_fact_is_asked_again_with_the_new_proposal() -> None:
    sitting = Sitting(["a", "b", "", BACK, BACK, "longer", "", "d"], LINKED).held()
    assert sitting.asker.asked == list("abcdcbcd")
    assert sitting.asker.offered[-2] == ("6 long", "counted")
    assert sitting.values() == ["a", "longer", "6 long", "d"]


def test_an_own_answer_is_offered_again_where_it_would_still_do() -> None:
    questions = [*QUESTIONS[:2], question(C, 3, validate=refuse_shorter, proposal=by_length), QUESTIONS[3]]
    sitting = Sitting(["a", "bb", "ccc", BACK, BACK, "bbb", "", BACK, BACK, "bbbb", "", "d"], questions).held()
    offered = [offer for name, offer in zip(sitting.asker.asked, sitting.asker.offered, strict=True) if name == "c"]
    assert offered == [
        ("2 long", "counted"),
        ("ccc", "your answer"),  # gone back to
        ("ccc", "your answer"),  # asked again, and it would do
        ("ccc", "your answer"),
        ("4 long", "counted"),  # too short now
    ]


def test_a_condition_is_looked_at_again() -> None:
    sitting = Sitting(["a", "b", "c", BACK, BACK, BACK, "no"], LINKED).held()
    assert sitting.values() == ["no", "b", "c", None]
    assert sitting.again(A, "yes", "d") == ["a", "d"]


def test_before_the_first_question_there_is_none() -> None:
    sitting = Sitting([BACK, "a", "b", "c", "d"]).held()
    assert sitting.said == [FIRST]
    assert sitting.asker.asked == list("aabcd")


def test_a_supplied_answer_is_not_asked_on_the_way_back() -> None:
    sitting = Sitting(["a", "c", BACK, BACK, "x", "d"], supplied=[supplied(B, "b")]).held()
    assert sitting.asker.asked == list("acdcad")
    assert sitting.values() == ["x", "b", "c", "d"]
    assert sitting.answers.origin(B) == "a.conf line 3"


SHORT = [question(A, 1), question(B, 2), question(C, 3, validate=refuse_shorter), question(D, 4)]


def test_a_supplied_answer_that_does_not_go_with_a_typed_one_is_said_and_asked() -> None:
    sitting = Sitting(["a", "much longer", "longer even than it", "d"], SHORT, [supplied(C, "c")]).held()
    assert sitting.said == ["T/c from a.conf line 3: c is shorter than much longer"]
    assert sitting.values() == ["a", "much longer", "longer even than it", "d"]


def test_it_is_taken_all_the_same_when_the_typed_one_is_changed() -> None:
    sitting = Sitting(["a", "much longer", BACK, "b", "d"], SHORT, [supplied(C, "c")]).held()
    assert sitting.values() == ["a", "b", "c", "d"]
    assert sitting.answers.origin(C) == "a.conf line 3"


def test_one_that_has_to_be_as_it_is_ends_the_questions_at_once() -> None:
    sitting = Sitting(["a", "much longer", "never asked"], SHORT, [supplied(C, "c", Source.FILE_ENFORCE)])
    with pytest.raises(AnswersRefused, match="c is shorter than much longer"):
        sitting.held()
    assert sitting.asker.asked == ["a", "b"]


def test_going_back_from_the_first_question_leads_to_an_interview_before_it_where_there_is_one() -> None:
    sitting = Sitting(["b", "c", BACK, BACK, BACK])
    sitting.interview.before = True
    with pytest.raises(GoBack):
        sitting.interview.hold(QUESTIONS[1:])
    second = Sitting(["a", "d"])
    second.interview.asked = sitting.interview.asked
    assert second.held().asker.asked == ["a", "d"]
    assert second.values() == ["a", "b", "c", "d"]


# --- one line of the preview


def test_one_question_is_asked_again_and_what_hangs_on_it() -> None:
    sitting = Sitting(["a", "b", "", "d"], LINKED).held()
    assert sitting.again(B, "longer", "") == ["b", "c"]
    assert sitting.values() == ["a", "longer", "6 long", "d"]


def test_an_answer_that_stays_as_it_was_asks_nothing_else() -> None:
    sitting = Sitting(["a", "b", "", "d"], LINKED).held()
    drawn = sitting.answers[DRAWN]
    assert sitting.again(B, "") == ["b"]
    assert (sitting.values(), sitting.answers[DRAWN]) == (["a", "b", "1 long", "d"], drawn)


@pytest.mark.parametrize("script", [[BACK], ["longer", BACK, BACK]])
def test_going_back_from_it_leaves_everything_as_it_was(script: list[str]) -> None:
    sitting = Sitting(["a", "b", "", "d"], LINKED).held()
    sitting.again(B, *script)
    assert sitting.values() == ["a", "b", "1 long", "d"]
    assert sitting.again(B, "") == ["b"]


def test_leaving_in_the_middle_of_it_leaves_everything_as_it_was() -> None:
    sitting = Sitting(["a", "b", "", "d"], LINKED).held()
    with pytest.raises(KeyboardInterrupt):
        sitting.again(B, "longer", KeyboardInterrupt)
    assert sitting.values() == ["a", "b", "1 long", "d"]


def test_a_supplied_answer_can_be_changed_unless_it_is_enforced() -> None:
    sitting = Sitting(["a", "c", "d"], supplied=[supplied(B, "b")]).held()
    assert sitting.again(B, "other") == ["b"]
    assert sitting.values() == ["a", "other", "c", "d"]
    enforced = Sitting(["a", "c", "d"], supplied=[supplied(B, "b", Source.FILE_ENFORCE)]).held()
    with pytest.raises(AnswersRefused, match=r"cannot be changed here: it comes from a\.conf line 3"):
        enforced.again(B, "other")


def test_a_supplied_answer_that_does_not_go_with_the_new_one_is_asked_or_keeps_the_old_one() -> None:
    sitting = Sitting(["a", "b", "d"], SHORT, [supplied(C, "c")]).held()
    assert sitting.again(B, "longer", "longer still") == ["b", "c"]
    enforced = Sitting(["a", "b", "d"], SHORT, [supplied(C, "c", Source.FILE_ENFORCE)]).held()
    with pytest.raises(AnswersRefused, match="c is shorter than longer"):
        enforced.again(B, "longer")
    assert enforced.values() == ["a", "b", "c", "d"]


# --- any way through


def some(names: str) -> Callable[[Context], str]:
    def read(context: Context) -> str:
        return "".join(str(context.answers.get(key) or "-") for key in BY_NAME if key.help in names)

    return read


@st.composite
def linked(draw: st.DrawFn) -> list[Question[Any]]:
    """Four questions, each of which may read any answers before it to propose something and to decide whether it is asked."""
    questions = []
    for order, key in enumerate(BY_NAME):
        before = "abcd"[:order]
        proposing = some(draw(st.sampled_from(["", *before])))
        deciding = some(draw(st.sampled_from(["", "", *before])))
        questions.append(
            question(
                key,
                order,
                proposal=lambda context, read=proposing: Proposal(read(context) or "nothing"),
                condition=lambda context, read=deciding: "x" not in read(context),
            )
        )
    return questions


class Wandering(Scripted):
    """Follows a script until that is at its end, then takes what is proposed; keeps by question what the person meant."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.meant: dict[str, str] = {}

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        self.script = self.script or [""]
        word = str(self.script[0])
        value = super().ask(question, context, proposal)
        own = not word and proposal is not None and proposal.origin == "your answer"
        self.meant[question.key.help] = value if own else word
        return value


class Straight(Scripted):
    """Does at each question what was meant there."""

    def __init__(self, meant: dict[str, str]) -> None:
        super().__init__(())
        self.meant = meant

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        self.script = [self.meant[question.key.help]]
        return super().ask(question, context, proposal)


MOVES = st.sampled_from([("",), ("", ""), ("x",), ("y",), (BACK,), (BACK, "y"), (BACK, BACK, "x"), (BACK, BACK, BACK, "y")])


@settings(max_examples=300, deadline=None)
@given(linked(), st.lists(MOVES, max_size=12))
def test_back_and_forth_ends_where_going_straight_ends(questions: list[Question[Any]], moves: list[tuple[str, ...]]) -> None:
    wandering, asker = Sitting((), questions), Wandering(chain.from_iterable(moves))
    wandering.interview.asker = asker
    wandering.interview.hold(questions)
    straight = Sitting((), questions)
    straight.interview.asker = Straight(asker.meant)
    straight.interview.hold(questions)
    assert straight.values() == wandering.values()
