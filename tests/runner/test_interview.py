"""Supplied answers are checked like typed ones, and what is wrong or missing is said all at once, with its origin."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from ovirt_hc_setup.base.errors import AnswersRefused, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.key import Key, bool_key, int_key, secret_key, text_key
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.system.host.commands import LocalHost

MEMORY = int_key("T/memory", "memory", least=256, example="4096")
NAME = text_key("T/name", "a name")
DRAWN = text_key("T/drawn", "drawn", draw=lambda: "random")
PASSWORD = secret_key("T/password", "a password")
FLAG = bool_key("T/flag", "a flag", default=False)
KEYS: dict[str, Key[Any]] = {key.name: key for key in (MEMORY, NAME, DRAWN, PASSWORD, FLAG)}


def question(key: Key[Any], order: int = 1, **more: Any) -> Question[Any]:
    return Question(key=key, prompt=key.help, section="VM CONFIGURATION", order=order, **more)


def interview(*given: Given, questions: list[Question[Any]]) -> Answers:
    context = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)
    Interview(KEYS, context, winners(given), None).hold(questions)
    return context.answers


def given(name: str, text: str, source: Source = Source.FILE_DEFAULT, origin: str = "a.conf line 3") -> Given:
    return Given(name, text, source, origin)


def test_a_supplied_value_is_taken_with_its_origin() -> None:
    answers = interview(given("T/memory", "4096"), questions=[question(MEMORY)])
    assert answers[MEMORY] == 4096
    assert answers.origin(MEMORY) == "a.conf line 3"


@pytest.mark.parametrize("text", ["0", "abc", "", "-1"])
def test_a_wrong_value_is_refused_with_key_value_and_origin(text: str) -> None:
    with pytest.raises(AnswersRefused, match=r"T/memory from a.conf line 3"):
        interview(given("T/memory", text), questions=[question(MEMORY)])


def test_everything_wrong_and_missing_is_said_at_once() -> None:
    with pytest.raises(AnswersRefused) as refused:
        interview(
            given("T/memory", "abc"), given("T/nmae", "x"), questions=[question(MEMORY), question(NAME), question(PASSWORD)]
        )
    text = str(refused.value)
    assert "2 answers cannot be used, 2 are missing" in text
    assert "'abc' is not a whole number" in text
    assert "Did you mean T/name?" in text
    assert "T/name is missing" in text
    assert "T/password is missing" in text


def test_a_secret_that_is_refused_is_not_repeated() -> None:
    with pytest.raises(AnswersRefused) as refused:
        interview(given("T/password", "hunter2\x01"), questions=[question(PASSWORD)])
    assert "hunter2" not in str(refused.value)


def test_the_higher_source_wins_and_of_equal_ones_the_last() -> None:
    both = [given("T/name", "set", Source.COMMAND_LINE), given("T/name", "init", Source.FILE_INIT)]
    assert winners(both)["T/name"].text == "set"
    assert winners([*both, given("T/name", "enforced", Source.FILE_ENFORCE)])["T/name"].text == "enforced"
    assert winners([given("T/name", "one"), given("T/name", "two")])["T/name"].text == "two"


def test_without_a_person_what_was_found_out_is_taken() -> None:
    answers = interview(questions=[question(NAME, proposal=lambda context: Proposal("found", "detected"))])
    assert (answers[NAME], answers.origin(NAME)) == ("found", "detected")


def test_a_supplied_value_goes_through_the_questions_own_check() -> None:
    def refuse(context: Context, value: str) -> None:
        raise ValueRefused(f"{value} is taken")

    with pytest.raises(AnswersRefused, match=r"a.conf line 3: x is taken"):
        interview(given("T/name", "x"), questions=[question(NAME, validate=refuse)])


def test_a_supplied_value_is_completed_by_its_question_before_it_is_checked() -> None:
    def check(context: Context, value: str) -> None:
        if "." not in value:
            raise ValueRefused("not complete")

    full = question(NAME, settle=lambda context, value: f"{value}.test", validate=check)
    answers = interview(given("T/name", "engine"), questions=[full])
    assert (answers[NAME], answers.origin(NAME), answers.source(NAME)) == ("engine.test", "a.conf line 3", Source.FILE_DEFAULT)


def test_a_question_that_does_not_apply_is_not_missed() -> None:
    assert not interview(questions=[question(NAME, condition=lambda context: False)]).has(NAME)


def test_what_is_random_is_drawn_once_unless_it_was_given() -> None:
    assert interview(questions=[])[DRAWN] == "random"
    assert interview(given("T/drawn", "mine"), questions=[])[DRAWN] == "mine"


@pytest.mark.parametrize(("text", "value"), [("no", False), ("No", False), ("0", False), ("True", True), ("yes", True)])
def test_yes_and_no_mean_what_they_say(text: str, value: bool) -> None:
    assert interview(given("T/flag", text), questions=[])[FLAG] is value


def test_a_bad_bool_is_refused() -> None:
    with pytest.raises(AnswersRefused, match="neither yes nor no"):
        interview(given("T/flag", "perhaps"), questions=[])


def nothing_known() -> Context:
    return Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)


class Asker:
    """Gives one secret to whoever asks, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        self.asked.append(question.key.name)
        return question.key.parse("hunter2")


