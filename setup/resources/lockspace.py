"""HA's lockspace `hosted-engine` in the volume `he_sanlock`.

**Commit point**: `sanlock direct init` writes the whole lockspace (1 MiB). A kill **before** it leaves the volume as it was;
a kill **in** it can leave a part, which is told by its last host id missing and written again; a kill **after** it leaves
the lockspace, and applying again finds it done. It is never written over a lockspace in which anybody holds a host id.
`undo` **knows that it is ours** by the volume, which is of this run, and the lockspace's name; it refuses while any host is
alive in it, and leaves zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host.uncached_blocks import write_block
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.sanlock.lockspace_watch import refuse_live
from ovirt_hc_setup.system.storage import on_storage, volume_files


@dataclass(frozen=True, kw_only=True)
class Lockspace(Resource):
    """`domain`: the folder of the storage domain; `image` and `volume`: of `he_sanlock`."""

    domain: FileStore
    image: UUID
    volume: UUID
    lockspace: str = HOSTED_ENGINE

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        return (f"Initialise the lockspace {self.lockspace}", f"in {self.layout.data}")

    def probe(self, host: Host) -> State:
        if volume_files.read_metadata(self.layout) is None:
            return blocked(f"the volume {self.layout.data} is not there")
        path, sector = self.layout.data, volume_files.block_size(self.domain)
        if sanlock_client.holds_lockspace(host, path, self.lockspace, sector):
            return DONE
        taken = [lease.resource for lease in sanlock_client.dump(host, path, sector) if lease.timestamp]
        if taken:
            reason = f"{path} holds a lockspace that is damaged, with host ids of {', '.join(taken)}"
            return conflict(reason, "Stop HA on these hosts, then run `hosted-engine --reinitialize-lockspace` on one.")
        return needed(f"{path} holds no lockspace {self.lockspace}")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"volume": str(self.volume)})
        record.committing()
        sanlock_client.init_lockspace(host, self.layout.data, self.lockspace, volume_files.block_size(self.domain))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not on_storage.is_file(self.layout.data):
            return
        sector = volume_files.block_size(self.domain)
        if sanlock_client.holds_lockspace(host, self.layout.data, self.lockspace, sector):
            refuse_live(host, self.layout.data, self.lockspace, sector, partial(progress.amount, unit="seconds"))
            write_block(host, self.layout.data, 0, bytes(sanlock_client.ALIGNMENT))
