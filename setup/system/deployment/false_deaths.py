"""Hosts that sanlock calls dead and that live: its daemon keeps the lockspace open, and may read what nobody writes any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting
from ovirt_hc_setup.model.deployment_status import DeploymentStatus, EngineLease, Liveness, Member, Part
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.sanlock import lockspace_members
from ovirt_hc_setup.system.sanlock.lockspace_members import Suspect

READ_LIMIT = 15.0
"""Seconds for the reading itself, beside the time between two looks."""


def without_false_deaths(
    found: DeploymentStatus, host: Host, deployment: LocalDeployment, waiting: Waiting
) -> DeploymentStatus:
    """The same, with those hosts alive that renew an id which sanlock calls dead; unknown where nobody could look. At once when
    it calls nobody dead."""
    domain, dead = found.domain.value, tuple(_called_dead(found, deployment))
    if domain is None or not dead:
        return found
    until = time.monotonic() + lockspace_members.APART + READ_LIMIT
    part = Awaited(lambda: lockspace_members.renewed(host, dead, domain.sector, waiting), until).part()
    wrong, state = (dead, Liveness.UNKNOWN) if part.value is None else (part.value, Liveness.LIVE)
    ours, ha = ({number for space, number in wrong if space == lockspace} for lockspace in deployment.lockspaces)
    return replace(
        found,
        domain_ids=_judged(found.domain_ids, ours, state),
        ha_ids=_judged(found.ha_ids, ha, state),
        lease=_lease(found.lease, ours, state),
    )


def _called_dead(found: DeploymentStatus, deployment: LocalDeployment) -> Iterator[Suspect]:
    for space, part in zip(deployment.lockspaces, (found.domain_ids, found.ha_ids), strict=True):
        yield from ((space, member.host_id) for member in part.value or () if member.state is Liveness.DEAD)


def _judged(part: Part[tuple[Member, ...]], wrong: set[int], state: Liveness) -> Part[tuple[Member, ...]]:
    if part.value is None:
        return part
    return Part(tuple(replace(one, state=state) if one.host_id in wrong else one for one in part.value))


def _lease(part: Part[EngineLease], wrong: set[int], state: Liveness) -> Part[EngineLease]:
    holder = part.value.holder if part.value is not None else None
    # Where its timestamp had gone on meanwhile, the holder was doubted already.
    if holder is None or holder.state not in (Liveness.DEAD, Liveness.UNKNOWN) or holder.host_id not in wrong:
        return part
    return Part(EngineLease(replace(holder, state=state)))
