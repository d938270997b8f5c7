"""Before a volume is built: every host is reached, its disk blank, its pool free. All of it is read, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.block_devices import BlockDevice
from ovirt_hc_setup.formats.host.program_versions import numbers
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.gluster_state import PoolPeer
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.model.volume_plan import VolumePlan
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units, versions_of_programs
from ovirt_hc_setup.system.network import resolver
from ovirt_hc_setup.system.remote import ssh
from ovirt_hc_setup.system.storage import disks

GIB = 2**30
MIB = 2**20
# XFS keeps its log and its own blocks, GlusterFS a hundredth in reserve.
USABLE = 0.97
# The arbiter's brick holds an inode for each piece of 64 MiB: this is more than enough for any volume.
LEAST = 1 * GIB
ALIKE = 0.99


@dataclass(frozen=True)
class HostLook:
    """What a look at one host found. `disk` is an error where it cannot be looked at; `strangers` are peers that are not ours,
    `pooled` those of ours that it has already, `rejected` those of them that its glusterd rejects; `machine` is its machine id,
    `version` GlusterFS's, empty where it is not installed."""

    disk: BlockDevice | SetupError
    strangers: tuple[str, ...] = ()
    rejected: tuple[PoolPeer, ...] = ()
    volumes: tuple[str, ...] = ()
    closed_by: str = ""
    unresolved: tuple[str, ...] = ()
    machine: str = ""
    pooled: tuple[str, ...] = ()
    version: str = ""


LOOKS: Fact[Mapping[str, HostLook | SetupError]] = Fact(
    "gluster.build-looks", "what the hosts of the volume that is built look like"
)


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(LOOKS, _looks), Reading(facts.BUILT_SPACE, _space)]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="gluster.build-hosts", run=_hosts, about=keys.GLUSTER_HOSTS, goals=(FIRST_HOST,)),
        Check(name="gluster.build-names", run=_names, about=keys.GLUSTER_HOSTS, goals=(FIRST_HOST,)),
        Check(name="gluster.build-disks", run=_disks, about=keys.GLUSTER_DEVICE, goals=(FIRST_HOST,)),
        Check(name="gluster.build-sizes", run=_sizes, about=keys.GLUSTER_DEVICE, goals=(FIRST_HOST,)),
        Check(name="gluster.build-pool", run=_pool, about=keys.GLUSTER_HOSTS, goals=(FIRST_HOST,)),
        Check(name="gluster.build-versions", run=_versions, about=keys.GLUSTER_HOSTS, goals=(FIRST_HOST,)),
        Check(name="gluster.build-firewall", run=_firewall, optional=True, goals=(FIRST_HOST,)),
    ]


def _looks(context: Context) -> Mapping[str, HostLook | SetupError]:
    plan = fact(context, facts.VOLUME_PLAN)
    if plan is None:
        return {}
    looks = at_once([partial(_look, context, plan, other) for other in plan.hosts], len(plan.hosts))
    return dict(zip(plan.devices, looks, strict=True))


def _look(context: Context, plan: VolumePlan, other: OtherHost) -> HostLook | SetupError:
    if other == plan.hosts[0]:
        return _seen(context.host, plan, other)
    try:
        remote = ssh.connect(other, agent=False)
    except SetupError as failure:
        return failure
    try:
        return _seen(remote, plan, other)
    except SetupError as failure:
        return failure
    finally:
        remote.close()


def _seen(host: Host, plan: VolumePlan, other: OtherHost) -> HostLook:
    peers, volumes = _gluster(host, plan)
    ours = {"localhost", *(one.host for one in plan.hosts)}
    return HostLook(
        disk=_disk(host, plan.devices[other.host]),
        strangers=tuple(peer.host for peer in peers if peer.host.lower() not in ours),
        rejected=tuple(peer for peer in peers if peer.host.lower() in ours and peer.rejected),
        volumes=volumes,
        closed_by=_closed_by(host),
        unresolved=tuple(one.host for one in plan.hosts if one != other and not resolver.addresses_of(host, one.host)),
        machine=host.run("cat", "/etc/machine-id", check=False).out.strip(),
        pooled=tuple(peer.host.lower() for peer in peers if peer.host.lower() in ours),
        version=versions_of_programs.of(host).get(versions_of_programs.GLUSTER, ""),
    )


def _disk(host: Host, device: Path) -> BlockDevice | SetupError:
    try:
        return disks.look(host, device)
    except SetupError as failure:
        return failure


def _gluster(host: Host, plan: VolumePlan) -> tuple[tuple[PoolPeer, ...], tuple[str, ...]]:
    """The peers, and the volumes of the name that is wanted; nothing where glusterd does not run."""
    if not units.state(host, "glusterd.service").is_active:
        return (), ()
    try:
        peers, volumes = glusterd.peers(host), glusterd.volumes(host)
    except CommandFailed:
        return (), ()
    named = tuple(f"{one.name} on {', '.join(one.hosts)}" for one in volumes if one.name == plan.name)
    return peers, named


def _closed_by(host: Host) -> str:
    if not units.state(host, "firewalld.service").is_active:
        return ""
    return "" if host.run("firewall-cmd", "--query-service=glusterfs", check=False).ok else "firewalld"


def _space(context: Context) -> int | None:
    """What the smallest disk that holds data offers; None as well where no disk could be looked at."""
    plan = fact(context, facts.VOLUME_PLAN)
    sizes = [disk.size for host, disk in _found(context).items() if not (plan and plan.arbiter and host == plan.hosts[-1].host)]
    return int(min(sizes) * USABLE) if sizes else (None if plan is None else 0)


def _found(context: Context) -> dict[str, BlockDevice]:
    looks = fact(context, LOOKS)
    return {host: one.disk for host, one in looks.items() if isinstance(one, HostLook) and isinstance(one.disk, BlockDevice)}


