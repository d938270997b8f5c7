"""Storage on a GlusterFS volume, through its FUSE mount."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.connection import Connection, ToldElsewhere
from ovirt_hc_setup.model.disk_access import NetworkDisk
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.model.gluster_access import network_form
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.offline_bricks import OfflineBricks
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.plugins.gluster.building import GLUSTERD, TYPE, storage_path
from ovirt_hc_setup.plugins.gluster.found_volume import volume_question
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster.glusterd import SHORT_TURN
from ovirt_hc_setup.system.gluster.volume_look import VolumeLook
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.network import resolver
from ovirt_hc_setup.system.storage import disks
from ovirt_hc_setup.system.storage.blocks import sector_size


class GlusterFs(Connection):
    """`server:/volume`, mounted by the servers that the volume names."""

    name = TYPE
    packages = MappingProxyType({"apt": ("glusterfs-client",), "dnf": ("glusterfs-fuse",)})

    @property
    def questions(self) -> Sequence[Question[str]]:
        return [volume_question()]

    def root(self, path: str) -> Path:
        return StoragePath.parse(path).mount_point

    def attachment(self, context: Context) -> FileTree:
        path = storage_path(context)
        try:
            volume = fact(context, facts.VOLUME)
        except SetupError as failure:
            raise ToldElsewhere(failure.message, hint=failure.hint, host=failure.host) from failure
        ipv6 = resolver.only_ipv6(context.host, path.server)
        options = mount_options(volume, path.server, context.answers[keys.MOUNT_OPTIONS], only_ipv6=ipv6)
        return FileTree(root=path.mount_point, source=str(path), kind="glusterfs", options=options)

    def resources(self, context: Context) -> Sequence[Resource]:
        # On a host that serves bricks, the mount waits at boot for its own glusterd.
        built = fact(context, facts.BUILDS)
        serves = _will_serve(context) or units.state(context.host, GLUSTERD).exists
        tree = fact(context, facts.ATTACHMENT)
        mount = Mount(
            name="mount",
            after=("network.ready", *(("glusterd",) if serves else ()), *(("volume",) if built else ())),
            provides=("storage.attached",),
            source=tree.source,
            point=tree.root,
            kind=tree.kind,
            options=tree.options,
            order_after=(GLUSTERD,) if serves else (),
        )
        if built or not serves:
            return [mount]  # where the volume is built, glusterd comes with it
        return [Unit(name="glusterd", after=("network.ready",), unit=GLUSTERD), mount]

    def sector_size(self, context: Context) -> int | None:
        """That of the disk below this host's brick: hosts of a pool are alike."""
        if (plan := fact(context, facts.VOLUME_PLAN)) is not None:
            return disks.look(context.host, plan.devices[plan.hosts[0].host]).sector
        for brick in fact(context, facts.VOLUME).bricks:
            if context.host.run("test", "-d", f"{brick.path}/.glusterfs", check=False).ok:
                return sector_size(context.host, Path(brick.path))
        return None

    def network_form(self, context: Context, disk: Path) -> NetworkDisk | None:
        return network_form(fact(context, facts.VOLUME), storage_path(context), disk)

    def owning(self, path: str) -> str:
        owner = f"`gluster volume set {StoragePath.parse(path).volume} storage.owner-%s 36`"
        return f"Run {owner % 'uid'} and {owner % 'gid'}."

    def trouble(self, context: Context) -> str:
        """Bricks that do not run."""
        try:
            volume = fact(context, facts.VOLUME)
            states = VolumeLook(storage_path(context)).bricks(context.host)
        except SetupError:
            return ""
        offline = OfflineBricks(volume, states, fact(context, facts.POOL))
        return f"{offline.found}. {offline.remedy}" if offline.bricks else ""

    def health(self, path: str) -> VolumeLook | None:
        return VolumeLook(StoragePath.parse(path), SHORT_TURN)


def _will_serve(context: Context) -> bool:
    """Whether this host gets a brick of a volume that is not there yet, whichever host's run builds it."""
    plan = fact(context, facts.VOLUME_PLAN)
    return plan is not None and fact(context, facts.OWN_NAME) in plan.devices


@hookimpl
def ovirt_hc_setup_connections() -> Sequence[Connection]:
    return [GlusterFs()]
