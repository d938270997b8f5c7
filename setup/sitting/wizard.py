"""The wizard: everything that comes before "Yes". It changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import AnswersRefused, CheckFailed, Declined, NotInstalled, SetupError
from ovirt_hc_setup.base.event_types import Found, Note, Planned, Setting, Sink, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.secrets import MASK
from ovirt_hc_setup.commandline.audience import by_machine, secret_asker
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.dialog.for_one_host import own_answers
from ovirt_hc_setup.dialog.pieces import gathered
from ovirt_hc_setup.dialog.said_waiting import looking_for, noting, waiting
from ovirt_hc_setup.dialog.skipping import names_of, without_a_check
from ovirt_hc_setup.dialog.supply import Supplied, collect
from ovirt_hc_setup.formats.answers.typed_value import as_bool
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.other_hosts import is_called, meant
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.asker import Asked, Asker, NoDraft
from ovirt_hc_setup.runner.checks import blocking, refuse_foreseen, run_checks
from ovirt_hc_setup.runner.context import Context, Facts, fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.graph import in_order
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource, State, Verdict
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.runner.run_folder import Kinds, RunFolder
from ovirt_hc_setup.system.host import packages


@dataclass
class Wizard:
    """One sitting: plugins, keys, answers and facts on one host."""

    options: RunOptions
    host: Host
    report: Reporter
    asker: Asker | None
    goal: Goal = FIRST_HOST
    remembered: tuple[str, ...] = ()  # plugins of a run that is gone on with: its answers and plan speak in their names
    promised: Mapping[str, Any] = field(default_factory=dict)  # by the names of facts: what will be so, and is not looked at
    plugins: Plugins = field(init=False)
    keys: dict[str, Key[Any]] = field(init=False)
    named: tuple[str, ...] = field(init=False)  # the plugins from elsewhere
    kinds: Kinds = field(init=False)
    context: Context = field(init=False)
    draft: FileDraft | None = None
    numbers: dict[str, int] = field(default_factory=dict)  # of the preview's lines, by the name of the key: they stay
    _found: Supplied | None = None
    _asked: dict[str, Asked] = field(default_factory=dict)
    _interview: Interview | None = None

    def __post_init__(self) -> None:
        self.named = tuple(dict.fromkeys((*self.options.plugin, *self.remembered)))
        whole = assembled(self.named)
        self.plugins, self.keys, self.kinds = whole.plugins, dict(whole.keys), whole.kinds
        self.context = Context(self.host, Answers(), Facts(self.plugins.readings(), self.promised), self.goal)

    def supplied(self) -> list[Given]:
        """What files and options say; raises AnswersRefused with everything in them that cannot be read."""
        if self.found().errors:
            raise AnswersRefused(self.found().errors)
        return self._given()

    def found(self) -> Supplied:
        """What files and options say, read once; what is odd about it is said then. Never raises."""
        if self._found is None:
            options = self.options
            pieces = gathered(options.answers, options.settings, options.environment)
            self._found = collect(pieces, self.keys, self.plugins.questions())
            self._found.errors += without_a_check([*self._found.given, *self._found.of_hosts], self.plugins.checks())
            for note in self._found.notes:
                self.report(note)
            self._found.given += self._customized(self._found)
        return self._found

    def _given(self) -> list[Given]:
        """What counts on this host, with its own answers among it; and those of other hosts, by the names of their keys here."""
        found = self.found()
        if not found.of_hosts:
            return found.given
        names = self._own_names()
        others = [one for one in found.of_hosts if not is_called(one.host, names)]
        self._know(f"{one.host}:{one.name}" for one in others)
        named = [replace(one, name=f"{one.host}:{one.name}") for one in others]
        return [*found.given, *own_answers(names, found), *named]

    def _know(self, names: Iterable[str]) -> None:
        """Have a key for each answer of another host."""
        for host, _, name in (name.rpartition(":") for name in names):
            if host and name in self.keys:
                self.keys[f"{host}:{name}"] = self.keys[name].of(host)

    def _own_names(self) -> list[str]:
        given = [one.text for one in self.found().given if one.name == keys.HOST_NAME.name]
        return [str(self.context.host.name), fact(self.context, facts.OWN_NAME), *given]

    def _share_out(self) -> None:
        """What was given for all hosts, or for one of them, lies among the answers of each host that joins in this run: by its
        name here, and by no other. What may be for several hosts stays as it is, for a check to find."""
        named = self.context.answers.get(keys.ADDITIONAL_HOSTS)
        hosts = [other.host for other in named.hosts] if named else []
        for one in self.found().of_hosts if hosts else ():
            self._know([f"{one.host}:{one.name}"])
            if len(self._meant(one, hosts)) > 1:
                self.context.answers.put_text(self.keys[f"{one.host}:{one.name}"], one)
            elif any((host,) in self._meant(one, hosts) for host in hosts):
                self.context.answers.forget(self.keys[f"{one.host}:{one.name}"])
        for given in self.counting_for(hosts):
            self.context.answers.put_text(self.keys[given.name], given)

    def counting_for(self, hosts: Sequence[str]) -> list[Given]:
        """What was supplied, as it counts for each of these other hosts; `host` is set where it was given for that one alone."""
        counting: list[Given] = []
        for host in hosts:
            own = [one for one in self.found().of_hosts if self._meant(one, hosts) == [(host,)]]
            common = [one for one in self.found().given if self.keys[one.name].whose == "host"]
            for name, best in winners([*common, *own]).items():
                alone = any(one.name == name for one in own)
                counting.append(replace(best, name=f"{host}:{name}", host=host if alone else ""))
        self._know(one.name for one in counting)
        return counting

    def _meant(self, given: Given, hosts: Sequence[str]) -> list[Collection[str]]:
        return meant(given.host, [self._own_names(), *((host,) for host in hosts)])

    def own_section(self) -> str:
        """Whose answers those of this host are in a file that speaks of several; empty where it would be the only one."""
        if not any(":" in name for name in self.keys) and not self.found().of_hosts:
            return ""
        return fact(self.context, facts.OWN_NAME)

    def _customized(self, found: Supplied) -> list[Given]:
        """What a front-end sets at otopi's customization prompt, if that is wanted. Raises Declined."""
        wanted = any(piece.name == "DIALOG/customization" and as_bool(piece.text or "") for piece in found.kept)
        if not wanted or self.asker is None or not by_machine(self.options):
            return []
        from ovirt_hc_setup.dialog.customization import Customization

        return Customization(self.keys, found.given).hold()

    def recall(self, folder: RunFolder) -> None:
        """Take the answers of a run, and its secrets if they are still there."""
        self._know(folder.answers)
        for name, secret in folder.secrets.all().items():
            if name in self.keys:
                self.context.answers.put(self.keys[name], secret, Source.RESUMED, "the interrupted run")
        for name, answer in folder.answers.items():
            if name not in self.keys:
                continue
            if answer["text"] is None:
                self.context.answers.put(self.keys[name], None, Source.RESUMED, str(answer["origin"]))
            else:
                given = Given(name, answer["text"], Source.RESUMED, str(answer["origin"]))
                self.context.answers.put_text(self.keys[name], given)

    def ask(self, resumed: Sequence[Given] = (), *, before: bool = False) -> None:
        """Environment customization: fill all answers. Raises AnswersRefused or Declined; GoBack when the person wants to go back
        to what was asked `before`."""
        self.report(StageBegun(title="Environment customization"))
        found = self.found()
        if found.unread:
            raise AnswersRefused(found.errors)  # what is missing may stand in there
        self.context.facts.read_ahead(self.context)
        given = winners([*resumed, *self._given()])
        self._interview = self.interview(given)
        self._interview.errors += found.errors
        self._interview.spoiled, self._interview.before = found.spoiled, before
        self._interview.secrets = secret_asker(self.options)
        try:
            questions = self.plugins.questions()
            if isinstance(self.asker, Console):
                self.asker.sections = tuple(dict.fromkeys(one.section for one in questions if one.key.name not in given))
            with self.report.pause():
                self._interview.hold(questions)
            self._share_out()
        except KeyboardInterrupt:
            # Not at a question, where it is asked what was meant.
            if self.draft is not None:
                self.report(Note(text=f"Nothing was changed. {self.draft.kept}".strip()))
            raise

    def interview(self, given: Mapping[str, Given]) -> Interview:
        """With whoever is asked here; what was typed in an earlier sitting is offered again."""
        person = isinstance(self.asker, Console)
        if person and self.draft is None:
            self.draft = FileDraft(self.goal.name)
            if self.draft.note:
                self.report(Note(text=self.draft.note))
        if isinstance(self.asker, Console) and (draft := self.draft) is not None:
            self.asker.kept = lambda: draft.kept
        return Interview(
            self.keys,
            self.context,
            given,
            self.asker,
            asked=self._asked,
            draft=self.draft or NoDraft(),
            say=lambda text: self.report(Note(text=text)),
            waiting=self._waiting,
            judge=self._judge,
        )

    def _judge(self, question: Question[Any], value: Any) -> None:
        """Raises ValueRefused for an answer that one of the question's checks would refuse."""
        wanted = set(question.checks) - self._skipped.keys()
        checks = [check for check in self.plugins.checks_for(self.goal) if check.name in wanted]
        with self.context.answers.trying(question.key, value):
            refuse_foreseen(checks, self.context)

    @property
    def _skipped(self) -> dict[str, str]:
        """The names of the checks that are left out, and what asks for it."""
        answers = self.context.answers
        return dict.fromkeys(names_of(answers[keys.SKIP_CHECKS]), f"{keys.SKIP_CHECKS.name} ({answers.origin(keys.SKIP_CHECKS)})")

    def _waiting(self, question: Question[Any]) -> AbstractContextManager[None]:
        if isinstance(self.asker, Console) or self._watched:
            return looking_for(question)
        return noting(question, lambda text: self.report(Note(text=text)))

    @property
    def _watched(self) -> bool:
        """Whether somebody looks on who is not asked."""
        return self.asker is None and self.options.output != "jsonl" and sys.stdout.isatty()

    def ask_again(self, question: Question[Any]) -> None:
        """Ask one question again, after `ask`, and then those that depend on what changed. Raises as `Interview.ask_again`."""
        if self._interview is None:
            raise RuntimeError("nothing was asked yet")
        with self.report.pause():
            self._interview.ask_again(question)

    def answered(self) -> list[Question[Any]]:
        """The questions that have an answer, the default of a key for one."""
        answers, found = self.context.answers, dict[str, Question[Any]]()
        for question in self.plugins.questions():
            applies = answers.get(question.key) is not None and question.applies(self.context)
            if applies or (answers.has(question.key) and question.key.name not in found):
                found[question.key.name] = question  # of several for one key the one that was asked
        return list(found.values())

    def preview(self) -> None:
        """Every answer that a question is behind, with where it came from."""
        for question in self.answered():
            origin = self.context.answers.origin(question.key)
            self.report(Setting(key=question.key.name, label=question.prompt, value=self.shown(question.key), origin=origin))

    def shown(self, key: Key[Any]) -> str:
        """The answer to a key as text, a secret masked."""
        return MASK if key.secret else key.text(self.context.answers.get(key))

    def check(self, sink: Sink | None = None) -> None:
        """Setup validation: all checks, told to `sink`. Raises CheckFailed that names those which found something wrong."""
        self.report(StageBegun(title="Setup validation"))
        checks = self.plugins.checks_for(self.goal)
        with self.report.pause(), self._running("Running the checks"):
            found = run_checks(checks, self.context, self._skipped, lambda event: None, later=self._brings)
        self._remember_later(sorted({event.check for event in found if event.severity == "later"}))
        for event in found:
            (sink or self.report)(event)
        if failed := sorted({finding.check for finding in blocking(found)}):
            count = "1 check failed: fix this first" if len(failed) == 1 else f"{len(failed)} checks failed: fix these first"
            raise CheckFailed(
                f"{count}: {', '.join(failed)}",
                hint="Nothing was changed. A check that does not apply here can be skipped by name: "
                f"--set {keys.SKIP_CHECKS.name}={','.join([*self._skipped, 'NAME', 'NAME'])}",
            )

    def judged(self, names: Sequence[str]) -> list[Found]:
        """What these checks find, all packages being there; and which are skipped, those of other goals among them."""
        checks = [check for check in self.plugins.checks_for(self.goal) if check.name in names]
        checks += [check for check in self.plugins.checks() if check.name in self._skipped.keys() - set(names)]
        return run_checks(checks, self.context, self._skipped, lambda event: None)

    def _brings(self, error: NotInstalled) -> bool:
        """Whether packages that this run installs bring what is missing."""
        with suppress(SetupError):
            return error.program in ("", *packages.PROGRAMS) and bool(fact(self.context, facts.ABSENT_PACKAGES))
        return False

    def _remember_later(self, names: Sequence[str]) -> None:
        """For the plan, and for a plan that is made again of this run's answers when the packages are there."""
        self.context.answers.forget(keys.LATER_CHECKS)
        if names:
            self.context.answers.put(keys.LATER_CHECKS, ",".join(names), Source.DRAWN, "not installed yet")

    def _running(self, what: str) -> AbstractContextManager[None]:
        """Shows that something is at work, where somebody looks on."""
        return waiting(what) if isinstance(self.asker, Console) or self._watched else nullcontext()

    def plan(self) -> list[tuple[Resource, Planned]]:
        """The resources in order, each with what is to do. Raises CheckFailed when something is in the way."""
        with self.report.pause(), self._running("Determining what is to be done"):
            planned = [(resource, self._planned(resource)) for resource in in_order(self.plugins.resources(self.context))]
        if in_the_way := [event for _, event in planned if event.state == Verdict.CONFLICT.value]:
            for event in in_the_way:
                self.report(event)
            names = ", ".join(event.resource for event in in_the_way)
            raise CheckFailed(f"conflicts with what is on this host: {names}", hint="Nothing was changed.")
        return planned

    def _planned(self, resource: Resource) -> Planned:
        state = self._probe(resource)
        return Planned(
            resource=resource.name,
            lines=resource.describe(),
            state=state.verdict.value,
            reason=state.reason,
            remedy=state.remedy,
        )

    def _probe(self, resource: Resource) -> State:
        try:
            return resource.probe(self.host)
        except SetupError as error:
            return State(Verdict.BLOCKED, error.message)
        except OSError as error:
            return State(Verdict.BLOCKED, of_the_world(error).message)

    def keep_answers(self) -> dict[str, dict[str, str | None]]:
        self.context.answers.freeze()
        return self.context.answers.to_plain(self.keys)


def declined(why: str = "") -> Declined:
    """`why` where it was not a person's answer."""
    if not why:
        return Declined("not confirmed", hint="Nothing was changed.")
    return Declined(f"not confirmed: {why}", hint="Nothing was changed. Add --yes to confirm the plan, or --plan to only see it.")
