"""What the storage needs: mount, domain, host ids, and the four volumes of a hosted engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base import draws
from ovirt_hc_setup.formats.sanlock import sanlock_conf
from ovirt_hc_setup.formats.sanlock.sanlock_output import NAME_LENGTH
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.size import GIB, Size
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.resources.image_link import ImageLink
from ovirt_hc_setup.resources.lockspace import Lockspace
from ovirt_hc_setup.resources.sanlock_host_name import SanlockHostName
from ovirt_hc_setup.resources.storage_domain import StorageDomain
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import Key, int_key
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.sanlock import sanlock_client

CREATED = int_key(
    "HC_STORAGE/created",
    "the time that domain and volumes say they were made at, in seconds since 1970",
    draw=draws.now,
)


@hookimpl
def ovirt_hc_setup_keys() -> Sequence[Key[Any]]:
    return [CREATED]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [
        PlanPart(lambda context: [*fact(context, facts.CONNECTION).resources(context), _sanlock_name(context)]),
        PlanPart(_made, (FIRST_HOST,)),
        PlanPart(_found, (JOINING,)),
    ]


def _made(context: Context) -> Sequence[Resource]:
    ids = [_domain_id(context, ("domain",)), *_hosted_engine_id(context, "lockspace")]
    return [_domain(context), *ids, *_volumes(context), _lockspace(context)]


def _found(context: Context) -> Sequence[Resource]:
    return [_domain_id(context, ("storage.attached",)), *_hosted_engine_id(context, "storage.ready")]


def sanlock_name(full_name: str) -> str:
    """What sanlock calls this host: its full name as far as there is room, which is 47 characters."""
    return full_name[:NAME_LENGTH].rstrip(".-")


def own_sanlock_name(context: Context) -> str:
    """What sanlock is to call this host."""
    return sanlock_name(str(context.answers.get(keys.HOST_NAME) or context.host.name))


def own_names(context: Context) -> tuple[str, ...]:
    """What this host is or was called in its leases and in the HA metadata. VDSM gives it another name in its leases."""
    try:
        text = context.host.read(sanlock_client.CONF).decode("utf-8", "replace")
    except FileNotFoundError:
        text = ""
    return tuple({own_sanlock_name(context), context.host.name, sanlock_conf.host_name(text) or context.host.name})


def _sanlock_name(context: Context) -> Resource:
    return SanlockHostName(name="sanlock-host-name", after=("services",), host_name=own_sanlock_name(context))


def _domain(context: Context) -> Resource:
    return StorageDomain(
        name="domain",
        after=("storage.attached",),
        provides=("storage.ready",),
        mount_point=fact(context, facts.ATTACHMENT).root,
        remote_path=context.answers[keys.STORAGE_PATH],
        domain=context.answers[keys.SD_UUID],
        domain_name=context.answers[keys.DOMAIN_NAME],
        created=context.answers[CREATED],
        domain_type=context.answers[keys.DOMAIN_TYPE].upper(),
        disk_sector=fact(context, facts.CONNECTION).sector_size(context),
    )


def _domain_id(context: Context, after: tuple[str, ...]) -> Resource:
    return HostId(
        name="host-id",
        after=(*after, "sanlock-host-name"),
        provides=("storage.ready",),
        lockspace=str(context.answers[keys.SD_UUID]),
        path=fact(context, facts.STORE).ids,
        host_id=context.answers[keys.HOST_ID],
    )


def _hosted_engine_id(context: Context, after: str) -> Sequence[Resource]:
    """Held by VDSM's path to the volume: HA asks for it by that, and sanlock does not know that two paths are one file."""
    domain = fact(context, facts.STORE)
    image, volume = context.answers[keys.LOCKSPACE_IMAGE_UUID], context.answers[keys.LOCKSPACE_VOLUME_UUID]
    held = HostId(
        name="host-id-hosted-engine",
        after=("lockspace-link", "sanlock-host-name"),
        provides=("volumes.ready",),
        lockspace=HOSTED_ENGINE,
        path=domain.prepared(image, volume),
        host_id=context.answers[keys.HOST_ID],
    )
    return [ImageLink(name="lockspace-link", after=(after,), provides=("volumes.ready",), domain=domain, image=image), held]


def _volumes(context: Context) -> Sequence[Resource]:
    answers = context.answers
    disk_size = answers[keys.DISK_SIZE_GB] * GIB
    return [
        _volume(context, "engine-disk", VolumeRole.DISK, answers[keys.IMG_UUID], answers[keys.VOL_UUID], disk_size),
        _volume(
            context,
            "lockspace-volume",
            VolumeRole.LOCKSPACE,
            answers[keys.LOCKSPACE_IMAGE_UUID],
            answers[keys.LOCKSPACE_VOLUME_UUID],
        ),
        _volume(
            context,
            "metadata-volume",
            VolumeRole.METADATA,
            answers[keys.METADATA_IMAGE_UUID],
            answers[keys.METADATA_VOLUME_UUID],
        ),
        _volume(
            context,
            "configuration-volume",
            VolumeRole.CONFIGURATION,
            answers[keys.CONF_IMAGE_UUID],
            answers[keys.CONF_VOLUME_UUID],
        ),
    ]


def _volume(context: Context, name: str, role: VolumeRole, image: UUID, volume: UUID, size: int = 0) -> Resource:
    return HostedEngineVolume(
        name=name,
        after=("storage.ready",),
        provides=("volumes.ready",),
        domain=fact(context, facts.STORE),
        image=image,
        volume=volume,
        role=role,
        size=Size.of(size or role.size),
        created=context.answers[CREATED],
        # The engine's disk becomes legal when the appliance is in it.
        legal=role is not VolumeRole.DISK,
        domain_name=context.answers[keys.DOMAIN_NAME],
    )


def _lockspace(context: Context) -> Resource:
    return Lockspace(
        name="lockspace",
        after=("lockspace-volume",),
        provides=("volumes.ready",),
        domain=fact(context, facts.STORE),
        image=context.answers[keys.LOCKSPACE_IMAGE_UUID],
        volume=context.answers[keys.LOCKSPACE_VOLUME_UUID],
    )
