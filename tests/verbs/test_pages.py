"""Between the questions and "Yes": a person reads, changes answers from there, mends what a check found, or leaves."""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovirt_hc_setup.base.errors import CheckFailed, Declined
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.keys import CONFIRM_SETTINGS
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.answers import Source
from ovirt_hc_setup.runner.check import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import Key, int_key, secret_key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.verbs.pages import agreed
from ovirt_hc_setup.verbs.wizard import Wizard

MEMORY = int_key("T/memory", "memory")
DOUBLE = int_key("T/double", "twice as much")
PASSWORD = secret_key("T/password", "a password")
FREE: Fact[int] = Fact("T/free", "how much there is")
SECTION = "VM CONFIGURATION"


def small_world(free: list[int]) -> Plugins:
    """A plugin whose check wants less memory than the next number in `free`, which is read once as a fact."""
    module = ModuleType("small_world")

    @hookimpl
    def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
        return [
            Question(key=MEMORY, prompt="Memory", section=SECTION, order=1, proposal=lambda _: Proposal(8, "detected")),
            Question(
                key=DOUBLE,
                prompt="Double",
                section=SECTION,
                order=2,
                proposal=lambda context: Proposal(2 * context.answers[MEMORY], "twice"),
            ),
            Question(key=PASSWORD, prompt="Password", section=SECTION, order=3),
        ]

    @hookimpl
    def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
        return [Reading(FREE, lambda context: free.pop(0))]

    @hookimpl
    def ovirt_hc_setup_checks() -> Sequence[Check]:
        return [Check(name="t.memory", run=_enough), Check(name="t.doubt", run=lambda _: warning("odd", "even", "Mend."))]

    for hook in (ovirt_hc_setup_questions, ovirt_hc_setup_facts, ovirt_hc_setup_checks):
        setattr(module, hook.__name__, hook)
    return Plugins([module])


def _enough(context: Context) -> Finding:
    free = fact(context, FREE)
    return fine("enough") if context.answers[MEMORY] <= free else error(f"{free} are free", "more", "Buy some.")


class Person(Console):
    """Types `words` at the pages and `answers` at the questions; an empty one takes what is proposed."""

    def __init__(self, answers: Sequence[str], words: Sequence[str]) -> None:
        super().__init__()
        self.answers, self.words = list(answers), list(words)
        self.asked: list[str] = []

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        self.asked.append(question.prompt)
        typed = self.answers.pop(0)
        if typed == "^C":
            raise Declined("left")
        return question.key.parse(typed) if typed else proposal and proposal.value

    def text(self, prompt: str, *, name: str = "") -> str:
        print(prompt)
        return self.words.pop(0)


KEYS: tuple[Key[Any], ...] = (MEMORY, DOUBLE, PASSWORD)


def wizard(person: Person, free: Sequence[int], tmp_path: Path, **options: Any) -> tuple[Wizard, io.StringIO]:
    """One that has asked its questions already."""
    out = io.StringIO()
    words = {"plugin": [], "yes": False, "output": "auto", "answers": [], "settings": [], "environment": [], "ask_secrets": False}
    made = Wizard(argparse.Namespace(**{**words, **options}), LocalHost("test"), Plain(out), person)
    made.plugins = small_world(list(free))
    made.keys |= {key.name: key for key in KEYS}
    made.context = Context(made.host, made.context.answers, Facts(made.plugins.readings()))
    made.draft = FileDraft("deploy", tmp_path / "drafts")
    made.ask()
    person.asked.clear()
    return made, out


def test_enter_at_both_pages_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person = Person(["", "", "secret"], ["", ""])
    made, _ = wizard(person, [8], tmp_path)
    assert agreed(made) == []
    said = capsys.readouterr().out
    assert said.index("CONFIGURATION PREVIEW") < said.index("WHAT WILL BE DONE")
    assert person.asked == []
    assert "secret" not in said
    assert "odd" in said, "what a check warns of stands before the plan"


def test_a_line_is_changed_by_its_number_and_what_depends_on_it_is_asked_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(["", "", "secret", "4", ""], ["1", "", ""])
    made, _ = wizard(person, [8], tmp_path)
    agreed(made)
    assert person.asked == ["Memory", "Double"]
    assert (made.context.answers[MEMORY], made.context.answers[DOUBLE]) == (4, 8)
    first, second = capsys.readouterr().out.split("CONFIGURATION PREVIEW")[1:]
    assert "8 (detected)" in first
    assert "*  1 Memory" in second
    assert "4 (typed)" in second
    assert "8 (twice)" in second


def test_leaving_at_a_question_leaves(tmp_path: Path) -> None:
    made, _ = wizard(Person(["", "", "secret", "^C"], ["2"]), [8], tmp_path)
    with pytest.raises(Declined):
        agreed(made)


def test_after_a_failed_check_an_answer_is_changed_and_everything_read_anew(tmp_path: Path) -> None:
    person = Person(["", "", "secret", "5", ""], ["", "change", "1", "", ""])
    made, out = wizard(person, [6, 5], tmp_path)
    agreed(made)
    assert made.context.answers[MEMORY] == 5
    assert "6 are free" in out.getvalue()
    assert "1 check failed: fix this first: t.memory" in out.getvalue()


def test_what_was_mended_on_the_host_is_checked_again_without_a_question(tmp_path: Path) -> None:
    person = Person(["", "", "secret"], ["", "what", "", ""])
    made, out = wizard(person, [6, 8], tmp_path)
    agreed(made)
    assert person.asked == []
    assert person.words == []
    assert out.getvalue().count("6 are free") == 1


def test_leaving_after_a_failed_check_ends_with_what_failed(tmp_path: Path) -> None:
    made, _ = wizard(Person(["", "", "secret"], ["", "quit"]), [6], tmp_path)
    with pytest.raises(CheckFailed, match=r"t\.memory"):
        agreed(made)


@pytest.mark.parametrize("options", [{"yes": True}, {"output": "jsonl"}])
def test_who_agreed_beforehand_or_is_a_program_reads_no_pages(options: dict[str, Any], tmp_path: Path) -> None:
    made, out = wizard(Person(["", "", "secret"], []), [8], tmp_path, **options)
    agreed(made)
    assert "t.memory: enough" in out.getvalue()
    made, _ = wizard(Person(["", "", "secret"], []), [6], tmp_path, **options)
    with pytest.raises(CheckFailed):
        agreed(made)


def test_an_answer_file_that_confirms_reads_no_pages_either(tmp_path: Path) -> None:
    made, _ = wizard(Person(["", "", "secret"], []), [8], tmp_path)
    made.context.answers.put(CONFIRM_SETTINGS, True, Source.FILE_DEFAULT, "a.conf line 1")
    agreed(made)
