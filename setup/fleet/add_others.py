"""`add-host --on HOST`: other hosts join, each by itself, all at the same time, shown and confirmed here.

In three steps with a barrier between them: every host is reached and has the program; every host looks, checks and shows its
plan; and after one "Yes" every host joins, with their bridges one after the other. A host that fails in one step is out of the
next, and the others go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import NotDeployed, SetupError, UsageError
from ovirt_hc_setup.base.event_types import Event, Found, Note, ResourceEnded, RunBegun, StageBegun
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.commandline.audience import dialog_of
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.for_one_host import answers_for
from ovirt_hc_setup.fleet import way_to_storage
from ovirt_hc_setup.fleet.numbering import numbered
from ovirt_hc_setup.fleet.reached_hosts import Reached, connected, prepared
from ovirt_hc_setup.goals import JOINING
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.context import fact
from ovirt_hc_setup.runner.interview import winners
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.sitting.following import leaving_quietly
from ovirt_hc_setup.sitting.wizard import Wizard, declined
from ovirt_hc_setup.system.deployment import local_deployment
from ovirt_hc_setup.system.remote.ssh_host import ConnectionBroken, SshHost

VERB = JOINING.name
INTERRUPTED = 130
BRIDGE = "bridge"
"""What the plan of every host calls the step after which its network is at rest."""

T = TypeVar("T")
R = TypeVar("R")


class EndedThere(SetupError):
    """The program on the other host ended with `code`; it has said why itself."""

    def __init__(self, code: int) -> None:
        super().__init__(f"not finished: the program ended with {code}")
        self.code = code


@dataclass
class Controller:
    """`codes` has the exit code of every host that is out of it; `own` what the run before this one has for single hosts.
    `asking`: nothing is begun there."""

    options: RunOptions
    here: Host
    report: Reporter
    own: Mapping[str, Sequence[Given]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    asking: bool = False

    def join(self, wanted: Sequence[str]) -> int:
        """Let the hosts join; 0 when all of them did, else the exit code of the first that did not."""
        names = {OtherHost.parse(text).host: text for text in wanted}
        try:
            with leaving_quietly():
                return self._join(names)
        except KeyboardInterrupt:
            hint = f"ovirt-hc-setup {VERB} {' '.join(f'--on {name}' for name in names)} --attach"
            self.report(Note(text=f"The work on the hosts continues. To watch it again: {hint}"))
            return INTERRUPTED

    def _join(self, names: Mapping[str, str]) -> int:
        self.report(StageBegun(title="Environment setup"))
        connected_to = self.connect(names)
        self._begin("Environment setup", connected_to)
        hosts = self.each(connected_to, lambda host: prepared(host, self.report, send=self.options.send_program))
        if self.options.attach:
            self.each(hosts, lambda host: _run(host, (VERB, "--attach")))
        elif hosts:
            self._plan_and_apply(hosts)
        return self._end(names)

    def _plan_and_apply(self, hosts: Mapping[str, Reached]) -> None:
        self.report(StageBegun(title="Setup validation"))
        self._begin("Setup validation", hosts)
        words = self._words(list(hosts))
        self.each(hosts, lambda host: _run(host, (*words[host.name], "--plan")))
        left = {name: host for name, host in hosts.items() if name not in self.codes}
        if left and not self.options.plan:
            self._confirm(list(left))
            self.report(StageBegun(title="Misc configuration"))
            turn = threading.Lock()
            self.each(left, lambda host: self._in_turn(host, (*words[host.name], "--yes"), turn))

    def _in_turn(self, host: Reached, words: Sequence[str], turn: threading.Lock) -> None:
        """One host after the other until its packages and its bridge are there: they have the bricks of the volume that the
        engine runs from, which are away for seconds then. The rest of the work is done on all hosts at once."""
        if not turn.acquire(blocking=False):
            self.report(Note(text="waits until the host before it has its packages and its bridge", host=host.name))
            turn.acquire()
        show, made = _only_the_work(), Once(turn.release)

        def take(event: Event) -> bool:
            if isinstance(event, ResourceEnded) and event.resource == BRIDGE:
                made()
            return show(event)

        try:
            _run(host, words, take)
        finally:
            made()

    def _begin(self, stage: str, hosts: Iterable[str]) -> None:
        """Each host has its row, and its clock, before it has said anything itself."""
        for name in hosts:
            self.report(StageBegun(title=stage, host=name))

    def connect(self, names: Mapping[str, str]) -> dict[str, SshHost]:
        """One after the other: a key or a password may have to be asked for."""
        found: dict[str, SshHost] = {}
        dialog = dialog_of(self.options)
        for name, text in names.items():
            reached = self._one(name, lambda given: connected(given, self.report, dialog), text)
            found |= {name: reached[0]} if reached else {}
        return found

    # --- what each host is told

    def _words(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The command line for each host: the storage, a number of its own, and what the operator gave."""
        wizard = Wizard(self.options, self.here, self.report, None, JOINING)
        wizard.supplied()
        given = winners(wizard.found().given)
        self._refuse(given, wizard, names)
        if keys.STORAGE_PATH.name not in given:
            given = {one.name: one for one in self._own_storage()} | given
        own = {name: [*self.own.get(name, ()), *answers_for(name, wizard.found(), wizard.keys)] for name in names}
        for name, answers in own.items():
            self._refuse(winners(answers), wizard, (name,))
        numbers = self._numbers(wizard, given, {name: winners(answers) for name, answers in own.items()})
        plugins = [word for name in wizard.named for word in ("--plugin", name)]
        settings = {name: _settings([*given.values(), *own[name]]) for name in names}
        common = (VERB, "--unattended", *plugins)
        last = {name: ("--propose-host-id", str(number)) for name, number in numbers.items()}
        return {name: (*common, *settings[name], *last[name]) for name in names}

    def _refuse(self, given: Mapping[str, Given], wizard: Wizard, names: Sequence[str]) -> None:
        for name in given:
            if name in wizard.keys and wizard.keys[name].secret:
                raise UsageError(f"{name} is a secret, and a joining host needs none", hint="Leave it out.")
            if len(names) > 1 and name in wizard.keys and wizard.keys[name].whose == "one":
                hint = f"Leave it out, or say which host's it is: --set {names[0]}:{name}=VALUE"
                raise UsageError(f"{name} cannot be the same for {len(names)} hosts", hint=hint)

    def _own_storage(self) -> list[Given]:
        conf = local_deployment.conf_on(self.here)
        if conf is None:
            hint = f"Say which storage holds the hosted engine: --set {keys.STORAGE_PATH.name}=SERVER:/VOLUME"
            raise NotDeployed("this host is in no hosted engine", hint=hint)
        found = {keys.STORAGE_PATH: conf.storage, keys.DOMAIN_TYPE: conf.domain_type}
        unusual = {key: text for key, text in found.items() if text != key.default}
        return [Given(key.name, text, Source.DETECTED, "this host's hosted-engine.conf") for key, text in unusual.items()]

    def _numbers(self, wizard: Wizard, given: Mapping[str, Given], own: Mapping[str, Mapping[str, Given]]) -> dict[str, int]:
        """By host a number that no other has, so that they do not have to fight for the lowest; 0 for one that has a number
        already. `own` are the answers of each host."""
        for key in way_to_storage.keys_of(wizard.plugins.connections()):
            if key.name in given:
                wizard.context.answers.put_text(wizard.keys[key.name], given[key.name])
        deployment = fact(wizard.context, facts.SHARED)
        known = {block.hostname for block in deployment.board.hosts.values()}
        chosen = {name: _number(answers[keys.HOST_ID.name]) for name, answers in own.items() if keys.HOST_ID.name in answers}
        numbers = numbered([name for name in own if name not in known], deployment.free_ids(), chosen, {})
        if not all(numbers.values()):
            hint = "Remove hosts that are gone for good: ovirt-hc-setup remove-host --host-id N"
            raise UsageError(f"there are fewer free host ids than hosts that want to join ({', '.join(own)})", hint=hint)
        return {name: numbers.get(name, 0) for name in own}

    def _confirm(self, names: Sequence[str]) -> None:
        if self.options.yes:
            return
        dialog = dialog_of(self.options)
        if dialog is None:
            raise declined("nobody was asked")
        with self.report.pause():
            if not dialog.confirm(f"Let {', '.join(names)} join: make these changes?", default=True, name="HC_JOIN_PROCEED"):
                raise declined()

    # --- several at once

    def each(self, hosts: Mapping[str, T], work: Callable[[T], R]) -> dict[str, R]:
        """Do something with every host at once; what came of it, of those where it went well."""
        results = at_once([partial(self._one, name, work, host) for name, host in hosts.items()], len(hosts))
        return {name: done[0] for name, done in zip(hosts, results, strict=True) if done}

    def _one(self, name: str, work: Callable[[T], R], host: T) -> tuple[R] | None:
        """What came of it; what went wrong is said of that host and kept as its exit code."""
        try:
            return (work(host),)
        except EndedThere as error:
            self._failed(name, error, error.code)
        except ConnectionBroken as error:
            if not self.asking:
                error.hint = f"The work there continues. To watch it again: ovirt-hc-setup {VERB} --on {name} --attach"
            self._failed(name, error, error.exit_code)
        except SetupError as error:
            self._failed(name, error, error.exit_code)
        return None

    def _failed(self, name: str, error: SetupError, code: int) -> None:
        self.codes[name] = code
        self.report(Note(text=f"{error.message}\n{error.hint}".strip(), level="error", host=name))

    def _end(self, names: Mapping[str, str]) -> int:
        bad = [name for name in names if name in self.codes]
        good = [name for name in names if name not in self.codes]
        if good:
            done = "Finished" if self.options.attach else "Can join" if self.options.plan else "Joined"
            self.report(Note(text=f"{done}: {', '.join(good)}"))
        if bad:
            self.report(Note(text=f"Failed: {', '.join(bad)}. Run the same command again to continue.", level="error"))
        return self.codes[bad[0]] if bad else 0


def _number(given: Given) -> int:
    answers = Answers()
    answers.put_text(keys.HOST_ID, given)
    return answers[keys.HOST_ID].number


def _settings(given: Sequence[Given]) -> list[str]:
    return [word for one in winners(given).values() for word in ("--set", f"{one.name}={one.text}")]


class Once:
    """What is done at the first call only, from whichever thread that comes."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._left = [act]

    def __call__(self) -> None:
        with suppress(IndexError):
            self._left.pop()()


def _run(host: Reached, words: Sequence[str], show: Callable[[Event], bool] = lambda event: True) -> None:
    code = host.run(words, show)
    if code:
        raise EndedThere(code)


def _only_the_work() -> Callable[[Event], bool]:
    """Not once more what was shown with the plan: from the beginning of the run on, and before it only what is wrong now."""
    begun = False

    def show(event: Event) -> bool:
        nonlocal begun
        begun = begun or isinstance(event, RunBegun)
        return begun or (isinstance(event, Found) and event.severity in ("error", "unknown"))

    return show
