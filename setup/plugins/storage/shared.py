"""A storage that holds a hosted engine already: what a host that joins finds there, and which host id it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError, ValueRefused
from ovirt_hc_setup.formats.hosted_engine import shared_configuration
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.goals import JOINING
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.plugins.storage.plan import own_names, own_sanlock_name
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage.storage_reading import engine_files

SHOWN = 5
SILENT_SECONDS = 60.0
"""A living host renews its id every 20, and its storage may pause for 33 when a link is cut."""

LOOK_SECONDS = 4.0


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(facts.SHARED, _read)]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.HOST_ID,
            # Behind this host's name, by which it is known whether it had an id before.
            section="HOSTED ENGINE CONFIGURATION",
            order=40,
            dialog="OVEHOSTED_HOST_ID",
            prompt="Id of this host",
            why="Every host has its own number in both lockspaces and in the hosted-engine metadata. The next free one "
            "is proposed.",
            goals=(JOINING,),
            proposal=_propose,
            validate=_validate,
        )
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="storage.host-id", run=_check_id, about=keys.HOST_ID, goals=(JOINING,))]


def _read(context: Context) -> Deployment:
    try:
        return shared_configuration.read(engine_files(context.host, fact(context, facts.ATTACHMENT)))
    except CommandFailed as failure:
        failure.hint = fact(context, facts.CONNECTION).trouble(context) or failure.hint
        raise


def _propose(context: Context) -> Proposal[HostNumber] | None:
    deployment, own = fact(context, facts.SHARED), own_names(context)
    former = deployment.former_id(own)
    if former is not None:
        return Proposal(HostNumber.of(former), "this host had it before")
    free = deployment.free_ids(own)
    return Proposal(HostNumber.of(free[0]), "the next free one") if free else None


def _validate(context: Context, host_id: HostNumber) -> None:
    holder = fact(context, facts.SHARED).holder(host_id.number, own_names(context))
    if holder:
        free = ", ".join(map(str, fact(context, facts.SHARED).free_ids(own_names(context))[:SHOWN]))
        hint = f"Free are {free}, and so on. To remove a host that is gone for good: `remove-host --host-id {host_id}`."
        raise ValueRefused(f"host id {host_id} is used by {holder}", hint=hint)


def _check_id(context: Context) -> Finding:
    host_id = context.answers[keys.HOST_ID]
    try:
        _validate(context, host_id)
    except ValueRefused as refused:
        return error(refused.message, "a free host id", refused.hint)
    if _held_by_namesake(context, host_id.number):
        name = own_sanlock_name(context)
        return error(
            f"host id {host_id} is held by a live host with this host's name, {name}",
            "a unique name for every host: sanlock takes two hosts of one name for the same, so one would take the other's id",
            f"Give this host a unique name (hostnamectl set-hostname), or another one with --set {keys.HOST_NAME.name}=NAME.",
        )
    return fine(f"host id {host_id} is free in the hosted-engine metadata and in both lockspaces{_hosts(context)}")


def _held_by_namesake(context: Context, number: int) -> bool:
    """Whether this host's name stands in the lease, and another host keeps renewing it. Takes a minute when it is silent."""
    deployment = fact(context, facts.SHARED)
    seen = deployment.ids.get(number)
    if seen is None or not seen.taken:
        return False
    if sanlock_client.known(sanlock_client.status(context.host), str(deployment.domain.sd_uuid)):
        return False
    begun = time.monotonic()
    while time.monotonic() - begun < SILENT_SECONDS:
        time.sleep(LOOK_SECONDS)
        now = _read(context).ids[number]
        if now.renewed_since(seen):
            return True
        seen = now
    return False


def _hosts(context: Context) -> str:
    try:
        deployment: Deployment = fact(context, facts.SHARED)
    except SetupError:
        return ""
    return f"; {len(deployment.board.hosts)} in the hosted-engine metadata so far"
