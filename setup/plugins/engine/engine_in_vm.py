"""The engine in its VM: engine-setup followed, the health page, the end of the seed."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.resources.engine_ready import EngineReady
from ovirt_hc_setup.resources.seed_iso import FOLDER
from ovirt_hc_setup.resources.seed_removed import SeedRemoved
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.deployment import engine_health


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="engine.not-there-yet", run=_not_there_yet, about=keys.ENGINE_FQDN, goals=(FIRST_HOST,))]


def _not_there_yet(context: Context) -> Finding:
    """Another engine under the name would be taken for ours, and its health page for the end of our engine-setup."""
    fqdn = context.answers[keys.ENGINE_FQDN]
    found = engine_health.ask(fqdn)
    if not found.up:
        return fine(f"no engine answers at {fqdn} yet")
    remedy = "Use another name for this engine, or shut the other one down first."
    return error(f"another engine already answers at {engine_health.url(fqdn)}", "nobody", remedy)


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_engine_setup, (FIRST_HOST,))]


def _engine_setup(context: Context) -> Sequence[Resource]:
    answers = context.answers
    if not fact(context, facts.SEEDED):
        return ()
    vm, static = answers[keys.VM_UUID], answers.get(keys.ENGINE_CIDR)
    return [
        EngineReady(
            name="engine-setup",
            after=("engine-vm",),
            provides=("engine.ready",),
            guest=EngineGuest(
                uuid=vm,
                fqdn=answers[keys.ENGINE_FQDN],
                mac=answers[keys.VM_MAC],
                bridge=answers[keys.BRIDGE_NAME],
                static=static.ip if static else None,
            ),
            disk=fact(context, facts.STORE).volume(answers[keys.IMG_UUID], answers[keys.VOL_UUID]),
            limit=answers[keys.ENGINE_SETUP_TIMEOUT],
        ),
        SeedRemoved(name="seed-removed", after=("engine-setup",), provides=("engine.ready",), path=FOLDER / f"{vm}.iso", vm=vm),
    ]
