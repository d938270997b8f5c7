"""The shared configuration in the volume `HostedEngineConfigurationImage`: what a further host needs to join.

**Commit point**: the archive is written in one piece (20480 bytes), in place, so that the volume keeps its size. A kill
**before** it leaves the volume as it was; one **in** it can leave a torn archive, which cannot be read and is written again;
a kill **after** it leaves the archive, and applying again finds it done.
`undo` **knows that it is ours** by its bytes: it puts back what was there (kept in the run's backups; zeros as a rule) only
while the volume holds exactly what was written. HA rewrites it when somebody changes the shared configuration: then it stays.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict, FormatError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.formats.hosted_engine import configuration_volume, hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import SharedConfiguration
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, blocked, conflict, needed
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block
from ovirt_hc_setup.system.storage import on_storage, volume_files

BACKUP = "configuration.tar"


@dataclass(frozen=True, kw_only=True)
class ConfigArchive(Resource):
    """`domain`: the folder of the storage domain; `image` and `volume`: of the configuration volume."""

    domain: FileStore
    image: UUID
    volume: UUID
    configuration: SharedConfiguration

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        members = ", ".join(configuration_volume.MEMBERS)
        return ("Write the shared configuration to the storage", f"{members}: {self.layout.data}")

    def probe(self, host: Host) -> State:
        if volume_files.read_metadata(self.layout) is None:
            return blocked(f"the volume {self.layout.data} is not there")
        data = self._read()
        if data == configuration_volume.write(self.configuration):
            return DONE
        if configuration_volume.is_blank(data):
            return needed("there is no shared configuration on the storage")
        try:
            found = self._deployment(configuration_volume.read(data))
        except FormatError as error:
            return needed(f"the shared configuration on the storage cannot be read: {error.message}")
        if found == self._deployment(self.configuration):
            return State(Verdict.DONE, "the shared configuration was changed since it was written")
        return conflict(
            f"the shared configuration on the storage belongs to another deployment (engine VM {found[0]}, domain {found[1]})",
            "Use another storage path, or add this host to that deployment with `add-host`.",
        )

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        wanted = configuration_volume.write(self.configuration)
        if not record.before:
            write_file(record.backups / BACKUP, self._read().ljust(configuration_volume.SIZE, b"\0"), mode=0o600)
        record.keep({"written": hashlib.sha256(wanted).hexdigest(), "backup": BACKUP})
        record.committing()
        write_block(host, self.layout.data, 0, wanted)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not on_storage.is_file(self.layout.data):
            return
        data, backup = self._read(), (record.backups / record.before["backup"]).read_bytes()
        if data == backup:
            return
        if hashlib.sha256(data).hexdigest() != record.before["written"] and self._readable(data):
            message = f"the shared configuration in {self.layout.data} was changed since it was written"
            raise Conflict(message, hint="Another host or HA uses it: run reset there first.", resource=self.name, host=host.name)
        write_block(host, self.layout.data, 0, backup)

    def _read(self) -> bytes:
        return read_blocks(self.layout.data, 0, configuration_volume.SIZE)

    @staticmethod
    def _readable(data: bytes) -> bool:
        try:
            configuration_volume.read(data)
        except FormatError:
            return False
        return True

    @staticmethod
    def _deployment(configuration: SharedConfiguration) -> tuple[str, str]:
        values = hosted_engine_conf.read_values(configuration.hosted_engine)
        return values.get("vmid", ""), values.get("sdUUID", "")
