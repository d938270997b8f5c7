"""Hosts that join with a deployment, before "Yes": each is reached, checks itself and plans its joining, all at the same time.

What they would find on the storage is not there yet: it is promised to them. Nothing but the program is left on them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CheckFailed
from ovirt_hc_setup.base.event_types import Event, Note, Planned, Setting, StageBegun
from ovirt_hc_setup.fleet import way_to_storage
from ovirt_hc_setup.fleet.add_others import Controller, EndedThere
from ovirt_hc_setup.fleet.numbering import numbered
from ovirt_hc_setup.fleet.reached_hosts import Reached, prepared
from ovirt_hc_setup.formats.hosted_engine.promise import Promise
from ovirt_hc_setup.model.host_number import HIGHEST, LOWEST
from ovirt_hc_setup.report.differences import differences
from ovirt_hc_setup.resources.config_archive import ConfigArchive
from ovirt_hc_setup.resources.storage_domain import StorageDomain
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.runner.context import fact
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.sitting.wizard import Wizard

ASK = ("asked-plan",)

ALIKE = 512
"""Bytes of a sector, where nobody knows the disks yet."""

MOST_EVENTS = 10_000
"""Of one host: a plan has some hundred."""


def foreseen(controller: Controller, wizard: Wizard, plan: Sequence[Resource]) -> dict[str, list[Planned]]:
    """By host what its joining will do; told to the controller's reporter with what its checks find. Raises CheckFailed that
    names the hosts which cannot join."""
    named = wizard.context.answers.get(keys.ADDITIONAL_HOSTS)
    wanted = {other.host: other for other in named.hosts} if named else {}
    if not wanted:
        return {}
    controller.report(StageBegun(title="Setup validation of the other hosts"))
    numbers = numbers_of(wizard, wanted)
    promise = to_plain(promised(wizard, plan, [(number, name) for name, number in numbers.items()]))
    said: dict[str, list[Event]] = {name: [] for name in wanted}

    def ask(host: Reached) -> None:
        settings = settings_for(host.name, wizard)
        request = {"plugins": wizard.named, "settings": settings, "host_id": numbers[host.name], "promise": promise}

        def keep(event: Event) -> bool:
            if len(said[host.name]) < MOST_EVENTS:
                said[host.name].append(event)
            return not isinstance(event, Note) or event.level != "info"

        if code := host.run(ASK, keep, stdin=msgspec.json.encode(request)):
            raise EndedThere(code)

    connected = controller.connect({name: str(other) for name, other in wanted.items()})
    try:
        reached = controller.each(connected, lambda host: prepared(host, controller.report))
        controller.each(reached, ask)
    finally:
        for host in connected.values():
            host.close()
    _tell_differences(controller, wizard, said)
    if controller.codes:
        names = ", ".join(controller.codes)
        hint = f"Nothing was changed. Fix it there, or leave the host out ({keys.ADDITIONAL_HOSTS.name}): it can join later."
        raise CheckFailed(f"cannot join: {names}", hint=hint)
    return {name: [event for event in events if isinstance(event, Planned)] for name, events in said.items()}


def numbers_of(wizard: Wizard, others: Collection[str]) -> dict[str, int]:
    """By host its id: its own, or the lowest that no other host of this run has. Raises CheckFailed for one that two have."""
    context = wizard.context
    of_hosts = [(host, answer.value.number) for host, name, answer in context.answers.of_hosts() if name == keys.HOST_ID.name]
    given = {host: number for host, number in of_hosts if host in others}
    return numbered(others, range(LOWEST, HIGHEST + 1), given, {context.answers[keys.HOST_ID].number: context.host.name})


def promised(wizard: Wizard, plan: Sequence[Resource], others: Sequence[tuple[int, str]]) -> Promise:
    """What the plan of the first host will have on the storage."""
    context = wizard.context
    archive = next(one for one in plan if isinstance(one, ConfigArchive))
    domain = next(one for one in plan if isinstance(one, StorageDomain))
    return Promise(
        configuration=archive.configuration,
        domain=domain.metadata(domain.disk_sector or ALIKE),
        members=((context.answers[keys.HOST_ID].number, context.host.name), *others),
        volume=fact(context, facts.VOLUME_PLAN),
    )


def settings_for(host: str, wizard: Wizard) -> list[str]:
    """As `--set` has them: the way to the storage, and what was answered for this host, or for all and counts for it."""
    answers = wizard.context.answers
    own = [(name, one.value) for other, name, one in answers.of_hosts() if other == host and not wizard.keys[name].secret]
    common = way_to_storage.told(answers.to_plain(wizard.keys), wizard.plugins.connections())
    return [*common, *(f"{name}={wizard.keys[name].text(value)}" for name, value in own)]


def _tell_differences(controller: Controller, wizard: Wizard, said: Mapping[str, Sequence[Event]]) -> None:
    """But for what each host has of its own in any case: its name, its id."""
    of_one = {name for name, key in wizard.keys.items() if key.whose == "one"}
    own = {question.prompt: wizard.shown(question.key) for question in wizard.answered() if question.key.name not in of_one}
    of_hosts = {wizard.context.host.name: own}
    for name, events in said.items():
        answers = [event for event in events if isinstance(event, Setting) and event.key not in of_one]
        of_hosts[name] = {event.label: event.value for event in answers}
    for line in differences(of_hosts):
        controller.report(Note(text=line))
