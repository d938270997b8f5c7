"""A volume that is built in the run: asked for, and put together from the answers and the drawn ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError, ValueRefused
from ovirt_hc_setup.formats.host.block_devices import BlockDevice
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.model.volume_plan import COPIES, BrickDevices, VolumeHosts, VolumePlan
from ovirt_hc_setup.plugins.gluster.build_checks import LOOKS, HostLook
from ovirt_hc_setup.plugins.gluster.judgement import faults
from ovirt_hc_setup.resources.brick_on import BrickOn
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.peer import Peer
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.storage import disks

LOCAL: Fact[tuple[GlusterVolume, ...]] = Fact("gluster.local-volumes", "the volumes of the pool that this host is in")

SECTION = "STORAGE CONFIGURATION"
GIB = 2**30
GLUSTERD = "glusterd.service"
TYPE = "glusterfs"
PACKAGES = ("glusterfs-server", "xfsprogs")
"""By the same names in Debian and Enterprise Linux."""


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(LOCAL, _local_volumes),
        Reading(facts.BUILDS, _wants_to_build, goals=(FIRST_HOST,), by_answers=True),
        Reading(facts.BUILDS, lambda context: False, goals=(JOINING,), by_answers=True),
        Reading(facts.VOLUME_PLAN, _plan),
    ]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    """Between the type of the storage and its path, in this order."""
    return [
        Question(
            key=keys.GLUSTER_BUILD,
            section=SECTION,
            order=4,
            prompt="No volume on this host fits. Build one in this run, on blank disks of three hosts?",
            why="With No, a volume of other servers is asked for. Only blank disks are taken, and the plan is shown first.",
            condition=_may_build,
            goals=(FIRST_HOST,),
        ),
        Question(
            key=keys.GLUSTER_HOSTS,
            section=SECTION,
            order=4,
            prompt="Full names of the three hosts, separated by commas, this one first",
            why="Each holds a copy of everything. This host reaches the others over SSH as root, with a key, not a password.",
            condition=builds,
            proposal=_propose_hosts,
            validate=_validate_hosts,
        ),
        Question(
            key=keys.GLUSTER_ARBITER,
            section=SECTION,
            order=4,
            prompt="Shall the third host hold file names only, and no data (arbiter)?",
            why="An arbiter needs a small disk only, and decides as the others do. Two copies of the data are left then.",
            condition=builds,
        ),
        Question(
            key=keys.GLUSTER_DEVICE,
            section=SECTION,
            order=4,
            prompt="Blank disk for the brick: one path for all hosts, or HOST=/dev/sdb,... host by host",
            why="The whole disk becomes an XFS file system. A disk with anything on it is refused.",
            condition=builds,
            proposal=_propose_device,
            choices=_blank_disks,
            validate=_validate_devices,
        ),
    ]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_volume_and_bricks, (FIRST_HOST,))]


def _volume_and_bricks(context: Context) -> Sequence[Resource]:
    plan = fact(context, facts.VOLUME_PLAN)
    if plan is None:
        return ()
    uuids = [context.answers[key] for key in keys.BRICK_UUIDS]
    others = [_on_other(context, plan, host, uuid) for host, uuid in zip(plan.hosts[1:], uuids[1:], strict=True)]
    peers = [_peer(plan, host) for host in plan.hosts[1:]]
    volume = Volume(
        name="volume",
        after=("brick", *(one.name for one in (*others, *peers))),
        exclusive="glusterd",
        volume=plan.name,
        bricks=plan.bricks,
        arbiter=plan.arbiter,
        mark=context.answers[keys.GLUSTER_MARK],
        others=plan.hosts[1:],
    )
    return [*_on_this(context, plan, uuids[0]), *others, *peers, volume]


def builds(context: Context) -> bool:
    """Whether this run builds the volume."""
    return fact(context, facts.BUILDS)


def is_gluster(context: Context) -> bool:
    return context.answers.get(keys.DOMAIN_TYPE) == TYPE


def storage_path(context: Context) -> StoragePath:
    """The volume of the storage path. Raises AnswerError where there is none."""
    return StoragePath.parse(context.answers[keys.STORAGE_PATH])


def _wants_to_build(context: Context) -> bool:
    return is_gluster(context) and context.answers.get(keys.GLUSTER_BUILD) is True


def _may_build(context: Context) -> bool:
    return is_gluster(context) and all(faults(volume) for volume in fact(context, LOCAL))


def _plan(context: Context) -> VolumePlan | None:
    if not builds(context):
        return None
    answers = context.answers
    hosts, devices = answers[keys.GLUSTER_HOSTS], answers[keys.GLUSTER_DEVICE]
    paths = {name: devices.of(name) for name in hosts.names}
    return VolumePlan(storage_path(context).volume, hosts.hosts, paths, answers.get(keys.GLUSTER_ARBITER) is True)


def _local_volumes(context: Context) -> tuple[GlusterVolume, ...]:
    """None on a host without glusterd: that is no error, its storage may be served by others."""
    try:
        return glusterd.volumes(context.host)
    except CommandFailed:
        return ()


# --- the questions


def _propose_hosts(context: Context) -> Proposal[VolumeHosts] | None:
    """Where this host is in a pool of three already, those three."""
    try:
        others = [peer.host for peer in glusterd.peers(context.host) if peer.host != "localhost"]
    except CommandFailed:
        return None
    if len(others) != COPIES - 1:
        return None
    return Proposal(of_pool(fact(context, facts.OWN_NAME), others), "the pool of this host")


def of_pool(own: str, others: Sequence[str]) -> VolumeHosts:
    """The hosts of a pool by the names that glusterd has for them; raises ValueRefused."""
    return VolumeHosts(tuple(OtherHost.named(name) for name in (own, *others)))


def _propose_device(context: Context) -> Proposal[BrickDevices] | None:
    """The only blank disk of this host; the checks see whether the others have one of that name."""
    found = disks.blank(context.host)
    return Proposal(BrickDevices.parse(found[0].path), "the only blank disk here") if len(found) == 1 else None


def _validate_hosts(context: Context, hosts: VolumeHosts) -> None:
    own = fact(context, facts.OWN_NAME)
    if hosts.names[0] != own:
        hint = f"Write {own} first: this host makes the volume and is deployed on."
        raise ValueRefused(f"the first of {hosts} is not this host, which is called {own}", hint=hint)


def _validate_devices(context: Context, devices: BrickDevices) -> None:
    names = context.answers[keys.GLUSTER_HOSTS].names
    for name in names:
        devices.of(name)
    if strange := [host for host, _ in devices.by_host if host not in names]:
        raise ValueRefused(f"{', '.join(strange)} is none of the volume's hosts", hint=f"Those are {', '.join(names)}.")


def _blank_disks(context: Context) -> Sequence[Choice]:
    try:
        return [Choice(one.path, f"{one.size / GIB:.0f} GiB, blank on this host") for one in disks.blank(context.host)]
    except SetupError:
        return ()


# --- the resources


def _on_this(context: Context, plan: VolumePlan, uuid: UUID) -> list[Resource]:
    name = plan.hosts[0].host
    package, daemon, brick = _parts(context, plan, name, uuid, first=("packages",))
    daemon = replace(daemon, after=(*daemon.after, "network.ready"))
    return [replace(package, provides=("programs",)), daemon, brick]


def _parts(
    context: Context, plan: VolumePlan, host: str, uuid: UUID, first: tuple[str, ...]
) -> tuple[Package, Unit, Brick]:
    return (
        Package(name="gluster-packages", after=first, packages=PACKAGES),
        Unit(name="glusterd", after=("gluster-packages",), unit=GLUSTERD),
        Brick(
            name="brick",
            after=("glusterd",),  # taken back before it: only a glusterd that runs says whether a volume has the brick
            device=_stable(context, plan, host),
            typed=str(plan.devices[host]),
            uuid=uuid,
            point=plan.point,
            folder=plan.folder,
        ),
    )


def _stable(context: Context, plan: VolumePlan, host: str) -> Path:
    """The disk by the name that outlives a reboot, as its host was found; as it was typed where that host could not be asked."""
    seen = fact(context, LOOKS)[host]
    known = isinstance(seen, HostLook) and isinstance(seen.disk, BlockDevice) and seen.disk.stable
    return Path(known or plan.devices[host])


def _on_other(context: Context, plan: VolumePlan, other: OtherHost, uuid: UUID) -> Resource:
    package, daemon, brick = _parts(context, plan, other.host, uuid, first=())
    return BrickOn(
        name=f"brick-{other.host}", after=("network.ready",), other=other, package=package, daemon=daemon, brick=brick
    )


def _peer(plan: VolumePlan, other: OtherHost) -> Resource:
    return Peer(
        name=f"peer-{other.host}",
        after=("glusterd", f"brick-{other.host}"),
        exclusive="glusterd",
        other=other,
        own_name=plan.hosts[0].host,
    )
