"""Who is in a lockspace, and who stands in the lease of the engine VM. Nothing is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.sanlock.sanlock_gets import verdict
from ovirt_hc_setup.formats.sanlock.sanlock_host_status import parse_hosts
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace, Leader
from ovirt_hc_setup.model.deployment_status import Board, EngineLease, Holder, Liveness, Member
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.sanlock import lockspace_members, sanlock_client


def members(host: Host, space: HeldLockspace, sector: int) -> tuple[Member, ...]:
    """Every host id of a lockspace that was ever used: from this host's daemon where it is in the lockspace, and else from the
    storage, which does not tell who is alive. Raises SetupError."""
    known = sanlock_client.known(sanlock_client.status(host), space.name)
    if known is not None and known.held:
        found = _watched(host, space)
        if found:
            return found
    return _written(host, space, sector)


def lease(host: Host, deployment: LocalDeployment, sector: int, hosts: tuple[Member, ...]) -> EngineLease:
    """`hosts`: the members of the domain's lockspace. Raises CommandFailed when the lease cannot be read."""
    layout = deployment.layout.volume(*deployment.conf.vm_disk)
    leader = sanlock_client.resource_leader(host, layout.lease, str(deployment.conf.domain), str(layout.volume), 0, sector)
    if leader is None:
        hint = "Check the mount, and see `gluster volume status`."
        raise CommandFailed(f"the lease {layout.lease} cannot be read", hint=hint, host=host.name)
    return EngineLease(_seen_now(host, deployment, sector, _holder(leader, hosts)) if leader.timestamp else None)


def named(found: EngineLease, board: Board) -> EngineLease:
    """With the holder's name as the HA metadata has it, where it has one."""
    name = board.name_of(found.holder.host_id) if found.holder is not None else ""
    return EngineLease(replace(found.holder, name=name)) if found.holder is not None and name else found


def _holder(leader: Leader, hosts: tuple[Member, ...]) -> Holder:
    member = next((found for found in hosts if found.host_id == leader.owner_id), None)
    if member is None:
        return Holder(host_id=leader.owner_id, name="", state=Liveness.UNKNOWN, renewed=0)
    # The id was taken anew since: whoever stands in the lease is gone, though not the host.
    state = member.state if member.generation == leader.generation else Liveness.FREE
    return Holder(host_id=member.host_id, name=member.name, state=state, renewed=member.timestamp)


def _seen_now(host: Host, deployment: LocalDeployment, sector: int, holder: Holder) -> Holder:
    """With the holder's timestamp as it is on the storage now: sanlock's daemon may be minutes behind, and call it dead."""
    doubted = replace(holder, state=Liveness.UNKNOWN) if holder.state is Liveness.DEAD else holder
    try:
        now = lockspace_members.fresh_lease(host, deployment.lockspaces[0], holder.host_id, sector).timestamp
    except (SetupError, OSError):
        return doubted
    return replace(holder if now == holder.renewed else doubted, renewed=now)


def _watched(host: Host, space: HeldLockspace) -> tuple[Member, ...]:
    said = host.run("sanlock", "client", "host_status", "-s", space.name, "-D", timeout=10).out
    states = lockspace_members.lives(host).get(space.name, {})
    return tuple(
        Member(
            host_id=seen.host_id,
            name=plain(seen.name),
            state=verdict(states, seen.host_id, seen.timestamp),
            timestamp=seen.timestamp,
            generation=seen.generation,
        )
        for seen in parse_hosts(said)
    )


def _written(host: Host, space: HeldLockspace, sector: int) -> tuple[Member, ...]:
    return tuple(
        Member(
            host_id=found.owner,
            name=plain(found.resource),
            state=verdict({}, found.owner, found.timestamp),
            timestamp=found.timestamp,
            generation=found.generation,
        )
        for found in sanlock_client.dump(host, Path(space.path), sector)
    )
