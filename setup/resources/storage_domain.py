"""A VDSM storage domain, version 5, on a mounted storage.

**Commit point**: the rename of `.<UUID>.new`, a complete domain in a folder that VDSM's scan does not see, to `<UUID>`.
A kill **before** it leaves nothing but that hidden folder, which applying again throws away and makes anew. A kill
**after** it leaves the whole domain, and applying again finds it done.
`undo` **knows that it is ours** by the UUID, drawn for this run, in its metadata. It refuses a domain that an engine has
taken (attached to a pool), one with images in it, and one in whose lockspace any host is alive. It renames the domain to
`.<UUID>.old` first, so that a kill in between leaves no half domain that VDSM would see.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting
from ovirt_hc_setup.base.whole_file import sync_folder
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host.within import within
from ovirt_hc_setup.system.sanlock import lockspace_members, sanlock_client
from ovirt_hc_setup.system.sanlock.lockspace_watch import refuse_live
from ovirt_hc_setup.system.storage import domain_files, on_storage, volume_files
from ovirt_hc_setup.system.storage.domain_files import VDSM
from ovirt_hc_setup.system.storage.mounts import mounted_at
from ovirt_hc_setup.system.storage.sector_size import MENDING, sector_size

OTHER = "Use a volume that is empty. Nothing on this one is removed."


@dataclass(frozen=True, kw_only=True)
class StorageDomain(Resource):
    """`domain_name` is what people see (at most 50 characters); `created` (seconds since the epoch) was drawn with the UUID.

    `disk_sector`: bytes in a sector of the disks below the storage, None when nobody could look.
    """

    mount_point: Path
    remote_path: str
    domain: UUID
    domain_name: str
    created: int
    domain_type: str
    disk_sector: int | None = None

    @property
    def layout(self) -> FileStore:
        return FileStore.at(self.mount_point, self.domain)

    @property
    def makes(self) -> tuple[str, ...]:
        return (self.layout.thing,)

    @property
    def uses(self) -> tuple[str, ...]:
        return (f"mount {self.mount_point}",)

    def describe(self) -> tuple[str, ...]:
        return (
            f"Create the storage domain {self.domain_name} on {self.remote_path}",
            f"VDSM version 5, {self.domain}, owned by 36:36, with sanlock's lockspace and leases",
        )

    def in_use(self, host: Host, others: Sequence[Resource], progress: Progress) -> str:
        if mounted_at(host, self.mount_point) is None:
            return f"{self.mount_point} is not mounted, so it is unknown who uses the storage domain {self.domain_name}"
        if not on_storage.exists(self.layout.metadata):
            return ""
        ours = {str(other.image) for other in others if isinstance(other, HostedEngineVolume)}
        return self._held_by_others(ours) or self._lived_in(host, partial(progress.amount, unit="seconds"))

    def _held_by_others(self, ours: set[str]) -> str:
        found = domain_files.read_domain(self.layout)
        images = sorted(set(on_storage.names(self.layout.images)) - ours)
        if found.attached:
            return f"an engine has attached the storage domain {found.name} to the pool {found.pool_uuids[0]}: detach it there"
        return f"the storage domain {found.name} holds images that this run did not make: {', '.join(images)}" if images else ""

    def _lived_in(self, host: Host, waiting: Waiting) -> str:
        space = sanlock_client.known(sanlock_client.status(host), str(self.domain))
        sector = volume_files.block_size(self.layout)
        if space is None:
            # Not in the lockspace, so sanlock knows nothing: its file is watched until every taken id was seen to stand still.
            refuse_live(host, self.layout.ids, str(self.domain), sector, waiting)
            return ""
        found = lockspace_members.lives(host).get(str(self.domain), {})
        taken = [number for number in found if number != space.host_id and lockspace_members.lease(space, number, sector).taken]
        # One that was silent for a minute, or that sanlock has not watched for long enough yet, may well be alive. One that gave
        # its id back is not, although sanlock calls it live until it looks at the leases again.
        living = [number for number in taken if not found[number].gone]
        called_dead = [(space, number) for number in taken if found[number].gone]
        living += [number for _, number in lockspace_members.renewed(host, called_dead, sector, waiting)]
        ids = ", ".join(map(str, sorted(living)))
        return f"other hosts are alive in the storage domain {self.domain_name}: host ids {ids}" if living else ""

    def holds_data(self) -> str:
        return self.domain_name

    def probe(self, host: Host) -> State:
        if mounted_at(host, self.mount_point) is None:
            return blocked(f"{self.mount_point} is not mounted")
        others = [name for name in domain_files.domains(self.mount_point) if name != str(self.domain)]
        if others:
            return conflict(f"{self.remote_path} already holds the storage domain {', '.join(others)}", OTHER)
        if on_storage.exists(self.layout.folder):
            return self._judged()
        content = domain_files.other_content(self.mount_point, str(self.domain))
        if content:
            return conflict(f"{self.remote_path} is not empty: {', '.join(content[:5])}", OTHER)
        return needed(f"there is no storage domain on {self.remote_path}")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        root = on_storage.status(self.mount_point)
        sector = self._sector()
        record.keep({"domain": str(self.domain), "owner": [root.st_uid, root.st_gid], "sector": sector})
        self._own_root(VDSM)
        self._sweep()
        progress.note(f"the storage has sectors of {sector} bytes")
        domain_files.make_domain(host, FileStore.of(self._aside), self.metadata(sector), self.created)
        record.committing()
        host.run("mv", "--no-target-directory", "--no-clobber", str(self._aside), str(self.layout.folder))
        within(self.mount_point, lambda: sync_folder(self.mount_point))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        domain_files.require_attached(host, self.layout, "the storage domain on it")
        if on_storage.exists(self.layout.folder):
            self._refuse_foreign(host)
            sector, waiting = int(record.before["sector"]), partial(progress.amount, unit="seconds")
            refuse_live(host, self.layout.ids, str(self.domain), sector, waiting)
            on_storage.rename(self.layout.folder, self._gone)
        self._sweep()
        uid, gid = record.before["owner"]
        self._own_root((uid, gid))

    def _sector(self) -> int:
        """As VDSM would find it; raises Conflict where that would be wrong, because writes do not go to the disks directly."""
        found = sector_size(self.mount_point)
        if found < (self.disk_sector or found):
            message = f"{self.mount_point} accepts direct writes of {found} bytes, but its disks have {self.disk_sector}"
            raise Conflict(f"{message}: they do not reach the disks directly", hint=MENDING, resource=self.name)
        return found

    @property
    def _aside(self) -> Path:
        return self.mount_point / f".{self.domain}.new"

    @property
    def _gone(self) -> Path:
        return self.mount_point / f".{self.domain}.old"

    def metadata(self, sector: int) -> DomainMetadata:
        """What the domain will say of itself, with so many bytes in a sector."""
        return DomainMetadata(
            sd_uuid=self.domain,
            name=self.domain_name,
            remote_path=self.remote_path,
            type=self.domain_type,
            block_size=sector,
        )

    def _judged(self) -> State:
        try:
            found = domain_files.read_domain(self.layout)
        except (FormatError, FileNotFoundError) as error:
            # Any other error is the storage's, which may answer again.
            reason = error.message if isinstance(error, FormatError) else f"{self.layout.metadata}: {error.strerror}"
            return conflict(reason, "Restore dom_md/metadata from a backup.")
        wrong = domain_files.missing_parts(self.layout)
        if found.sd_uuid != self.domain:
            wrong.append(f"its metadata is of the domain {found.sd_uuid}")
        if wrong:
            return conflict(f"the storage domain {self.domain} is damaged: {'; '.join(wrong)}", "Restore it from a backup.")
        return DONE

    def _refuse_foreign(self, host: Host) -> None:
        found = domain_files.read_domain(self.layout)
        images = on_storage.names(self.layout.images)
        reason = ""
        if found.sd_uuid != self.domain:
            reason = f"{self.layout.folder} holds the metadata of another domain, {found.sd_uuid}"
        elif found.attached:
            reason = f"an engine has attached the storage domain {found.name} to the pool {found.pool_uuids[0]}"
        elif images:
            reason = f"the storage domain {found.name} holds {len(images)} images that this run did not make"
        if reason:
            hint = "Detach it in the engine, or remove the images there, before undoing it."
            raise Conflict(reason, hint=hint, resource=self.name, host=host.name)

    def _own_root(self, owner: tuple[int, int]) -> None:
        # Set on the volume too (storage.owner-uid), which is better: there it survives a restart of the volume.
        found = on_storage.status(self.mount_point)
        if (found.st_uid, found.st_gid) != owner:
            within(self.mount_point, lambda: os.chown(self.mount_point, *owner))

    def _sweep(self) -> None:
        for path in (self._aside, self._gone):
            on_storage.remove_tree(path)
        within(self.mount_point, lambda: sync_folder(self.mount_point))