# --- the checks


def _hosts(context: Context) -> list[Finding]:
    wanted = "a host that accepts the SSH key of root of this host, and whose own key is known here"
    findings = []
    for host, one in fact(context, LOOKS).items():
        if isinstance(one, SetupError):
            findings.append(error(one.message, f"{host}: {wanted}", one.hint))
        else:
            findings.append(fine(f"{host} is reached"))
    return findings


def _names(context: Context) -> list[Finding]:
    """Bricks are named by their hosts, so every host has to know every name; and three names have to be three machines."""
    findings, machines = [], dict[str, str]()
    for host, one in fact(context, LOOKS).items():
        if not isinstance(one, HostLook):
            continue
        if one.unresolved:
            remedy = f"Add DNS records, or entries in /etc/hosts of {host}."
            findings.append(error(f"{host} does not resolve {', '.join(one.unresolved)}", "all three names on all hosts", remedy))
        if one.machine in machines:
            found = f"{host} and {machines[one.machine]} have the same /etc/machine-id"
            remedy = "Name different hosts; a cloned host needs an id of its own: `rm /etc/machine-id; systemd-machine-id-setup`."
            findings.append(error(found, "three machines", remedy))
        machines |= {one.machine: host} if one.machine else {}
    return findings


def _disks(context: Context) -> list[Finding]:
    plan = fact(context, facts.VOLUME_PLAN)
    if plan is None:
        return []
    return [_judge(host, plan.devices[host], one) for host, one in fact(context, LOOKS).items() if isinstance(one, HostLook)]


def _judge(host: str, device: Path, seen: HostLook) -> Finding:
    wanted = f"a blank disk of at least {LEAST // GIB} GiB on {host}: no partition, no file system, not in use"
    if isinstance(seen.disk, SetupError):
        return error(seen.disk.message, wanted, seen.disk.hint or f"Name another one: {keys.GLUSTER_DEVICE.name}.")
    if seen.disk.traces:
        remedy = f"Name another one ({keys.GLUSTER_DEVICE.name}). If nobody needs its content, on {host}: `wipefs -a {device}`."
        return error(f"{device} on {host} is not blank: {', '.join(seen.disk.traces)}", wanted, remedy)
    if seen.disk.size < LEAST:
        return error(f"{device} on {host} has {seen.disk.size // MIB} MiB", wanted, "Name a larger one.")
    return fine(f"{device} on {host} is blank, {seen.disk.size / GIB:.0f} GiB")


def _sizes(context: Context) -> list[Finding]:
    plan, found = fact(context, facts.VOLUME_PLAN), _found(context)
    if plan is None or not found:
        return []
    sectors = {disk.sector for disk in found.values()}
    if len(sectors) > 1:
        told = ", ".join(f"{disk.sector} on {host}" for host, disk in found.items())
        wanted, remedy = "512 or 4096 bytes on all hosts", "Use disks of one kind."
        return [error(f"the disks have sectors of different sizes: {told}", wanted, remedy)]
    data = {host: disk.size for host, disk in found.items() if not (plan.arbiter and host == plan.hosts[-1].host)}
    if min(data.values()) < ALIKE * max(data.values()):
        told = ", ".join(f"{size / GIB:.0f} GiB on {host}" for host, size in data.items())
        return [warning(f"the disks differ in size: {told}", "disks of the same size", "The smallest one decides the size.")]
    return [fine(f"the volume {plan.name} is built in this run: {plan.description} on {', '.join(plan.devices)}")]


def _pool(context: Context) -> list[Finding]:
    findings = []
    for host, one in fact(context, LOOKS).items():
        if isinstance(one, HostLook) and one.strangers:
            remedy = "Use hosts that are in no pool, or use a volume of that pool."
            findings.append(error(f"{host} is in a pool with {', '.join(one.strangers)}", "hosts in no other pool", remedy))
        if isinstance(one, HostLook):
            findings += [error(f"seen from {host}: {peer.trouble}", "peers in the cluster", peer.remedy) for peer in one.rejected]
        if isinstance(one, HostLook) and one.volumes:
            remedy = f"Give another name ({keys.STORAGE_PATH.name}), or use that volume: {keys.GLUSTER_BUILD.name}=bool:False."
            findings.append(error(f"{host} knows a volume {one.volumes[0]} already", "no volume of that name", remedy))
    return findings


def _versions(context: Context) -> list[Finding]:
    """A new pool is of the version of the host that begins it, and takes in none that is older."""
    looks = fact(context, LOOKS)
    name, first = next(iter(looks.items()), ("", None))
    if not isinstance(first, HostLook) or not first.version:
        return []
    findings = []
    for host, one in looks.items():
        older = isinstance(one, HostLook) and one.version and numbers(one.version)[0] < numbers(first.version)[0]
        if isinstance(one, HostLook) and older and host not in first.pooled:
            found = f"GlusterFS is {one.version} on {host} and {first.version} on {name}, which takes no older host into its pool"
            remedy = f"Run this on {host}, the first of {keys.GLUSTER_HOSTS.name} then, or bring it to {first.version} before."
            findings.append(error(found, "no host with an older GlusterFS than the first", remedy))
    return findings


def _firewall(context: Context) -> list[Finding]:
    wanted = "TCP ports 24007 and 49152 and up open between the hosts"
    remedy = "`firewall-cmd --permanent --add-service=glusterfs && firewall-cmd --reload` there."
    looks = fact(context, LOOKS).items()
    closed = [host for host, one in looks if isinstance(one, HostLook) and one.closed_by]
    return [warning(f"firewalld on {host} does not let GlusterFS through", wanted, remedy) for host in closed]
