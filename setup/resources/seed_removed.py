"""The end of the seed: out of the VM's CD drive, now and for its next start, and deleted, because a password stands in it.

**Commit point**: the removal of the image, after a file beside it says that it was used. A kill **before** it leaves the drive
empty or not and the image there, and applying again goes on; a kill **after** it leaves it done.
`undo` has nothing to put back: a seed is made anew by what made it. It only takes the mark away, which it **knows** by its
place beside the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.libvirt.domain_xml import SEED_TARGET
from ovirt_hc_setup.resources.seed_iso import leftovers, sweep, used_mark
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, needed
from ovirt_hc_setup.system.host.files import remove_file
from ovirt_hc_setup.system.libvirt.libvirt_domains import Libvirt, connect


@dataclass(frozen=True, kw_only=True)
class SeedRemoved(Resource):
    """`path` is the image, `vm` the VM that had it in its drive."""

    path: Path
    vm: UUID
    exclusive: str = "libvirtd"

    def describe(self) -> tuple[str, ...]:
        return ("Detach and delete the cloud-init ISO", str(self.path))

    def probe(self, host: Host) -> State:
        if self.path.exists() or leftovers(self.path):
            return needed(f"{self.path} still exists, with the admin password in it")
        if not used_mark(self.path).exists():
            return needed("nothing shows that the cloud-init ISO was used")
        with connect() as libvirt:
            return needed("the cloud-init ISO is still in the VM's drive") if self._loaded(libvirt) else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"path": str(self.path)})
        with connect() as libvirt:
            if self._loaded(libvirt):
                libvirt.eject(self.vm, SEED_TARGET)
        host.write(used_mark(self.path), f"{self.vm}\n".encode())
        sweep(self.path)
        record.committing()
        remove_file(self.path)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        remove_file(used_mark(self.path))

    def _loaded(self, libvirt: Libvirt) -> bool:
        found = libvirt.find(self.vm)
        if found is None:
            return False
        views = (False, True) if found.running else (False,)
        return any(str(self.path) in libvirt.definition(self.vm, live=live).media.values() for live in views)
