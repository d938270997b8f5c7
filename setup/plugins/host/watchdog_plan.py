"""The watchdog behind sanlock: whether there is one to arm, and the plan for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import keys
from ovirt_hc_setup.plugins.host.host_fitness import SERVICES
from ovirt_hc_setup.resources.watchdog import Watchdog
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.sanlock import armed_watchdog
from ovirt_hc_setup.system.sanlock.armed_watchdog import Means

MEANS: Fact[Means] = Fact("host.watchdog", "what this host has to be reset by when it loses its storage")
WANTED = "a watchdog that resets this host when it cannot renew its lease on the engine VM"
NOT_SAFE = "High availability is not safe without."


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(MEANS, lambda context: armed_watchdog.means(context.host))]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="host.watchdog", run=_watchdog)]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_arming)]


def _arming(context: Context) -> Sequence[Resource]:
    found = fact(context, MEANS)
    if not (context.answers[keys.WATCHDOG] and found.possible):
        return ()
    # Behind whatever else restarts sanlock.
    return [Watchdog(name="watchdog", after=("sanlock", "accounts"), provides=(SERVICES,), device=found.what)]


def _watchdog(context: Context) -> Finding:
    found = fact(context, MEANS)
    if armed_watchdog.armed(context.host):
        return fine("a watchdog is armed: sanlock and wdmd use it")
    if not found.possible and armed_watchdog.used(context.host):
        # As Debian 13 and Enterprise Linux start it; Debian 12 leaves the watchdog off.
        remedy = f"Put -w 0 into its options ({armed_watchdog.options_file(context.host)}) and restart it. {NOT_SAFE}"
        return error(f"sanlock gives out no host id without a watchdog, and there is none: {found.why_not}", WANTED, remedy)
    if not found.possible:
        remedy = f"Where you can, use hosts with a watchdog device or softdog. {NOT_SAFE}"
        return warning(f"no watchdog: {found.why_not}", WANTED, remedy)
    if not context.answers[keys.WATCHDOG]:
        remedy = f"--set {keys.WATCHDOG.name}=True sets up {found.what}."
        return warning(f"no watchdog is armed, and {keys.WATCHDOG.name} says that none is set up", WANTED, remedy, keys.WATCHDOG)
    return fine(f"{found.what} will be set up, to reset this host when it cannot renew its leases")
