"""VDSM's link to the image of HA's lockspace: the path by which this host's id in it is held, as HA and VDSM ask for it.

**Commit point**: the link is made. A kill **before** it leaves at most empty folders; a kill **after** it leaves the link,
perhaps with root as its owner, and applying again gives it to 36:36. It lies in /run: after a reboot `host-up` makes it again.
`undo` **knows that it is ours** by where it leads, which is into this run's domain; it removes the folders that this run made
and that are empty. It refuses while sanlock holds a lockspace through the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage import on_storage, vdsm_image_link


@dataclass(frozen=True, kw_only=True)
class ImageLink(Resource):
    """`domain`: the folder of the storage domain."""

    domain: FileStore
    image: UUID

    @property
    def link(self) -> Path:
        return self.domain.link(self.image)

    @property
    def folder(self) -> Path:
        """What the link leads to."""
        return self.domain.images / str(self.image)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        return (f"Link {self.link}", "the path by which VDSM and HA know the lockspace; made again at every boot")

    def probe(self, host: Host) -> State:
        if not on_storage.is_folder(self.folder):
            return blocked(f"{self.folder} is not there")
        trouble = vdsm_image_link.trouble(self.link, self.folder)
        if not trouble:
            return DONE
        if (self.link.is_symlink() or self.link.exists()) and not self._leads_here():
            return conflict(trouble, f"It should lead to {self.folder}. If nobody uses it any more, remove it.")
        return needed(trouble)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"link": str(self.link), "folders": [str(folder) for folder in vdsm_image_link.missing_folders(self.link)]})
        record.committing()
        vdsm_image_link.make(self.link, self.folder)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        found = sanlock_client.status(host)
        held = [space.name for space in found.lockspaces if Path(space.path).is_relative_to(self.link)] if found else []
        if held:
            message = f"sanlock holds the lockspace {held[0]} through {self.link}"
            hint = "Is HA at work here? Stop it first: systemctl stop ovirt-ha-agent ovirt-ha-broker"
            raise Conflict(message, hint=hint, resource=self.name, host=host.name)
        vdsm_image_link.remove(self.link, self.folder, tuple(map(Path, record.before["folders"])))

    def _leads_here(self) -> bool:
        return self.link.is_symlink() and self.link.readlink() == self.folder
