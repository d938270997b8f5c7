"""Global maintenance in block 0 of the metadata volume: no HA agent, on whichever host, starts or stops the engine VM.

An agent beside hosts without one takes the engine for down, and tries to start it for ever. So it is set from the beginning,
until an HA service is at work on all hosts and lifts it, or an operator hands the engine over to oVirt's.
**Commit point**: the block is written in one piece (4096 bytes). A kill **before** it leaves the block empty; a kill **after** it
leaves it written. A block that says anything is left as it is: whoever wrote it decides.
`undo` **knows that it is ours** by its bytes; it leaves zeros, which readers take for "no maintenance". What HA or an operator
wrote since stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, needed
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block
from ovirt_hc_setup.system.storage import on_storage, volume_files

ON = ha_metadata.write_global_block(maintenance=True)


@dataclass(frozen=True, kw_only=True)
class GlobalMaintenance(Resource):
    """`domain`: the folder of the storage domain; `image` and `volume`: of `he_metadata`."""

    domain: FileStore
    image: UUID
    volume: UUID

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        what = "no HA agent starts or stops the engine VM until it is lifted"
        return ("Set global maintenance", f"block 0 of {self.layout.data}: {what}")

    def probe(self, host: Host) -> State:
        if volume_files.read_metadata(self.layout) is None:
            return blocked(f"the volume {self.layout.data} is not there")
        return DONE if any(self._read()) else needed("global maintenance was never set or lifted")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"volume": str(self.volume)})
        record.committing()
        write_block(host, self.layout.data, 0, ON)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if on_storage.is_file(self.layout.data) and self._read() == ON:
            write_block(host, self.layout.data, 0, bytes(ha_metadata.BLOCK))

    def _read(self) -> bytes:
        return read_blocks(self.layout.data, 0, ha_metadata.BLOCK)
