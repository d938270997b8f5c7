"""One of the four volumes of a hosted engine: its data file, its lease, and its metadata.

**Commit point**: the volume's `.meta` is renamed into place; VDSM knows a volume by it. A kill **before** it leaves files
that nobody takes for a volume, and applying again makes them anew. A kill **after** it leaves the volume, and applying
again finds it done. The engine's disk is made ILLEGAL (`legal` False), so that no VM is given it before it is filled;
whoever fills it makes it LEGAL.
`undo` **knows that it is ours** by the image and volume UUIDs, drawn for this run. It refuses while anybody alive holds the
volume's lease or a host id in it, and when the image has other volumes (snapshots). The image is renamed to a hidden
name first, so that a kill in between leaves nothing that looks like a volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine import configuration_volume
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, Legality, VolumeMetadata
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout, same_volume
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.sanlock.lockspace_watch import refuse_live
from ovirt_hc_setup.system.storage import domain_files, on_storage, volume_files

RESTORE = "Use another storage path, or restore the volume from a backup."


@dataclass(frozen=True, kw_only=True)
class HostedEngineVolume(Resource):
    """`domain`: the folder of the storage domain; `created`: seconds since the epoch, drawn with the UUIDs; `domain_name`:
    what an operator confirms before the engine's disk is taken away."""

    domain: FileStore
    image: UUID
    volume: UUID
    role: VolumeRole
    size: Size
    created: int
    legal: bool = True
    domain_name: str = ""

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        how = "sparse" if self.role.sparse else "preallocated"
        return (f"Create the volume {self.role.alias} of {self.size}", f"{self.role.text}, {how}: {self.layout.data}")

    def holds_data(self) -> str:
        return self.domain_name if self.role is VolumeRole.DISK else ""

    def probe(self, host: Host) -> State:
        if not on_storage.is_file(self.domain.metadata):
            return blocked(f"there is no storage domain in {self.domain}")
        found = volume_files.read_metadata(self.layout)
        if found is None:
            return needed(f"there is no volume {self.role.alias}")
        wrong = self._differences(found)
        return conflict(f"the volume {self.layout.data} is wrong: {wrong}", RESTORE) if wrong else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"image": str(self.image), "volume": str(self.volume)})
        size, sector = self.size.bytes, volume_files.block_size(self.domain)
        told = partial(progress.amount, total=size, text="allocating the space")
        volume_files.make_files(host, self.layout, self._metadata, sector, told)
        record.committing()
        volume_files.write_metadata(host, self.layout, self._metadata)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not on_storage.is_folder(self.domain.folder):
            domain_files.require_attached(host, self.domain, "the volume on it")
            return
        reason = self._used(host)
        if reason:
            hint = "Stop the engine VM on every host, then run the same command again."
            raise Conflict(f"{self.layout.data}: {reason}", hint=hint, resource=self.name, host=host.name)
        if self.role is VolumeRole.LOCKSPACE and on_storage.is_file(self.layout.data):
            sector, waiting = volume_files.block_size(self.domain), partial(progress.amount, unit="seconds")
            refuse_live(host, self.layout.data, HOSTED_ENGINE, sector, waiting)
        volume_files.remove_image(self.layout.folder)

    @property
    def _metadata(self) -> VolumeMetadata:
        return VolumeMetadata(
            domain=UUID(self.domain.name),
            image=self.image,
            capacity=self.size.bytes,
            created=self.created,
            description=volume_metadata.described(self.role.alias, self.role.text),
            disk_type=self.role.value,
            allocation=Allocation.SPARSE if self.role.sparse else Allocation.PREALLOCATED,
            legality=Legality.LEGAL if self.legal else Legality.ILLEGAL,
        )

    def _differences(self, found: VolumeMetadata) -> str:
        # HA writes the configuration without keeping the file's size, and the engine can make the disk larger.
        least = configuration_volume.SIZE if self.role is VolumeRole.CONFIGURATION else self.size.bytes
        path = self.layout.data
        if (found.image, str(found.domain)) != (self.image, self.domain.name):
            return f"it belongs to image {found.image} of domain {found.domain}"
        if found.capacity < self.size.bytes or found.format != "RAW":
            return f"it is {found.format} with {found.capacity} bytes, not RAW with {self.size.bytes}"
        if (on_storage.size_of(path) or 0) < least:
            return f"its file has less than {least} bytes"
        if (on_storage.size_of(self.layout.lease) or 0) < volume_files.LEASE_SIZE:
            return "it has no lease"
        return ""

    def _used(self, host: Host) -> str:
        others = [path.name for path in on_storage.matching(self.layout.folder, "*.meta") if path != self.layout.meta]
        if others:
            return f"the image has other volumes (snapshots): {', '.join(others)}"
        space = next((space for space in _lockspaces(host) if same_volume(Path(space.path), self.layout.data)), None)
        if space:
            return f"this host holds host id {space.host_id} in it"
        user = volume_files.user_of(host, self.domain, self.layout)
        return f"its lease is held by {user}" if user else ""


def _lockspaces(host: Host) -> tuple[HeldLockspace, ...]:
    found = sanlock_client.status(host)
    return found.lockspaces if found else ()
