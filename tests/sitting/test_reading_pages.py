"""Between the questions and "Yes": a person reads, changes answers from there, mends what a check found, or leaves."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ovirt_hc_setup.base.errors import CheckFailed, Declined
from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.keys import CONFIRM_SETTINGS
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner import run_folder
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import Key, int_key, secret_key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.runner.run_answers import Source
from ovirt_hc_setup.runner.run_secrets import RunSecrets
from ovirt_hc_setup.sitting import run_making
from ovirt_hc_setup.sitting.preview import Preview
from ovirt_hc_setup.sitting.reading_pages import agreed
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost

MEMORY = int_key("T/memory", "memory")
DOUBLE = int_key("T/double", "twice as much")
PASSWORD = secret_key("T/password", "a password")
LARGE = int_key("T/large", "what only a large one needs")
FREE: Fact[int] = Fact("T/free", "how much there is")
SECTION = "VM CONFIGURATION"


def small_world(free: list[int], *, conditional: bool = False) -> Plugins:
    """A plugin whose check wants less memory than the next number in `free`, which is read once as a fact. A `conditional`
    question is asked where there is much memory."""
    module = ModuleType("small_world")
    large = Question(
        key=LARGE, prompt="Large", section=SECTION, order=3, condition=lambda context: context.answers[MEMORY] > 5
    )

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
            Question(key=PASSWORD, prompt="Password", section=SECTION, order=4),
            *([large] if conditional else []),
        ]

    @hookimpl
    def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
        return [Reading(FREE, lambda context: free.pop(0))]

    @hookimpl
    def ovirt_hc_setup_checks() -> Sequence[Check]:
        doubt = Check(name="t.doubt", run=lambda _: warning("odd", "even", "Mend."))
        return [Check(name="t.memory", run=_enough, about=MEMORY), doubt]

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


KEYS: tuple[Key[Any], ...] = (MEMORY, DOUBLE, PASSWORD, LARGE)


def wizard(
    person: Person, free: Sequence[int], tmp_path: Path, *, conditional: bool = False, **options: Any
) -> tuple[Wizard, io.StringIO]:
    """One that has asked its questions already."""
    out = io.StringIO()
    made = Wizard(RunOptions(**options), LocalHost("test"), Plain(out), person)
    made.plugins = small_world(list(free), conditional=conditional)
    made.keys |= {key.name: key for key in KEYS}
    made.context = Context(made.host, made.context.answers, Facts(made.plugins.readings()), FIRST_HOST)
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


# --- where an error is, and what stays where it is


def test_a_finding_names_its_line_and_the_line_is_marked_until_it_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(["", "", "secret", "5", ""], ["", "change", "1", "", ""])
    made, out = wizard(person, [6, 5, 5], tmp_path)
    agreed(made)
    assert "The answer is line 1 of the preview." in out.getvalue()
    before, failed, changed = capsys.readouterr().out.split("CONFIGURATION PREVIEW")[1:]
    assert "   1 Memory" in before
    assert " !  1 Memory" in failed
    assert " *  1 Memory" in changed


FOUND = {"check": "t.memory", "severity": "error", "found": "wrong", "remedy": "Mend."}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"key": MEMORY.name}, "The answer is line 1 of the preview."),
        ({"key": "T/unasked"}, "leave and start again with --set T/unasked=VALUE."),
        ({}, "No answer changes this: fix it, and let it be checked again."),
        ({"severity": "warning"}, "Mend."),
        ({"severity": "warning", "key": MEMORY.name}, "The answer is line 1 of the preview."),
        ({"severity": "ok", "key": MEMORY.name}, "Mend."),
    ],
)
def test_a_finding_says_where_it_is_mended(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    person = Person(["", "", "secret"], [""])
    made, _ = wizard(person, [8], tmp_path)
    preview = Preview(made, person)
    preview.show()
    assert preview.with_line(Found(**{**FOUND, **more})).remedy.endswith(said)


def test_lines_keep_their_numbers_when_another_question_goes_and_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(["", "", "9", "secret", "4", "", "8", "", "9"], ["1", "1", "", ""])
    made, _ = wizard(person, [8, 8, 8], tmp_path, conditional=True)
    agreed(made)
    shown = capsys.readouterr().out.split("CONFIGURATION PREVIEW")[1:]
    for page in shown:
        (line,) = [line for line in page.splitlines() if "Password" in line]
        assert line.split()[0] == "4"
    assert "Large" in shown[0]
    assert "Large" not in shown[1]


def test_the_page_that_is_read_after_a_failed_check_looks_nothing_up_again(tmp_path: Path) -> None:
    """What takes seconds there would swallow what is typed."""
    looked: list[str] = []
    person = Person(["", "", "secret", "5"], ["", "change", "", "quit"])
    made, _ = wizard(person, [6, 6], tmp_path)
    plugins = made.plugins
    questions = [replace(one, proposal=seen(one.proposal, looked)) for one in plugins.questions()]
    made.plugins = Replaced(plugins, questions)  # type: ignore[assignment]
    with pytest.raises(CheckFailed):
        agreed(made)
    assert len(looked) == 2, "once for each that is no secret, and not for the second preview"


class Replaced:
    """Plugins with these questions."""

    def __init__(self, plugins: Plugins, questions: Sequence[Question[Any]]) -> None:
        self._plugins, self._questions = plugins, questions

    def questions(self) -> Sequence[Question[Any]]:
        return self._questions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plugins, name)


def seen(proposal: Any, looked: list[str]) -> Any:
    def looking(context: Context) -> Any:
        looked.append("")
        return proposal(context)

    return looking


# --- the confirmation


class Confirming(Person):
    """Types `words` at every prompt, that of the confirmation too."""

    def confirm(self, text: str, *, default: bool, name: str = "", back: bool = False) -> bool:
        return Console.confirm(self, text, default=default, name=name, back=back)


def settled(words: Sequence[str], free: Sequence[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    """What a sitting says that comes to its confirmation; how it ended in the last line."""
    monkeypatch.setattr(run_making, "all_runs", partial(run_folder.all_runs, tmp_path / "runs"))
    monkeypatch.setattr(run_folder, "RunSecrets", partial(RunSecrets, root=tmp_path / "secrets"))
    monkeypatch.setattr(run_making, "create", partial(run_folder.create, root=tmp_path / "runs"))
    person = Confirming(["", "", "secret", "4", ""], words)
    made, out = wizard(person, free, tmp_path, save=None, plan=False, dialog="", **options)
    monkeypatch.setattr(run_making, "dialog_of", lambda args: None if args.unattended else person)
    monkeypatch.setattr(run_making, "CONFIRMING", tmp_path / "lock")
    held = run_making.Sitting(FIRST_HOST, made.options, made.host, made.report, lambda folder: "")
    try:
        held.settle(made)
    except Declined as declined:
        return f"{out.getvalue()}{declined}"
    return f"{out.getvalue()}{person.words}"


def test_who_comes_to_the_confirmation_by_enter_confirms_nothing_by_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = settled(["", "", ""], [8], tmp_path, monkeypatch, unattended=False)
    assert said.splitlines()[-2:] == ["not confirmed", "  Nothing was changed."]
    assert "make these changes? (Yes, No, < goes back) [No]:" in " ".join(capsys.readouterr().out.split())
    assert not [*(tmp_path / "runs").glob("*")]


def test_from_the_confirmation_a_person_goes_back_to_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = settled(["", "", "<", "1", "", "<", "", "", "yes"], [8] * 4, tmp_path, monkeypatch, unattended=False)
    assert said.endswith("[]"), "all was typed, and Yes at the end"
    assert capsys.readouterr().out.count("CONFIGURATION PREVIEW") == 4
    (run,) = (tmp_path / "runs").iterdir()
    assert json.loads((run / "answers.json").read_text())["T/memory"]["text"] == "4"


def test_an_unattended_run_says_how_to_confirm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = settled([], [8], tmp_path, monkeypatch, unattended=True, output="jsonl")
    assert "nobody was asked" in said
    assert "--yes" in said
