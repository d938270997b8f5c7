"""A brick of a GlusterFS volume on a blank disk of this host: XFS, a mount unit, a folder in it.

**Commit point**: `mkfs.xfs`, whose superblock says until its end that it is not whole. A kill **before** it leaves a blank disk;
a kill **in** it a file system that is not whole, which is begun anew; a kill **after** it the file system, to which applying
again adds what is missing: mount point, unit, mount, folder. `undo` **knows that it is ours** by the file system's UUID, which
was drawn before "Yes", on whichever disk that is by now: it wipes the signature of that file system and of no other. It refuses
while a volume has its brick there, while the brick holds files, while somebody is in it, and when the unit was edited. A disk
that is not blank is refused, never emptied; so is a file system of ours that is damaged, which may hold data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.gluster.brick_unit import brick_unit
from ovirt_hc_setup.formats.host.unit_names import mount_unit_name
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, conflict, needed
from ovirt_hc_setup.system.gluster import bricks
from ovirt_hc_setup.system.host import folders, units
from ovirt_hc_setup.system.storage import disks, mounts
from ovirt_hc_setup.system.storage.domain_files import VDSM

_BY_UUID = Path("/dev/disk/by-uuid")


@dataclass(frozen=True, kw_only=True)
class Brick(Resource):
    """The disk `device` gets a file system `uuid`, mounted at `point`; `folder`, below it, is the brick.

    `device` is the disk's stable name where it has one, `typed` what the operator called it.
    """

    device: Path
    typed: str = ""
    uuid: UUID
    point: Path
    folder: Path

    @property
    def unit(self) -> str:
        return mount_unit_name(self.point)

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"mount {self.point}", f"brick {self.folder}")

    def describe(self) -> tuple[str, ...]:
        return (
            f"Make a brick on {self.device}: {self.folder}",
            self._named,
            f"XFS {self.uuid} on the whole disk, which has to be blank",
            f"unit {self.unit}, before glusterd at every boot",
        )

    def probe(self, host: Host) -> State:
        found, disk = mounts.mounted_at(host, self.point), self._disk(host)
        ours = disks.is_ours(host, disk, self.uuid)
        if found is not None and not (ours and disks.same_device(host, disk, self.point)):
            return conflict(f"{found.source} ({found.kind}) is mounted at {self.point}", f"Unmount it: `umount {self.point}`.")
        text = units.read_unit(host, self.unit)
        if text not in (None, self._text(host)):
            return conflict(f"{units.unit_file(self.unit)} exists and was not written by this program", "Remove it.")
        return self._missing(host, disk, found is not None, text) if ours else self._blank(host)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        missing = [str(folder) for folder in folders.missing_folders(host, self.point)]
        record.keep({"missing": missing, "unit": units.read_unit(host, self.unit) is not None})
        disk = self._disk(host)
        if not (disks.is_ours(host, disk, self.uuid) and disks.is_whole(host, disk)):
            progress.note(f"making XFS on {disk}")
            record.committing()
            disks.make_xfs(host, disk, self.uuid)
        for folder in (self.point.parent, self.point):
            folders.make_folder(host, folder, mode=0o755, owner=(0, 0))
        units.write_unit(host, self.unit, self._text(host))
        units.enable(host, self.unit)
        units.reset_failed(host, self.unit)
        units.start(host, self.unit)
        if not disks.same_device(host, disk, self.point):
            raise Conflict(f"{disk} is not what is mounted at {self.point}", hint=f"See `systemctl status {self.unit}`.")
        folders.make_folder(host, self.folder, mode=0o755, owner=VDSM)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        self._require_ours(host)
        self._require_unused(host)
        self._remove_unit(host, record.before)
        for folder in reversed(record.before.get("missing", ())):
            if not folders.remove_folder_if_empty(host, Path(folder)):
                progress.note(f"{folder} is not empty, so it is kept")
                break
        if disks.is_ours(host, disk := self._disk(host), self.uuid):
            disks.wipe_xfs(host, disk, self.uuid)

    # --- what is there

    @property
    def _named(self) -> str:
        if self.device.is_relative_to("/dev/disk"):
            return f"which is {self.typed} now" if self.typed and Path(self.typed) != self.device else "by its stable name"
        return "it has no stable name in /dev/disk: known by the UUID of its file system as soon as that is made"

    def _disk(self, host: Host) -> Path:
        """The disk that has our file system, whatever it is called by now; before there is one, the planned one."""
        planned = disks.is_ours(host, self.device, self.uuid)
        return self.device if planned else disks.holding(host, self.uuid) or self.device

    def _text(self, host: Host) -> str:
        # By the name that udev makes, systemd waits for the disk at boot; where there is no udev, mount(8) looks itself.
        udev = host.run("test", "-d", str(_BY_UUID), check=False).ok
        return brick_unit(str(_BY_UUID / str(self.uuid)) if udev else f"UUID={self.uuid}", self.point)

    def _blank(self, host: Host) -> State:
        try:
            found = disks.look(host, self.device)
        except Conflict as error:
            return conflict(error.message, error.hint)
        if found.traces:
            return conflict(
                f"{self.device} is not blank: {', '.join(found.traces)}",
                f"Name another disk. If nobody needs its content, wipe it yourself: `wipefs -a {self.device}`.",
            )
        return needed(f"{self.device} is blank")

    def _missing(self, host: Host, disk: Path, mounted: bool, text: str | None) -> State:
        if not disks.is_whole(host, disk):
            return needed(f"the file system on {disk} is incomplete")
        if text is None or not units.state(host, self.unit).enabled:
            return needed(f"{self.unit} is missing or not enabled")
        if not mounted:
            return needed(f"{disk} is not mounted at {self.point}")
        there = host.run("test", "-d", str(self.folder), check=False).ok
        return DONE if there else needed(f"{self.folder} is not there")

    # --- taking it back

    def _require_ours(self, host: Host) -> None:
        """Raises Conflict when somebody else has made something of the disk or of the mount point since."""
        found, disk = mounts.mounted_at(host, self.point), self._disk(host)
        if found is not None and not disks.same_device(host, disk, self.point):
            raise self._kept(f"{found.source} is mounted at {self.point}, which is not {disk}", host)
        if not disks.is_ours(host, disk, self.uuid) and (traces := disks.look(host, disk).traces):
            raise self._kept(f"{disk} has other content now: {', '.join(traces)}", host)
        if units.read_unit(host, self.unit) not in (None, self._text(host)):
            raise self._kept(f"{units.unit_file(self.unit)} was changed after this program wrote it", host)

    def _require_unused(self, host: Host) -> None:
        if volume := bricks.volume_of(host, self.folder):
            raise self._kept(f"{self.folder} is a brick of volume {volume}", host)
        if held := self._held(host):
            raise self._kept(f"{self.folder} holds {', '.join(held)}", host)
        if used := mounts.users(host, self.point):
            raise self._kept(f"{self.point} is in use: {'; '.join(used)}", host)

    def _held(self, host: Host) -> tuple[str, ...]:
        if mounts.mounted_at(host, self.point) is not None:
            return bricks.files(host, self.folder)
        disk = self._disk(host)
        if disks.is_ours(host, disk, self.uuid) and disks.is_whole(host, disk):
            return bricks.files_on(host, disk, str(self.folder.relative_to(self.point)))
        return ()

    def _kept(self, why: str, host: Host) -> Conflict:
        hint = "If it is not needed, remove it yourself and run reset again."
        return Conflict(why, hint=hint, resource=self.name, host=host.name)

    def _remove_unit(self, host: Host, before: Mapping[str, Any]) -> None:
        if units.read_unit(host, self.unit) is not None:
            units.stop(host, self.unit)
            units.disable(host, self.unit)
        if not before.get("unit"):
            units.remove_unit(host, self.unit)
        units.daemon_reload(host)
        units.reset_failed(host, self.unit)
