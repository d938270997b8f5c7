"""Storage on a GlusterFS volume, through its FUSE mount."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineFiles
from ovirt_hc_setup.formats.vdsm.storage_look import StorageLook
from ovirt_hc_setup.model.disk_access import DiskAccess
from ovirt_hc_setup.model.domain_layout import DomainLayout
from ovirt_hc_setup.model.gluster_access import disk_access
from ovirt_hc_setup.model.gluster_mount import mount_options as options_of
from ovirt_hc_setup.model.offline_bricks import OfflineBricks
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.storage_backend import ToldElsewhere
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster import volume_look
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.network import resolver
from ovirt_hc_setup.system.storage import disks, mounts
from ovirt_hc_setup.system.storage.blocks import sector_size
from ovirt_hc_setup.system.storage.storage_reading import engine_files

GLUSTERD = "glusterd.service"


class GlusterFs:
    """The backend of domain type `glusterfs`."""

    name: str = "glusterfs"

    def look(self, context: Context) -> StorageLook:
        if (plan := fact(context, facts.VOLUME_PLAN)) is not None:
            raise ToldElsewhere(f"volume {plan.name} is built in this run")
        return mounts.look(context.host, "glusterfs", str(context.answers[keys.STORAGE_PATH]), self._options(context))

    def engine_files(self, context: Context) -> EngineFiles:
        path = str(context.answers[keys.STORAGE_PATH])
        options = self._options(context)
        try:
            return engine_files(context.host, "glusterfs", path, options)
        except CommandFailed as failure:
            failure.hint = _offline(context) or failure.hint
            raise

    def _options(self, context: Context) -> str:
        try:
            return self.mount_options(context)
        except SetupError as failure:
            raise ToldElsewhere(failure.message, hint=failure.hint, host=failure.host) from failure

    def mount_point(self, context: Context) -> Path:
        return context.answers[keys.STORAGE_PATH].mount_point

    def disk(self, context: Context, image: UUID, volume: UUID) -> DiskAccess:
        place = DomainLayout.at(self.mount_point(context), context.answers[keys.SD_UUID]).volume(image, volume)
        return disk_access(fact(context, facts.VOLUME), context.answers[keys.STORAGE_PATH], place.data)

    def sector_size(self, context: Context) -> int | None:
        """That of the disk below this host's brick: hosts of a pool are alike."""
        if (plan := fact(context, facts.VOLUME_PLAN)) is not None:
            return disks.look(context.host, plan.devices[plan.hosts[0].host]).sector
        for brick in fact(context, facts.VOLUME).bricks:
            if context.host.run("test", "-d", f"{brick.path}/.glusterfs", check=False).ok:
                return sector_size(context.host, Path(brick.path))
        return None

    def mount_options(self, context: Context) -> str:
        """The mount options, backup servers included."""
        path = context.answers[keys.STORAGE_PATH]
        ipv6 = resolver.only_ipv6(context.host, path.server)
        return options_of(fact(context, facts.VOLUME), path.server, context.answers[keys.MOUNT_OPTIONS], only_ipv6=ipv6)

    def resources(self, context: Context) -> Sequence[Resource]:
        # On a host that serves bricks, the mount waits at boot for its own glusterd.
        built = fact(context, facts.BUILDS)
        serves = _will_serve(context) or units.state(context.host, GLUSTERD).exists
        path = context.answers[keys.STORAGE_PATH]
        mount = Mount(
            name="mount",
            after=("network.ready", *(("glusterd",) if serves else ()), *(("volume",) if built else ())),
            provides=("storage.mounted",),
            source=str(path),
            point=self.mount_point(context),
            options=self.mount_options(context),
            order_after=(GLUSTERD,) if serves else (),
        )
        if built or not serves:
            return [mount]  # where the volume is built, glusterd comes with it
        return [Unit(name="glusterd", after=("network.ready",), unit=GLUSTERD), mount]


def _will_serve(context: Context) -> bool:
    """Whether this host gets a brick of a volume that is not there yet, whichever host's run builds it."""
    plan = fact(context, facts.VOLUME_PLAN)
    return plan is not None and fact(context, facts.OWN_NAME) in plan.devices


def _offline(context: Context) -> str:
    """What to do about bricks that do not run, when a volume cannot be mounted; empty when all run or nobody says."""
    try:
        volume = fact(context, facts.VOLUME)
        states = volume_look.bricks(context.host, str(context.answers[keys.STORAGE_PATH]))
    except SetupError:
        return ""
    offline = OfflineBricks(volume, states, fact(context, facts.POOL))
    return f"{offline.found}. {offline.remedy}" if offline.bricks else ""
