"""`add-host`: one more host for a hosted engine that is there already.

Everything that hosts have in common is read from the shared configuration on the storage; a host is asked only for what is its
own. On storage without a hosted engine this verb stops: it never makes a first deployment.

**Two hosts that join at the same moment** are proposed the same host id, because looking at the storage changes nothing on it,
and nothing may be changed before "Yes". It is sanlock that decides, when the worker takes the id in the domain's lockspace: of
all that ask for it one gets it, and the others are refused (or find it held). Everything that has the number in it (libvirt's
`host_id`, hosted-engine.conf, the HA metadata, the second lockspace) comes after that in the plan, so a refused host has changed
nothing that depends on the number. It draws another one, writes it into its run folder and goes on: with `--unattended` or
`--yes` by itself, at a terminal after asking. A number that the operator chose (`--set`, an answer file) is never changed by
itself. After a refusal the next number is drawn at random among the 32 lowest free ones, because it takes some 20 s to see that
another host has a number, and hosts that all took the lowest again would go through that once more each. `add-host --on` gives
the hosts that it sends different numbers from the beginning.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.event_types import Note, StageBegun
from ovirt_hc_setup.commandline.audience import asker, dialog_of, output_of
from ovirt_hc_setup.commandline.ending import INTERRUPTED
from ovirt_hc_setup.commandline.options import require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.dialog.shared_answers import ORIGIN, shared_answers, unknown_names
from ovirt_hc_setup.fleet import way_to_storage
from ovirt_hc_setup.fleet.reached_hosts import connected
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.goals import JOINING
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.plugins.storage.plan import own_names
from ovirt_hc_setup.report.choosing import reporter, several
from ovirt_hc_setup.report.closing import joined_page
from ovirt_hc_setup.runner.context import fact
from ovirt_hc_setup.runner.interview import GoBack, Interview, winners
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.sitting.run_making import Sitting, add_options
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.deployment import local_deployment
from ovirt_hc_setup.system.host.commands import LocalHost

VERB = JOINING.name
EXAMPLES = """examples:
  ovirt-hc-setup add-host --from host1.example.com
  ovirt-hc-setup add-host --on host2.example.com --on host3.example.com"""
HOST_ID_RESOURCE = "host-id"
SPREAD = 32
MOST_ROUNDS = 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        VERB,
        help="add this host to a deployed hosted engine",
        description="Let this host join a hosted engine. An interrupted run is continued.",
        epilog=EXAMPLES,
    )
    add_options(parser, "a host's joining")
    parser.add_argument("--from", dest="source", metavar="HOST", help="ask a host of the deployment where the storage is")
    parser.add_argument(
        "--on", metavar="HOST", action="append", default=[], help="let another host join, over SSH; may be repeated"
    )
    parser.add_argument("--send-program", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--propose-host-id", type=int, metavar="N", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    require_root()
    options = RunOptions.of(args)
    if args.on:
        from ovirt_hc_setup.fleet.add_others import Controller

        with several(output_of(options)) as report:
            return Controller(options, LocalHost(), report).join(args.on)
    with reporter(output_of(options)) as report:
        if args.verbose:
            tell_commands(report)
        joining = Joining(Sitting(JOINING, options, LocalHost(), report, joined_page), args.source)
        return joining.sitting.hold(joining.begin, joining.renumber_resumed)


class Joining:
    """The way of a host into a hosted engine. `source` is the host that answers are fetched from, if one is named; `promised` is
    what will be on the storage by then, as facts."""

    def __init__(self, sitting: Sitting, source: str | None = None, promised: Mapping[str, Any] | None = None) -> None:
        self.sitting, self.source, self.promised = sitting, source, promised or {}
        self.options, self.report = sitting.options, sitting.report

    def begin(self) -> int:
        self.report(StageBegun(title="Initialisation"))
        wizard = Wizard(self.options, self.sitting.host, self.report, asker(self.options), JOINING, promised=self.promised)
        supplied = [*wizard.supplied(), *self._from(self.source)]
        storage = self._storage(wizard, supplied)
        answers = wizard.context.answers.all()
        while not self._asked(wizard, supplied, before=bool(storage.asked)):
            wizard.context.answers.restore(answers)
            with self.report.pause():
                storage.ask_again(next(one for one in wizard.plugins.questions() if one.key is keys.STORAGE_PATH))
            answers = wizard.context.answers.all()
        folder = self.sitting.settle(wizard)
        return 0 if folder is None else self._apply(folder)

    def _asked(self, wizard: Wizard, supplied: Sequence[Given], *, before: bool) -> bool:
        """Ask what is this host's own; False when the person wants to go back to the storage."""
        deployment = self._look(wizard)
        given = shared_answers(deployment)
        _refuse_other_answers(wizard, given, supplied)
        self._say_unknown(wizard, deployment)
        try:
            wizard.ask([*given, *self._proposed(deployment, wizard)], before=before)
            return True
        except GoBack:
            return False

    def _storage(self, wizard: Wizard, supplied: Sequence[Given]) -> Interview:
        """Which storage; it is asked for first, because all else hangs on it."""
        names = {key.name for key in way_to_storage.keys_of(wizard.plugins.connections())}
        first = [question for question in wizard.plugins.questions() if question.key.name in names]
        best = {name: given for name, given in winners(supplied).items() if name in names}
        for name, given in best.items():
            if name not in {question.key.name for question in first}:
                wizard.context.answers.put_text(wizard.keys[name], given)
        interview = wizard.interview(best)
        with self.report.pause():
            interview.hold_only(first)
        return interview

    def _look(self, wizard: Wizard) -> Deployment:
        """The hosted engine on the storage, or the one that will be."""
        if self.promised:
            return fact(wizard.context, facts.SHARED)
        path = wizard.context.answers[keys.STORAGE_PATH]
        self.report(Note(text=f"Looking for a hosted engine on {path}"))
        found = fact(wizard.context, facts.SHARED)
        domain = found.domain
        self.report(Note(text=f"Found the hosted engine {found.conf.fqdn} in the domain {domain.sd_uuid} '{domain.name}'"))
        return found if found.conf.storage == str(path) else self._look_again(wizard, found)

    def _from(self, source: str | None) -> list[Given]:
        """The storage's path, as a host knows it that has joined. Raises SetupError when it cannot be asked, or has none."""
        if not source:
            return []
        other = connected(source, self.report, dialog_of(self.options))
        conf = local_deployment.conf_on(other)
        if conf is None:
            raise UsageError(f"{other.name} has joined no hosted engine: {local_deployment.CONF} is not there")
        return [Given(keys.STORAGE_PATH.name, conf.storage, Source.COMMAND_LINE, f"{other.name}'s hosted-engine.conf")]

    def _look_again(self, wizard: Wizard, found: Deployment) -> Deployment:
        """Every host mounts the storage by the same path, because its folder is named after it: by the one on the volume."""
        given = Given(keys.STORAGE_PATH.name, found.conf.storage, Source.SHARED, ORIGIN)
        path = wizard.context.answers[keys.STORAGE_PATH]
        wizard.context.answers.put_text(keys.STORAGE_PATH, given)
        there = fact(wizard.context, facts.SHARED)
        if there.domain.sd_uuid != found.domain.sd_uuid:
            message = f"{path} holds the domain {found.domain.sd_uuid}, and its configuration names {found.conf.storage}"
            hint = "One of the two is a copy: give the path of the original."
            raise UsageError(f"{message}, which holds {there.domain.sd_uuid}", hint=hint)
        self.report(Note(text=f"The other hosts mount it as {found.conf.storage}, so this one does too"))
        return there

    def _say_unknown(self, wizard: Wizard, deployment: Deployment) -> None:
        if unknown := unknown_names(deployment, wizard.keys):
            self.report(Note(level="warning", text=f"Not known here and kept as it is, from the {ORIGIN}: {', '.join(unknown)}"))

    def _proposed(self, deployment: Deployment, wizard: Wizard) -> list[Given]:
        """The number that whoever sends several hosts has chosen for this one, if it is free still."""
        number, own = self.options.propose_host_id, own_names(wizard.context)
        if not number or deployment.former_id(own) or deployment.holder(number, own):
            return []
        return [Given(keys.HOST_ID.name, str(number), Source.DETECTED, "free when several hosts were numbered")]

    # --- a number that was lost to another host

    def _apply(self, folder: RunFolder) -> int:
        code = self.sitting.apply(folder)
        for _ in range(MOST_ROUNDS):
            if code in (0, INTERRUPTED) or not self._renumber(folder):
                break
            code = self.sitting.apply(folder)
        return self.sitting.close(folder, code)

    def renumber_resumed(self, folder: RunFolder) -> int | None:
        """Go on with a run whose number went to another host; None when that is not what stopped it."""
        if folder.journal.last(HOST_ID_RESOURCE) != "failed" or self.options.plan:
            return None
        return self._apply(folder) if self._renumber(folder) else None

    def _renumber(self, folder: RunFolder) -> bool:
        """Write another number into the run if sanlock gave this one to another host; whether it was done."""
        if folder.journal.last(HOST_ID_RESOURCE) != "failed":
            return False
        wizard = self._wizard_of(folder)
        mine = wizard.context.answers[keys.HOST_ID].number
        deployment = fact(wizard.context, facts.SHARED)
        holder = deployment.holder(mine, own_names(wizard.context))
        chosen = self._other_number(folder, wizard, deployment, holder) if holder else None
        if chosen is None:
            return False
        again = self._wizard_of(folder, chosen)
        resources = again.plugins.resources(again.context)
        folder.amend(again.keep_answers(), resources, again.kinds)
        self.report(Note(level="warning", text=f"Host id {mine} is now used by {holder}. Continuing with host id {chosen}."))
        return True

    def _other_number(self, folder: RunFolder, wizard: Wizard, deployment: Deployment, holder: str) -> HostNumber | None:
        mine, given = folder.answers[keys.HOST_ID.name], winners(wizard.supplied()).get(keys.HOST_ID.name)
        own = own_names(wizard.context)
        if given is not None:
            wanted = HostNumber.parse(given.text)
            return wanted if str(wanted) != mine["text"] and not deployment.holder(wanted.number, own) else None
        free = deployment.free_ids(own)[:SPREAD]
        if not free:
            return None
        chosen = HostNumber.of(random.choice(free))  # noqa: S311 (not a secret: it only keeps hosts apart)
        return chosen if self._agreed(holder, str(mine["text"]), chosen) else None

    def _agreed(self, holder: str, mine: str, chosen: HostNumber) -> bool:
        if self.options.unattended or self.options.yes:
            return True
        dialog = dialog_of(self.options)
        if dialog is None:
            return False
        with self.report.pause():
            text = f"Host id {mine} is now used by {holder}. Continue with {chosen}?"
            return dialog.confirm(text, default=True, name="HC_HOST_ID_PROCEED")

    def _wizard_of(self, folder: RunFolder, host_id: HostNumber | None = None) -> Wizard:
        """The answers of a run, read back; with another number, if there is one."""
        wizard = Wizard(self.options, self.sitting.host, self.report, None, JOINING, remembered=folder.about.plugins)
        wizard.recall(folder)
        if host_id is not None:
            wizard.context.answers.put(keys.HOST_ID, host_id, Source.RESUMED, "drawn again")
        return wizard


def _refuse_other_answers(wizard: Wizard, shared: Sequence[Given], supplied: Sequence[Given]) -> None:
    """Raises UsageError for an answer that the operator gives and all hosts have to have in common."""
    common = {given.name: given for given in shared if given.source is Source.SHARED}
    wrong = []
    for name, given in winners(supplied).items():
        if name in common and name != keys.STORAGE_PATH.name and not _same(wizard, common[name], given):
            wrong.append(f"{name} is {given.text!r} in {given.origin}, and {common[name].text!r} in the {ORIGIN}")
    if wrong:
        raise UsageError("\n  ".join(wrong), hint="All hosts share this value: leave it out.")


def _same(wizard: Wizard, one: Given, other: Given) -> bool:
    key = wizard.keys[one.name]
    try:
        return bool(key.parse(one.text) == key.parse(other.text))
    except SetupError:
        return False
