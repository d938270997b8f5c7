"""A question fits 80 columns whatever is known, and what comes from outside brings no escape sequence with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.dialog.layout import MOST_REFUSED, choice_lines, help_text, prompt_text, wrapped
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.runner.key import Key, bool_key, choice_key, int_key, optional_noun_key, secret_key, text_key
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

WORDS = st.text("abcdefghij/:.", min_size=1, max_size=20)
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)


def question(key: Key[Any], prompt: str = "Prompt") -> Question[Any]:
    return Question(key=key, prompt=prompt, section="VM CONFIGURATION", order=1)


@given(st.lists(st.builds(Choice, WORDS, SENTENCES, st.just("") | SENTENCES), max_size=12), SENTENCES)
def test_every_line_fits(choices: list[Choice], prompt: str) -> None:
    asked = prompt_text(question(text_key("T/a", "a"), prompt), Proposal("x", prompt))
    texts = [choice_lines(choices), wrapped(prompt, "  "), asked]
    assert max(len(line) for text in texts for line in [*text.splitlines(), ""]) <= 80


@given(st.lists(st.builds(Choice, WORDS, SENTENCES, SENTENCES), max_size=12))
def test_all_that_is_offered_is_there_with_its_number(choices: list[Choice]) -> None:
    shown = choice_lines(choices)
    for number, choice in enumerate((choice for choice in choices if not choice.why_not), 1):
        assert f"{number})" in shown
        assert choice.text in shown


def test_many_that_are_not_offered_do_not_push_the_question_away() -> None:
    shown = choice_lines([Choice(f"veth{number}", "", "it is a port") for number in range(40)])
    assert len(shown.splitlines()) == MOST_REFUSED + 1
    assert "34 more" in shown


def test_choices_of_which_nothing_more_is_known_stand_side_by_side() -> None:
    shown = choice_lines([Choice(f"model_{number}") for number in range(12)])
    assert shown.splitlines()[0].startswith("  1) model_0   2) model_1")
    assert len(shown.splitlines()) <= 3


def test_what_comes_from_outside_brings_no_escape_sequence() -> None:
    shown = choice_lines([Choice("eth0\x1b[2J", "an\x1b]0;title\x07other", "")])
    assert "\x1b" not in shown
    assert "\x1b" not in prompt_text(question(text_key("T/a", "a")), Proposal("x\x1b[2J", "y\x1b[1m"))


@pytest.mark.parametrize(
    ("key", "proposal", "shown"),
    [
        (text_key("T/a", "a"), None, "Prompt: "),
        (text_key("T/a", "a"), Proposal("x", "the default route"), "Prompt (the default route) [x]: "),
        (text_key("T/a", "a"), Proposal("x", "default"), "Prompt [x]: "),
        (bool_key("T/a", "a"), Proposal(False, "default"), "Prompt (Yes, No) [No]: "),
        (choice_key("T/a", "a", ("generate", "skip")), Proposal("skip"), "Prompt (generate, skip) (detected) [skip]: "),
        (optional_noun_key("T/a", "a", Cidr), None, "Prompt [none]: "),
        (secret_key("T/a", "a"), Proposal(Secret("hunter2"), "your answer"), "Prompt (your answer) [the one entered before]: "),
    ],
)
def test_what_stands_before_the_cursor(key: Key[Any], proposal: Proposal[Any] | None, shown: str) -> None:
    assert prompt_text(question(key), proposal) == shown


def test_help_names_the_limits_of_a_number() -> None:
    assert "a whole number from 1 to 8" in help_text(question(int_key("T/a", "a", least=1, most=8)), None)
    assert "a whole number, 2 or more" in help_text(question(int_key("T/a", "a", least=2)), None)
