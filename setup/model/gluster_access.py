"""How VDSM's gluster domain lets a VM reach a disk.

VDSM knows two ways to every disk of a gluster domain and takes the file on the FUSE mount, unless the engine sends the disk as
one of type `network`. The engine's switch for that (LibgfApiSupported) is off by default, and a hosted engine always uses FUSE:
its lease lies on the mount anyway, and QEMU is giving its gluster driver up.
"""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.model.disk_access import NetworkDisk, Server, Transport
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.storage_path import StoragePath


def network_form(volume: GlusterVolume, storage: StoragePath, disk: Path) -> NetworkDisk:
    """What VDSM tells of `disk`, a path below the mount point of `storage`: the server that is mounted first, then the other
    hosts of the bricks in the bricks' order, glusterd's own port, and the first of the volume's transports."""
    transport = Transport.TCP if Transport.TCP in volume.transports else Transport.RDMA
    servers = (storage.server, *volume.backup_servers(storage.server))
    inside = disk.relative_to(storage.mount_point)
    return NetworkDisk(
        path=f"{storage.volume}/{inside}", servers=tuple(Server(name=name, transport=transport) for name in servers)
    )
