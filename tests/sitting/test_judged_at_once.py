"""What a check would refuse fifteen questions later is not taken from a person; what is supplied is left to the checks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovirt_hc_setup.base.errors import CheckFailed, CommandFailed, ValueRefused
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import int_key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost

CPUS = int_key("T/cpus", "CPUs")


def _enough(context: Context) -> Finding:
    asked = context.answers[CPUS]
    return fine("enough") if asked <= 8 else error(f"{asked} CPUs asked for, 8 are there", "at most 8", "Take fewer.")


def _silent(context: Context) -> Finding:
    raise CommandFailed("nobody can tell yet")


def small_world() -> Plugins:
    module = ModuleType("small_world")

    @hookimpl
    def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
        checks = ("t.cpus", "t.odd", "t.silent")
        return [Question(key=CPUS, prompt="CPUs", section="VM CONFIGURATION", order=1, proposal=_sixteen, checks=checks)]

    @hookimpl
    def ovirt_hc_setup_checks() -> Sequence[Check]:
        return [
            Check(name="t.cpus", run=_enough),
            Check(name="t.odd", run=lambda _: warning("odd", "even", "Mend.")),
            Check(name="t.silent", run=_silent, optional=True),
        ]

    for hook in (ovirt_hc_setup_questions, ovirt_hc_setup_checks):
        setattr(module, hook.__name__, hook)
    return Plugins([module])


def _sixteen(context: Context) -> Proposal[int]:
    return Proposal(16, "usual")


class Person(Console):
    """Types one answer after the other until one is taken, as at the prompt; an empty one is what is proposed."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers, self.refused = list(answers), list[str]()

    def ask(self, question: Question[Any], context: Context, proposal: Proposal[Any] | None) -> Any:
        while True:
            typed = self.answers.pop(0)
            value = question.key.parse(typed) if typed else proposal and proposal.value
            try:
                question.validate(context, value)
                return value
            except ValueRefused as refused:
                self.refused.append(f"{refused.message}. {refused.hint}")


def wizard(person: Person | None, tmp_path: Path, *settings: str) -> Wizard:
    made = Wizard(RunOptions(settings=settings), LocalHost("test"), Plain(io.StringIO()), person)
    made.plugins = small_world()
    made.keys |= {CPUS.name: CPUS}
    made.context = Context(made.host, made.context.answers, Facts(()), FIRST_HOST)
    made.draft = FileDraft("deploy", tmp_path / "drafts")
    made.ask()
    return made


def test_a_person_is_told_at_the_question_and_asked_again(tmp_path: Path) -> None:
    person = Person("64", "4")
    made = wizard(person, tmp_path)
    assert made.context.answers[CPUS] == 4
    assert person.refused == ["64 CPUs asked for, 8 are there. Expected: at most 8. Take fewer."]
    made.check()


def test_what_is_proposed_is_judged_too(tmp_path: Path) -> None:
    person = Person("", "8")
    assert wizard(person, tmp_path).context.answers[CPUS] == 8
    assert "16 CPUs" in person.refused[0]


def test_what_is_supplied_is_left_to_the_check_with_all_its_findings(tmp_path: Path) -> None:
    made = wizard(None, tmp_path, "T/cpus=64")
    with pytest.raises(CheckFailed, match=r"t\.cpus"):
        made.check()


def test_a_check_that_is_skipped_refuses_no_answer(tmp_path: Path) -> None:
    person = Person("64")
    assert wizard(person, tmp_path, "HC_CORE/skipChecks=t.cpus").context.answers[CPUS] == 64
    assert person.refused == []


def test_every_name_of_a_check_at_a_question_is_that_of_a_check() -> None:
    from ovirt_hc_setup.plugins import BUILT_IN

    plugins = Plugins(BUILT_IN)
    named = {name for question in plugins.questions() for name in question.checks}
    assert named
    assert named <= {check.name for check in plugins.checks()}
