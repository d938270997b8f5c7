"""This host's block in the HA metadata (volume `he_metadata`): score 0 and stopped, because no HA agent runs here.

**Commit point**: the block is written in one piece (4096 bytes), and only while sanlock holds this host's id, because whoever
holds the id owns the block. A kill **before** it leaves the block as it was; a kill **after** it leaves it written.
`undo` **knows that it is ours** by the name of the host in the block; it leaves zeros, which readers take for absent. It
refuses when the block is another host's by now, or when an HA agent has taken it over (not stopped any more). It works
without the id held too, so that a host that was rebooted can be reset.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import BLOCK, HostBlock
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE, HostNumber
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage import on_storage, volume_files


@dataclass(frozen=True, kw_only=True)
class MetadataBlock(Resource):
    """`domain`: the folder of the storage domain; `image` and `volume`: of `he_metadata`; `host_name`: as shown to people."""

    domain: FileStore
    image: UUID
    volume: UUID
    host_id: HostNumber
    host_name: str

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        where = f"block {self.host_id} of {self.layout.data}: score 0, stopped"
        return (f"Register {self.host_name} in the hosted-engine metadata as host {self.host_id}", where)

    def probe(self, host: Host) -> State:
        if volume_files.read_metadata(self.layout) is None:
            return blocked(f"the volume {self.layout.data} is not there")
        data = self._read()
        if not data.strip(b"\0"):
            return needed(f"host {self.host_id} is not in the hosted-engine metadata")
        try:
            found = ha_metadata.read_host_block(data)
        except FormatError as error:
            return needed(f"the metadata block of host {self.host_id} cannot be read: {error.message}")
        if found.hostname != self.host_name:
            reason = f"the metadata block of host {self.host_id} belongs to {found.hostname}"
            return conflict(reason, "Choose another host id, or clean that host's block if it is gone for good.")
        return DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        if not self._held(host):
            raise Conflict(f"host id {self.host_id} in {HOSTED_ENGINE} is not held by this host")
        record.keep({"host_id": str(self.host_id), "host_name": self.host_name})
        seconds = int(time.monotonic())  # HA's clock too: readers compare it for change only
        block = HostBlock(
            host_id=self.host_id.number,
            hostname=self.host_name,
            timestamp=seconds,
            stopped=True,
            conf_refreshed=seconds,
            state="AgentStopped",
            engine_status={"vm": "unknown", "health": "unknown", "detail": "unknown", "reason": "no HA agent on this host"},
        )
        data = ha_metadata.write_host_block(block, time.ctime())
        record.committing()
        write_block(host, self.layout.data, self.host_id.number * BLOCK, data)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not on_storage.is_file(self.layout.data):
            return
        data = self._read()
        if not data.strip(b"\0"):
            return
        reason = self._foreign(data)
        if reason:
            raise Conflict(reason, hint="Run reset on that host first.", resource=self.name, host=host.name)
        write_block(host, self.layout.data, self.host_id.number * BLOCK, bytes(BLOCK))

    def _read(self) -> bytes:
        return read_blocks(self.layout.data, self.host_id.number * BLOCK, BLOCK)

    def _held(self, host: Host) -> bool:
        space = sanlock_client.known(sanlock_client.status(host), HOSTED_ENGINE)
        return space is not None and space.held and space.host_id == self.host_id.number

    def _foreign(self, data: bytes) -> str:
        try:
            found = ha_metadata.read_host_block(data)
        except FormatError:
            return ""  # torn while it was written; nobody but the holder of the id writes here
        if found.hostname != self.host_name:
            return f"the metadata block of host {self.host_id} now belongs to {found.hostname}"
        return "" if found.stopped else f"an HA agent uses the metadata block of host {self.host_id}"
