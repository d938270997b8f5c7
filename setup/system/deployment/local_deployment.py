"""What this host is of a hosted engine, read from /etc/ovirt-hosted-engine/hosted-engine.conf."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.system.gluster.volume_look import VolumeLook

CONF = Path("/etc/ovirt-hosted-engine/hosted-engine.conf")


@dataclass(frozen=True)
class LocalDeployment:
    """`conf` as it stands on this host. `mount_point` is where its storage is attached, and `health` tells how that is doing, if
    anybody does."""

    conf: HostedEngineConf
    mount_point: Path
    health: VolumeLook | None = None

    @property
    def vm(self) -> UUID:
        return self.conf.vm

    @property
    def layout(self) -> FileStore:
        return FileStore.at(self.mount_point, self.conf.domain)

    @property
    def lockspaces(self) -> tuple[HeldLockspace, HeldLockspace]:
        """The domain's and HA's, with this host's id, as they lie on the storage: in the order in which they are taken."""
        return self._spaces(self.layout.volume(*self.conf.lockspace).data)

    @property
    def held_lockspaces(self) -> tuple[HeldLockspace, HeldLockspace]:
        """The same as sanlock holds them: HA's by the path that VDSM and HA use, below `link`."""
        return self._spaces(self.layout.prepared(*self.conf.lockspace))

    @property
    def link(self) -> tuple[Path, Path]:
        """VDSM's link to the image of HA's lockspace, and the folder that it leads to."""
        image = self.conf.lockspace[0]
        return self.layout.link(image), self.layout.images / str(image)

    def _spaces(self, ha: Path) -> tuple[HeldLockspace, HeldLockspace]:
        number = self.conf.host_id
        return HeldLockspace(str(self.conf.domain), number, str(self.layout.ids)), HeldLockspace(HOSTED_ENGINE, number, str(ha))


def conf_on(host: Host) -> HostedEngineConf | None:
    """The file; None when there is no deployment on this host. Raises FormatError for one that cannot be understood."""
    try:
        text = host.read(CONF).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    return hosted_engine_conf.read(text)
