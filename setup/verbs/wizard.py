"""The wizard: everything that comes before "Yes". It changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ovirt_hc_setup.base.errors import AnswersRefused, CheckFailed, Declined, SetupError
from ovirt_hc_setup.base.events import Note, Planned, Setting, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import MASK
from ovirt_hc_setup.dialog.pieces import gathered
from ovirt_hc_setup.dialog.supply import Supplied, collect, readable_by_others
from ovirt_hc_setup.keys import BUILT_IN as BUILT_IN_KEYS
from ovirt_hc_setup.keys import SKIP_CHECKS
from ovirt_hc_setup.plugins import BUILT_IN as BUILT_IN_PLUGINS
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.resources.kinds import KINDS
from ovirt_hc_setup.runner.answers import Answers, Given, Source
from ovirt_hc_setup.runner.check import blocking, run_checks
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.graph import in_order
from ovirt_hc_setup.runner.interview import Asker, Interview, winners
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource, State, Verdict
from ovirt_hc_setup.runner.run_folder import Kinds, kinds_by_name
from ovirt_hc_setup.verbs.asking import secret_asker

YES = Source.COMMAND_LINE


@dataclass
class Wizard:
    """One sitting: plugins, keys, answers and facts on one host."""

    args: argparse.Namespace
    host: Host
    report: Reporter
    asker: Asker | None
    verb: str = "deploy"
    plugins: Plugins = field(init=False)
    context: Context = field(init=False)
    _found: Supplied | None = None
    _interview: Interview | None = None

    def __post_init__(self) -> None:
        self.plugins = Plugins(BUILT_IN_PLUGINS, self.args.plugin)
        self.keys = {key.name: key for key in (*BUILT_IN_KEYS, *self.plugins.keys())}
        self.context = Context(self.host, Answers(), Facts(self.plugins.readings()), self.verb)

    @property
    def kinds(self) -> Kinds:
        return kinds_by_name((*KINDS, *self.plugins.kinds()))

    def supplied(self) -> list[Given]:
        """What files and options say; raises AnswersRefused with everything in them that cannot be read."""
        found = self.found()
        if found.errors:
            raise AnswersRefused(found.errors)
        return found.given

    def found(self) -> Supplied:
        """What files and options say, read once; what is odd about it is said then. Never raises."""
        if self._found is None:
            args = self.args
            self._found = collect(gathered(args.answers, args.settings, args.environment), self.keys, self.plugins.questions())
            for path in readable_by_others(args.answers, self._found.given, self.keys):
                text = f"{path} holds a secret and other users can read it: chmod 600 {path}"
                self._found.notes.append(Note(level="warning", text=text))
            for note in self._found.notes:
                self.report(note)
        return self._found

    def ask(self, resumed: Sequence[Given] = ()) -> None:
        """Environment customization: fill all answers. Raises AnswersRefused or Declined."""
        self.report(StageBegun(title="Environment customization"))
        found = self.found()
        given = winners([*resumed, *found.given])
        errors = list(found.errors)
        secrets = secret_asker(self.args)
        self._interview = Interview(
            self.keys, self.context, given, self.asker, errors, spoiled=found.spoiled, secrets=secrets, say=self._say
        )
        with self.report.pause():
            self._interview.hold(self.plugins.questions())

    def ask_again(self, question: Question[Any]) -> None:
        """Ask one question again, after `ask`, and then those that depend on what changed. Raises as `Interview.ask_again`."""
        if self._interview is None:
            raise RuntimeError("nothing was asked yet")
        with self.report.pause():
            self._interview.ask_again(question)

    def _say(self, text: str) -> None:
        self.report(Note(text=text))

    def preview(self) -> None:
        """Every answer that a question is behind, with where it came from."""
        for question in self.plugins.questions():
            value = self.context.answers.get(question.key)
            if self.context.answers.has(question.key) or (value is not None and question.condition(self.context)):
                text = MASK if question.key.secret else question.key.text(value)
                origin = self.context.answers.origin(question.key)
                self.report(Setting(key=question.key.name, label=question.prompt, value=text, origin=origin))

    def check(self) -> None:
        """Setup validation: all checks. Raises CheckFailed that names those which found something wrong."""
        self.report(StageBegun(title="Setup validation"))
        skipped = [name.strip() for name in self.context.answers[SKIP_CHECKS].split(",") if name.strip()]
        found = run_checks(self.plugins.checks(), self.context, skipped, self.report)
        if bad := blocking(found):
            names = ", ".join(sorted({finding.check for finding in bad}))
            raise CheckFailed(
                f"{'one finding has' if len(bad) == 1 else f'{len(bad)} findings have'} to be mended first: {names}",
                hint="Nothing was changed. A check that you know better than can be left out by name: "
                f"--set {SKIP_CHECKS.name}=NAME,NAME",
            )

    def plan(self) -> list[Resource]:
        """The resources in order, shown with what is to do. Raises CheckFailed when something is in the way."""
        resources = in_order(self.plugins.resources(self.context))
        states = [self._probe(resource) for resource in resources]
        for resource, state in zip(resources, states, strict=True):
            self.report(
                Planned(
                    resource=resource.name,
                    lines=resource.describe(),
                    state=state.verdict.value,
                    reason=state.reason,
                    remedy=state.remedy,
                )
            )
        pairs = zip(resources, states, strict=True)
        if in_the_way := [resource.name for resource, state in pairs if state.verdict is Verdict.CONFLICT]:
            raise CheckFailed(f"something is in the way of: {', '.join(in_the_way)}", hint="Nothing was changed.")
        return resources

    def _probe(self, resource: Resource) -> State:
        try:
            return resource.probe(self.host)
        except SetupError as error:
            return State(Verdict.BLOCKED, error.message)

    def keep_answers(self) -> dict[str, dict[str, str | None]]:
        self.context.answers.freeze()
        return self.context.answers.to_plain(self.keys)


def declined() -> Declined:
    return Declined("not confirmed", hint="Nothing was changed.")
