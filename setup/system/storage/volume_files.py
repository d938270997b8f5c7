"""The files of a VDSM volume: made, read, found to be in use, removed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import sync_folder
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, VolumeMetadata
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.system.host.files import read_start
from ovirt_hc_setup.system.host.within import within
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage import allocation, on_storage
from ovirt_hc_setup.system.storage.domain_files import (
    METADATA_MODE,
    VDSM,
    make_file,
    make_folder,
    read_domain,
    sync_file,
)

LEASE_SIZE = sanlock_client.ALIGNMENT


def block_size(domain: FileStore) -> int:
    """The sector size that the domain's metadata says; raises FormatError or OSError."""
    return read_domain(domain).block_size


def make_files(host: Host, layout: VolumeLayout, metadata: VolumeMetadata, sector: int, told: allocation.Told) -> None:
    """Data file and lease, new and empty whatever was there; durable when it returns. The metadata is another step."""
    images = layout.folder.parent
    within(images, lambda: images.mkdir(exist_ok=True))
    make_folder(layout.folder)
    for path in (layout.data, layout.lease):
        make_file(path, 0)
    if metadata.allocation is Allocation.SPARSE:
        allocation.make_sparse(layout.data, metadata.capacity)
    else:
        allocation.make_allocated(layout.data, metadata.capacity, told)
    sanlock_client.init_resource(host, layout.lease, str(metadata.domain), str(layout.volume), 0, sector)
    sync_file(layout.lease)
    for folder in (layout.folder, images):
        within(folder, partial(sync_folder, folder))


def read_metadata(layout: VolumeLayout) -> VolumeMetadata | None:
    """What `.meta` says; None when there is none, so that the volume does not exist. Raises FormatError."""
    try:
        return volume_metadata.read(within(layout.meta, lambda: read_start(layout.meta, volume_metadata.SIZE_LIMIT)))
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_metadata(host: Host, layout: VolumeLayout, metadata: VolumeMetadata) -> None:
    """Write `.meta` as a whole; from then on the volume exists."""
    text = volume_metadata.write(metadata)
    within(layout.meta, lambda: host.write(layout.meta, text, mode=METADATA_MODE, owner=VDSM))


def user_of(host: Host, domain: FileStore, layout: VolumeLayout) -> str:
    """Who holds the volume's lease, in words; empty when nobody alive does."""
    space, status = domain.folder.name, sanlock_client.status(host)
    for lease in status.leases if status else ():
        if (lease.lockspace, lease.resource) == (space, str(layout.volume)):
            return f"process {lease.pid} on this host"
    if not on_storage.is_file(layout.lease):
        return ""
    sector = block_size(domain)
    leader = sanlock_client.resource_leader(host, layout.lease, space, str(layout.volume), 0, sector)
    if leader is None or not leader.timestamp:
        return ""
    for owner in sanlock_client.dump(host, domain.ids, sector):
        same = (owner.owner, owner.generation) == (leader.owner_id, leader.generation)
        if same and owner.timestamp and not (status and owner.resource == status.owner):
            return f"host {owner.resource} (host id {owner.owner})"
    return ""


def remove_image(folder: Path) -> None:
    """Remove an image with all its files; renamed first to a name that VDSM does not scan."""
    gone = folder.with_name(f".{folder.name}.old")
    if on_storage.exists(folder):
        on_storage.remove_tree(gone)
        on_storage.rename(folder, gone)
    if on_storage.exists(gone):
        on_storage.remove_tree(gone)
        within(folder.parent, lambda: sync_folder(folder.parent))
