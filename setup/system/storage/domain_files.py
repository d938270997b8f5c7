"""The files of a VDSM storage domain, made in a folder that nobody looks at yet, and what else lies on its mount."""

from __future__ import annotations

import os
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import sync_folder, write_file
from ovirt_hc_setup.formats.vdsm import domain_metadata, xleases
from ovirt_hc_setup.formats.vdsm.domain_metadata import ALIGNMENT, DomainMetadata
from ovirt_hc_setup.formats.vdsm.storage_look import IGNORED
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.system.host.files import read_start
from ovirt_hc_setup.system.host.within import LONG, within
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage.mounts import mounted_at

VDSM = (36, 36)
"""vdsm:kvm by number: a host without VDSM has no such accounts."""

FOLDER_MODE, LOCK_MODE, METADATA_MODE = 0o755, 0o660, 0o644
MAILBOX_SIZE = 16 << 20
XLEASES_SIZE = ALIGNMENT + xleases.INDEX_SIZE
LEASES_SIZE = 2 * ALIGNMENT
SDM = "SDM"


def make_domain(host: Host, layout: FileStore, metadata: DomainMetadata, created: int) -> None:
    """Everything a fresh domain of version 5 has, in a folder that is not there yet; on the storage when it returns."""
    name, sector = str(metadata.sd_uuid), metadata.block_size
    for path in (layout.folder, layout.dom_md, layout.images):
        make_folder(path)
    for path in (layout.ids, layout.leases):
        make_file(path, 0)
    for path in layout.mailboxes:
        make_file(path, MAILBOX_SIZE)
    make_file(layout.xleases, XLEASES_SIZE, {ALIGNMENT: xleases.empty_index(name, created)})
    sanlock_client.init_lockspace(host, layout.ids, name, sector)
    sanlock_client.init_resource(host, layout.leases, name, SDM, ALIGNMENT, sector)
    within(layout.folder, lambda: _finish(layout, metadata), LONG)


def _finish(layout: FileStore, metadata: DomainMetadata) -> None:
    write_file(layout.metadata, domain_metadata.write(metadata), mode=METADATA_MODE, owner=VDSM)
    for path in layout.dom_md.iterdir():
        _sync_file(path)
    for path in (layout.dom_md, layout.images, layout.folder):
        sync_folder(path)


def read_domain(layout: FileStore) -> DomainMetadata:
    """What a domain says about itself; raises FormatError, NotAnswering or OSError."""
    return domain_metadata.read(within(layout.metadata, lambda: read_start(layout.metadata, domain_metadata.SIZE_LIMIT)))


def make_folder(path: Path) -> None:
    """A folder with VDSM's mode and owner, if it is not there."""

    def make() -> None:
        path.mkdir(exist_ok=True)
        path.chmod(FOLDER_MODE)
        os.chown(path, *VDSM)

    within(path, make)


def make_file(path: Path, size: int, content: dict[int, bytes] | None = None) -> None:
    """A file with VDSM's mode and owner for things that are locked or shared; zeros but for the content at its offsets."""
    within(path, lambda: _make_file(path, size, content or {}), LONG)


def _make_file(path: Path, size: int, content: dict[int, bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, LOCK_MODE)
    try:
        os.ftruncate(descriptor, size)
        os.fchmod(descriptor, LOCK_MODE)
        os.fchown(descriptor, *VDSM)
        for offset, data in content.items():
            os.pwrite(descriptor, data, offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    within(path, lambda: _sync_file(path), LONG)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def missing_parts(layout: FileStore) -> list[str]:
    """What a domain must have and this one has not, in words: files, their least sizes, their owner."""
    return within(layout.folder, lambda: _missing_parts(layout))


def _missing_parts(layout: FileStore) -> list[str]:
    sizes = {layout.ids: ALIGNMENT, layout.leases: LEASES_SIZE, layout.xleases: XLEASES_SIZE, layout.metadata: 1}
    wanted = {**sizes, **dict.fromkeys(layout.mailboxes, MAILBOX_SIZE)}
    found = [f"{layout.images.name} is not there"] if not layout.images.is_dir() else []
    for path, size in wanted.items():
        if not path.is_file():
            found.append(f"dom_md/{path.name} is not there")
        elif path.stat().st_size < size:
            found.append(f"dom_md/{path.name} has {path.stat().st_size} bytes, less than {size}")
        elif (path.stat().st_uid, path.stat().st_gid) != VDSM:
            found.append(f"dom_md/{path.name} does not belong to 36:36")
    return found


def require_attached(host: Host, store: FileStore, what: str) -> None:
    """Raises Conflict where the storage is not attached: what is below its root says nothing then."""
    if mounted_at(host, store.root) is None:
        message = f"{store.root} is not mounted, so {what} cannot be removed"
        raise Conflict(message, hint="Mount it, then run the same command again.", host=host.name)


def other_content(mount_point: Path, domain: str) -> list[str]:
    """Names on the mount that are neither the domain's (nor what a killed run left of it) nor the file system's own."""
    own = (f".{domain}.", ".prob-", ".shard", ".glusterfs")
    names = within(mount_point, lambda: os.listdir(mount_point))
    return sorted(name for name in names if name != domain and name not in IGNORED and not name.startswith(own))


def domains(mount_point: Path) -> list[str]:
    """The folders that VDSM's scan would take for domains."""
    # Unlike the scan's glob, pathlib's finds hidden folders too.
    found = within(mount_point, lambda: list(mount_point.glob("*/dom_md")))
    return sorted(path.parent.name for path in found if not path.parent.name.startswith("."))
