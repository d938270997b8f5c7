"""A whole plan, from a command line to its resources, as text: what is answered and why, what the checks say, what is done."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from unittest.mock import patch

from ovirt_hc_setup.base.errors import AnswersRefused, SetupError
from ovirt_hc_setup.base.event_types import Event, Found, Note, Planned, Setting
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.cli import parsed
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.report.plan_page import doubts, in_groups, plan_entries
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.sitting.run_making import Sitting
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.remote import own_program
from ovirt_hc_setup.verbs import deploy
from ovirt_hc_setup.verbs.add_host import Joining

WIDTH = 100


class _Kept(Plain):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def whole_plan(words: Sequence[str], host: Host) -> str:
    """What `words`, the command line of a verb that makes a plan, come to on a host without a terminal. What stops the wizard
    stands at the end."""
    report, wizards, planned = _Kept(), list[Wizard](), list[tuple[Resource, Planned]]()
    preview, plan = Wizard.preview, Wizard.plan

    def previewed(wizard: Wizard) -> None:
        wizards.append(wizard)
        preview(wizard)

    def found(wizard: Wizard) -> list[tuple[Resource, Planned]]:
        planned[:] = plan(wizard)
        return planned

    stopped: list[str] = []
    with patch.object(Wizard, "preview", previewed), patch.object(Wizard, "plan", found):
        try:
            goal, begin = BEGINNINGS[words[0]]
            begin(Sitting(goal, RunOptions.of(parsed([*words, "--plan"])), host, report, str))
        except SetupError as failed:
            stopped = _told(failed)
    parts = [
        ("answers", _answers(report, wizards)),
        ("checks", [line for event in report.of(Found) for line in _finding(event)]),
        ("page of the plan", _page(report, planned)),
        ("resources", [line for step in planned for line in _resource(*step)]),
        ("said", [f"{note.level}: {note.text}" for note in report.of(Note)]),
        ("stopped", stopped),
    ]
    text = "\n".join(line for title, lines in parts if lines for line in _titled(title, lines))
    return text.replace(own_program.staying_command()[0], "PROGRAM").rstrip() + "\n"


def _joining(sitting: Sitting) -> int:
    return Joining(sitting).begin()


BEGINNINGS: dict[str, tuple[Goal, Callable[[Sitting], int]]] = {
    goal.name: (goal, begin) for goal, begin in ((FIRST_HOST, deploy._begin), (JOINING, _joining))
}


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return [f"== {title}", *(f"{line}".rstrip() for line in lines), ""]


def _told(failed: SetupError) -> list[str]:
    several = failed.errors if isinstance(failed, AnswersRefused) else [failed]
    return [line for one in several for line in (one.message, *_below("hint", one.hint))]


def _answers(report: _Kept, wizards: Sequence[Wizard]) -> list[str]:
    """What questions are about, in their order, and then all else that is known."""
    asked = [f"{event.key} = {event.value or '(nothing)'}  ({event.origin})" for event in report.of(Setting)]
    shown = {event.key for event in report.of(Setting)}
    others = [
        f"{name} = {key.text(answers[key]) if answers[key] is not None else '(nothing)'}  ({answers.origin(key)})"
        for wizard in wizards
        for answers in [wizard.context.answers]
        for name, key in sorted(wizard.keys.items())
        if name not in shown and not key.secret and answers.has(key)
    ]
    return [*asked, "", *others] if wizards else []


def _finding(event: Found) -> list[str]:
    said = event.found.splitlines() or [""]
    first = f"{event.severity:<8}{event.check}: {said[0]}"
    more = (("expected", event.expected), ("remedy", event.remedy), ("key", event.key if event.remedy else ""))
    rest = [line for word, text in more for line in _below(word, text)]
    return [first, *(f"        {line}" for line in said[1:]), *rest]


def _below(word: str, text: str) -> list[str]:
    return [f"          {word}: {line}" if at == 0 else f"            {line}" for at, line in enumerate(text.splitlines())]


def _page(report: _Kept, planned: Sequence[tuple[Resource, Planned]]) -> list[str]:
    steps = [*doubts(report.of(Found)), *in_groups(planned)] if planned else []
    return [str(line) for entry in plan_entries(steps, WIDTH) for line in entry.lines]


def _resource(resource: Resource, event: Planned) -> list[str]:
    state = " ".join(filter(None, (event.state, f"({event.reason})" if event.reason else "")))
    values = to_plain(resource)
    names = [field.name for field in fields(resource) if field.name != "name"]
    told = [line for name in names for line in _field(name, values.get(name))]
    return [f"{resource.name}: {type(resource).__name__}, {state}", *(f"    | {line}" for line in event.lines), *told]


def _field(name: str, value: Any) -> list[str]:
    if value in (None, "", [], {}):
        return []
    if isinstance(value, Mapping):
        inner = [line for key, one in value.items() for line in _field(str(key), one)]
        return [f"    {name}:", *(f"    {line}" for line in inner)]
    if isinstance(value, str) and "\n" in value:
        return [f"    {name}:", *(f"      > {line}" for line in value.splitlines())]
    return [f"    {name} = {value if isinstance(value, str) else json.dumps(value)}"]
