"""`deploy`: the first host of a hosted engine."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ovirt_hc_setup.base.event_types import Planned, StageBegun
from ovirt_hc_setup.commandline.audience import asker, by_machine, output_of
from ovirt_hc_setup.commandline.options import require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.keys import ADDITIONAL_HOSTS, SKIP_CHECKS
from ovirt_hc_setup.model.other_hosts import OtherHosts, meant
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.report.choosing import reporter, several
from ovirt_hc_setup.report.closing import closing_page
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_answers import Given, Source
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.sitting.run_making import Sitting, add_options
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost

VERB = FIRST_HOST.name
EXAMPLES = """examples:
  ovirt-hc-setup deploy --plan
  ovirt-hc-setup deploy --unattended --yes --answers site.conf"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        VERB,
        help="deploy the engine on the first host",
        description="Ask, check, show a plan, and on Yes deploy a hosted engine on this host. "
        "The same command continues an interrupted run.",
        epilog=EXAMPLES,
    )
    add_options(parser, "a deployment")


def run(args: argparse.Namespace) -> int:
    require_root()
    options = RunOptions.of(args)
    with reporter(output_of(options)) as report:
        if args.verbose:
            tell_commands(report)
        sitting = Sitting(FIRST_HOST, options, LocalHost(), report, closing_page, _foresee)
        code = sitting.hold(lambda: _begin(sitting))
        folder = sitting.latest()
    return code if code or options.plan or options.attach or folder is None else _let_others_join(options, folder)


def _let_others_join(options: RunOptions, folder: RunFolder) -> int:
    """The hosts of HC_HOSTS/additional, all at once; those that have joined already are found so."""
    named = (folder.answers.get(ADDITIONAL_HOSTS.name) or {}).get("text")
    if not named or folder.state != "finished":
        return 0
    # They were confirmed with the plan of the first host; what was answered there is on the storage now.
    from ovirt_hc_setup.fleet import way_to_storage
    from ovirt_hc_setup.fleet.add_others import Controller

    dialog = "machine" if by_machine(options) else "console"
    connections = assembled(folder.about.plugins).plugins.connections()
    settings = (*way_to_storage.told(folder.answers, connections), *_skipped_by_all(folder))
    given: dict[str, Any] = {"answers": (), "settings": settings, "environment": (), "plugin": folder.about.plugins}
    joining = replace(options, **given, yes=True, attach=False, dialog=dialog)
    with several(output_of(options)) as report:
        hosts = [str(host) for host in OtherHosts.parse(named).hosts]
        names = [host.host for host in OtherHosts.parse(named).hosts]
        own = {host: _own(folder, host, names) for host in names}
        return Controller(joining, LocalHost(), report, own).join(hosts)


def _skipped_by_all(folder: RunFolder) -> tuple[str, ...]:
    """In a run of an earlier version, which did not keep by host what counts there."""
    skipped = (folder.answers.get(SKIP_CHECKS.name) or {}).get("text")
    return (f"{SKIP_CHECKS.name}={skipped}",) if skipped and not any(":" in name for name in folder.answers) else ()


def _own(folder: RunFolder, host: str, hosts: Sequence[str]) -> list[Given]:
    """The answers of another host, as they were confirmed with the plan of this one. Earlier versions kept them by any name of
    it; by the one that the run calls it they count more."""
    found = {name.rpartition(":"): answer["text"] or "" for name, answer in folder.answers.items()}
    named = {name: text for (other, _, name), text in found.items() if meant(other, [(one,) for one in hosts]) == [(host,)]}
    named |= {name: text for (other, _, name), text in found.items() if other == host}
    return [Given(name, text, Source.RESUMED, "the deployment") for name, text in named.items()]


def _foresee(wizard: Wizard, plan: Sequence[Resource]) -> Mapping[str, Sequence[Planned]]:
    """The hosts that join say before "Yes" whether they can, and what that will be."""
    from ovirt_hc_setup.fleet.add_others import Controller  # most runs have one host
    from ovirt_hc_setup.fleet.foresight import foreseen

    with wizard.report.pause(), several(output_of(wizard.options)) as report:
        return foreseen(Controller(wizard.options, wizard.host, report, asking=True), wizard, plan)


def _begin(sitting: Sitting) -> int:
    sitting.report(StageBegun(title="Initialisation"))
    wizard = Wizard(sitting.options, sitting.host, sitting.report, asker(sitting.options))
    wizard.ask()
    folder = sitting.settle(wizard)
    return 0 if folder is None else sitting.close(folder, sitting.apply(folder))
