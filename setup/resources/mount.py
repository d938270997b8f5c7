"""A network file system mounted where VDSM would mount it, back at every boot.

**Commit point**: `systemctl start` of the mount unit. A kill **before** it leaves folders and unit files, and nothing mounted
(a reboot would mount it: the run that wrote the units wants just that); a kill **after** it leaves the mount, which systemd
owns by then, so that applying again finds it done. `undo` **knows that it is ours** by the record, and by the unit files: they
have to be as this program wrote them. It refuses while anything below the mount is open (sanlock's lockspaces, a VM's disk, a
shell's working directory), never unmounts lazily, and removes only folders that it made and that are empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, NotAnswering
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.mount_units import MOUNT_SECONDS, MountUnits, mount_units
from ovirt_hc_setup.formats.host.mountinfo import MountedAt
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, conflict, needed
from ovirt_hc_setup.system.host import folders, units
from ovirt_hc_setup.system.storage import mounts
from ovirt_hc_setup.system.storage.domain_files import VDSM

RHEV = Path("/rhev")
_SEE = {"glusterfs": "See that enough bricks are up (`gluster volume status`), and /var/log/glusterfs."}
"""Where to look when a file system of this kind cannot be had."""


@dataclass(frozen=True, kw_only=True)
class Mount(Resource):
    """`source` is mounted at `point` as file system `kind` (`glusterfs`) with `options` (comma separated, backup servers
    included). `order_after` are units that are started first where they exist (`glusterd.service`).
    """

    source: str
    point: Path
    kind: str
    options: str = "_netdev"
    order_after: tuple[str, ...] = ()

    @property
    def units(self) -> MountUnits:
        return mount_units(self.source, self.kind, self.point, self.options, self.order_after)

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"mount {self.point}",)

    @property
    def uses(self) -> tuple[str, ...]:
        return (f"volume {self.source.rpartition(':/')[2]}",) if self.kind == "glusterfs" else ()

    def describe(self) -> tuple[str, ...]:
        return (
            f"Mount {self.source} at {self.point}",
            f"options {self.options}",
            f"unit {self.units.mount}, retried at boot until it succeeds",
        )

    def probe(self, host: Host) -> State:
        found = mounts.mounted_at(host, self.point)
        if found is not None and not self._is_ours(found):
            return conflict(
                f"{found.source} ({found.kind}) is mounted at {self.point}",
                f"Unmount it (`umount {self.point}`), or use another storage path.",
            )
        if found is not None and not mounts.answers(host, self.point):
            hint = (
                f"{self._see} It then goes on. If it does not, and nothing uses it (`fuser -vm {self.point}`): "
                f"`systemctl restart {self.units.mount}`."
            )
            raise NotAnswering(f"{self.source} is mounted at {self.point} but not responding", hint=hint, host=host.name)
        foreign = self._foreign_unit(host)
        if foreign:
            return conflict(
                f"{foreign} exists and was not written by this program", "Remove it, or restore what was there before."
            )
        return self._missing(host, found)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep(self._before_image(host))
        for folder in (RHEV, *self._ladder):
            owner = (0, 0) if folder == RHEV else VDSM
            folders.make_folder(host, folder, mode=0o755, owner=owner)
        for name, text in self.units.files:
            if units.read_unit(host, name) != text:
                host.write(units.unit_file(name), text.encode())
        units.daemon_reload(host)
        units.enable(host, self.units.mount, self.units.keeper)
        units.reset_failed(host, self.units.mount)
        progress.amount(0, MOUNT_SECONDS, f"mounting {self.source}", "seconds")
        record.committing()
        self._start(host)

    def _start(self, host: Host) -> None:
        """A mount that fails, or is given up at once, may come: after a power failure it is tried before the bricks are back."""
        hint = f"{self._see} Then run the same command again."
        try:
            units.start(host, self.units.mount, timeout=MOUNT_SECONDS + 30.0)
        except CommandFailed as error:
            raise NotAnswering(error.message, hint=hint, host=host.name) from error
        units.start(host, self.units.keeper, timeout=MOUNT_SECONDS + 30.0)
        if mounts.mounted_at(host, self.point) is None:
            raise NotAnswering(f"{self.source} was mounted and did not stay so", hint=hint, host=host.name)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        self._require_unedited(host, record.before)
        was_mounted = bool(record.before.get("mounted"))
        if not was_mounted:
            self._require_unused(host)
        self._disable(host, record.before)
        if not was_mounted:
            self._unmount(host)
        for name, _ in self.units.files:
            if name not in record.before.get("units", ()):
                units.remove_unit(host, name)
        units.daemon_reload(host)
        units.reset_failed(host, self.units.mount)
        for folder in reversed(record.before.get("missing", ())):
            if not folders.remove_folder_if_empty(host, Path(folder)):
                progress.note(f"{folder} is not empty, so it is kept")
                break

    @property
    def _see(self) -> str:
        return _SEE.get(self.kind, "See that it is served.")

    @property
    def _ladder(self) -> tuple[Path, ...]:
        """The folders on the way to the mount point below /rhev (for a point elsewhere, the point alone)."""
        if RHEV not in self.point.parents:
            return (self.point,)
        return tuple(part for part in (*reversed(self.point.parents), self.point) if RHEV in part.parents)

    def _is_ours(self, found: MountedAt) -> bool:
        # FUSE puts its own name before the kind; gluster has been seen to add ".rdma" and to drop the slash.
        kind = found.kind.removeprefix("fuse.")
        server, _, volume = found.source.removesuffix(".rdma").rpartition(":")
        return kind == self.kind and f"{server}:/{volume.lstrip('/')}" == self.source

    def _foreign_unit(self, host: Host) -> str:
        for name, text in self.units.files:
            found = units.read_unit(host, name)
            if found is not None and found != text and not found.startswith("# Written by ovirt-hc-setup"):
                return str(units.unit_file(name))
        return ""

    def _missing(self, host: Host, found: MountedAt | None) -> State:
        if found is None:
            return needed(f"{self.source} is not mounted")
        for name, text in self.units.files:
            if units.read_unit(host, name) != text:
                return needed(f"{name} is missing or wrong")
            state = units.state(host, name)
            if not state.enabled or (state.settled and not state.is_active):
                return needed(f"{name} is not {'started' if state.enabled else 'enabled'}")
        return DONE

    def _before_image(self, host: Host) -> Mapping[str, Any]:
        present = [name for name, _ in self.units.files if units.read_unit(host, name) is not None]
        return {
            "mounted": mounts.mounted_at(host, self.point) is not None,
            "units": present,
            "enabled": [name for name in present if units.state(host, name).enabled],
            "missing": [str(folder) for folder in folders.missing_folders(host, self.point)],
            "written": {name: _digest(text) for name, text in self.units.files},
        }

    def _require_unedited(self, host: Host, before: Mapping[str, Any]) -> None:
        for name, text in self.units.files:
            found = units.read_unit(host, name)
            known = {_digest(text), before.get("written", {}).get(name)}
            if found is not None and _digest(found) not in known:
                raise Conflict(
                    f"{units.unit_file(name)} was changed after this program wrote it",
                    hint="Remove it yourself if it is not needed any more, then run reset again.",
                    resource=self.name,
                    host=host.name,
                )

    def _require_unused(self, host: Host) -> None:
        used = mounts.users(host, self.point) if mounts.mounted_at(host, self.point) else ()
        if used:
            raise Conflict(
                f"{self.point} is in use:\n    " + "\n    ".join(used),
                hint="Stop what is listed (a VM, a lockspace, a shell), then run reset again.",
                resource=self.name,
                host=host.name,
            )

    def _disable(self, host: Host, before: Mapping[str, Any]) -> None:
        # The keeper first: it would mount again what is being unmounted.
        for name in (self.units.keeper, self.units.mount):
            if units.read_unit(host, name) is None or name in before.get("enabled", ()):
                continue
            if name == self.units.keeper:
                units.stop(host, name)
            units.disable(host, name)

    def _unmount(self, host: Host) -> None:
        if mounts.mounted_at(host, self.point) is None:
            return
        try:
            units.stop(host, self.units.mount)
        except CommandFailed:
            self._require_unused(host)
            raise
        if mounts.mounted_at(host, self.point) is not None:
            self._require_unused(host)
            hint = f"Try `umount {self.point}`."
            raise Conflict(f"{self.point} is still mounted", hint=hint, resource=self.name, host=host.name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
