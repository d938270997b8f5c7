"""A fact is read once for each set of the answers that it was read with, whoever read them, and for the goal that is wanted."""

from __future__ import annotations

import threading

import pytest

from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.key import Key, text_key
from ovirt_hc_setup.runner.run_answers import Answers, Source
from ovirt_hc_setup.system.host.commands import LocalHost

ONE, OTHER = Goal("one"), Goal("other")
A, B = text_key("T/a", "a", default="a"), text_key("T/b", "b", default="b")
INNER: Fact[str] = Fact("inner", "made of A")
OUTER: Fact[str] = Fact("outer", "made of the inner one")


class World:
    """A context, and how often each fact was read."""

    def __init__(self, goal: Goal = ONE) -> None:
        self.reads: list[str] = []
        readings = [
            Reading(INNER, self._inner, goals=(ONE,)),
            Reading(INNER, lambda context: "of the other", goals=(OTHER,)),
            Reading(OUTER, self._outer),
        ]
        self.context = Context(LocalHost("test"), Answers(), Facts(readings), goal)

    def _inner(self, context: Context) -> str:
        self.reads.append("inner")
        return context.answers[A] * 2

    def _outer(self, context: Context) -> str:
        self.reads.append("outer")
        return f"<{fact(context, INNER)}>"

    def answer(self, key: Key[str], value: str) -> None:
        self.context.answers.put(key, value, Source.TYPED, "typed")


def test_it_is_read_again_when_an_answer_changes_that_it_was_read_with() -> None:
    world = World()
    assert [fact(world.context, OUTER) for _ in range(2)] == ["<aa>", "<aa>"]
    assert world.reads == ["outer", "inner"]
    world.answer(B, "x")
    assert fact(world.context, OUTER) == "<aa>"
    assert world.reads == ["outer", "inner"], "B has nothing to do with it"
    world.answer(A, "x")
    assert fact(world.context, OUTER) == "<xx>", "A was read for it, if by another fact"
    world.answer(A, "a")
    assert fact(world.context, OUTER) == "<aa>"
    assert len(world.reads) == 4, "what was known with these answers is known"


def test_answers_that_never_read_its_key_are_compared_by_their_defaults() -> None:
    """As where a run is gone on with: the old answers and the changed ones share what was looked up."""
    world, rare = World(), text_key("T/read-once", "read once", default="r")
    seen: list[str] = []

    def read(context: Context) -> str:
        seen.append("read")
        return context.answers[rare]

    facts = Facts([Reading(INNER, read, goals=(ONE,))])
    first, second = (Context(world.context.host, Answers(), facts, ONE) for _ in range(2))
    assert [fact(first, INNER), fact(second, INNER)] == ["r", "r"]
    assert seen == ["read"]
    third = Context(world.context.host, Answers(), facts, ONE)
    third.answers.put(rare, "s", Source.TYPED, "typed")
    assert fact(third, INNER) == "s"


def test_who_watches_sees_what_a_fact_depends_on_that_was_read_before() -> None:
    world = World()
    fact(world.context, OUTER)
    with world.context.answers.watched() as reads:
        fact(world.context, OUTER)
    assert reads == {A}


def test_each_thread_watches_what_it_reads_itself() -> None:
    answers = Answers()
    with answers.watched() as reads:
        other = threading.Thread(target=lambda: answers.get(A))
        other.start()
        other.join()
        answers.get(B)
    assert reads == {B}


def test_a_fact_is_read_as_its_goal_has_it() -> None:
    assert fact(World(OTHER).context, INNER) == "of the other"
    assert fact(World(OTHER).context, OUTER) == "<of the other>"
    with pytest.raises(LookupError, match="no plugin reads the fact inner for third"):
        fact(World(Goal("third")).context, INNER)