def test_secrets_may_be_asked_although_everything_else_is_unattended() -> None:
    context, asker = nothing_known(), Asker()
    questions = [question(PASSWORD), question(NAME, proposal=lambda context: Proposal("found", "detected"))]
    Interview(KEYS, context, {}, None, secrets=asker).hold(questions)
    assert asker.asked == ["T/password"]
    assert context.answers[PASSWORD].reveal() == "hunter2"
    assert context.answers[NAME] == "found"


def test_no_secret_is_asked_when_something_else_is_wrong_or_when_it_was_given() -> None:
    asker = Asker()
    with pytest.raises(AnswersRefused, match="T/name is missing"):
        Interview(KEYS, nothing_known(), {}, None, secrets=asker).hold([question(PASSWORD), question(NAME)])
    supplied = winners([given("T/password", "given")])
    Interview(KEYS, nothing_known(), supplied, None, secrets=asker).hold([question(PASSWORD)])
    assert asker.asked == []


def test_a_person_is_not_asked_anything_when_a_supplied_answer_cannot_be_read() -> None:
    asker = Asker()
    with pytest.raises(AnswersRefused, match="'abc' is not a whole number"):
        supplied = winners([given("T/memory", "abc")])
        Interview(KEYS, nothing_known(), supplied, asker).hold([question(NAME), question(MEMORY, 2)])
    assert asker.asked == []


def test_a_key_whose_value_could_not_be_read_is_not_called_missing() -> None:
    wrong = AnswersRefused([])
    with pytest.raises(AnswersRefused) as refused:
        Interview(KEYS, nothing_known(), {}, None, [wrong], spoiled={"T/name"}).hold([question(NAME)])
    assert refused.value.errors == (wrong,)


def test_what_takes_seconds_is_not_looked_for_once_an_answer_is_known_to_be_wrong() -> None:
    looked: list[str] = []

    def slowly(context: Context) -> Proposal[str]:
        looked.append("name")
        return Proposal("n", "found out")

    slow = replace(question(NAME), proposal=slowly, slow=True)
    wrong = Given(MEMORY.name, "much", Source.COMMAND_LINE, "--set")
    with pytest.raises(AnswersRefused, match="T/memory from --set") as refused:
        Interview(KEYS, nothing_known(), {wrong.name: wrong}, None).hold([slow, question(MEMORY, 2)])
    assert looked == []
    assert len(refused.value.errors) == 1, "said once"
    Interview(KEYS, nothing_known(), {wrong.name: replace(wrong, text="512")}, None).hold([slow, question(MEMORY, 2)])
    assert looked == ["name"]


def test_a_fact_that_is_read_ahead_is_there_when_it_is_asked_for() -> None:
    read, begun = threading.Event(), threading.Event()
    slow: Fact[int] = Fact("slow", "what takes long")

    def reading(context: Context) -> int:
        begun.set()
        assert read.wait(10)
        return 7

    known = Facts([Reading(slow, reading, ahead=True)])
    context = Context(LocalHost("h"), Answers(), known, FIRST_HOST)
    known.read_ahead(context)
    assert begun.wait(10), "nobody has asked for it yet"
    read.set()
    assert fact(context, slow) == 7
