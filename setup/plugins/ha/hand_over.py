"""oVirt's HA: where its services are installed, every host is handed over to them, the first one as those that join.

Until somebody says otherwise they find global maintenance, so that none of them touches an engine VM that libvirt runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.resources.global_maintenance import GlobalMaintenance
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.checks import Check, Finding, warning
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.host import units

UNITS = ("ovirt-ha-broker", "ovirt-ha-agent")


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(facts.HA_UNITS, _installed)]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="ha.hand-over", run=_left_to_do, goals=(FIRST_HOST,))]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_of_first, (FIRST_HOST,)), PlanPart(lambda context: _hand_over(context, ()), (JOINING,))]


def _of_first(context: Context) -> Sequence[Resource]:
    return [_maintenance(context), *_hand_over(context, ("global-maintenance", "configuration-archive"))]


def _installed(context: Context) -> tuple[str, ...]:
    return tuple(name for name in UNITS if units.state(context.host, f"{name}.service").exists)


def _left_to_do(context: Context) -> Finding | None:
    if not fact(context, facts.HA_UNITS):
        return None
    return warning(
        "oVirt's HA is installed here; it is started in global maintenance, because libvirt runs the engine VM first",
        "HA runs the engine VM",
        "Once it is deployed, hand it over: `ovirt-hc-setup engine stop --force`, "
        "then `hosted-engine --set-maintenance --mode=none`.",
    )


def _maintenance(context: Context) -> Resource:
    return GlobalMaintenance(
        name="global-maintenance",
        after=("metadata-volume",),
        provides=("volumes.ready",),
        domain=fact(context, facts.STORE),
        image=context.answers[keys.METADATA_IMAGE_UUID],
        volume=context.answers[keys.METADATA_VOLUME_UUID],
    )


def _hand_over(context: Context, first: tuple[str, ...]) -> list[Resource]:
    """Now and at every boot; the boot unit of ours, which ends the VM when it stops, is not made beside them."""
    there = fact(context, facts.HA_UNITS)
    after = ("hosted-engine.conf", "ha-metadata", "engine-vm", *first)
    return [Unit(name=name, after=(*after, *there[:number]), unit=f"{name}.service") for number, name in enumerate(there)]
