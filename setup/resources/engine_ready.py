"""engine-setup in the engine VM, followed until the engine's health page answers.

engine-setup cannot go on half way. When the guest says that it was started again before engine-setup had ended (a power cut, a
crash, a reset), its disk is given up: the VM is ended, the volume marked ILLEGAL, and the run applied again, which copies the
appliance once more. Only the guest decides that: one that is silent may hold an engine that somebody uses, and is left alone.

**Commit point**: the rename of the volume's metadata with LEGALITY=ILLEGAL. A kill **before** it leaves a guest that goes on with
engine-setup, or that says the same again at its next start; a kill **after** it leaves the disk to be made anew, whatever is in
it. Without such a report nothing changes on the host: a kill leaves engine-setup going on in the guest, and applying again goes
on listening. The port's last line is a convenience; the health page decides. `undo` has nothing to take back: what happened in
the guest goes with its disk, which whoever made it **knows to be ours**. The VM is known by the UUID drawn for this run.
"""

from __future__ import annotations

from dataclasses import dataclass

from ovirt_hc_setup.base.errors import Anew
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.engine_vm import NAME
from ovirt_hc_setup.model.file_store import VolumeLayout
from ovirt_hc_setup.resources.setup_watch import SetupWatch
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, needed
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect
from ovirt_hc_setup.system.storage import volume_files


@dataclass(frozen=True, kw_only=True)
class EngineReady(Resource):
    """`limit` is the seconds that engine-setup may take, counted from when somebody listens; `disk` the volume that the VM
    boots from."""

    guest: EngineGuest
    disk: VolumeLayout
    limit: int = 3600

    @property
    def title(self) -> str:
        return "Wait for engine-setup in the engine VM"

    def describe(self) -> tuple[str, ...]:
        page = engine_health.url(self.guest.fqdn)
        return (f"Wait for engine-setup, until {page} answers", f"for at most {self.limit // 60} minutes")

    def probe(self, host: Host) -> State:
        health = engine_health.ask(self.guest.fqdn)
        if not health.up:
            return needed(f"the engine is not up: {health.said}")
        # A page that some other engine answers under this name says nothing of ours.
        page = engine_health.url(self.guest.fqdn)
        return DONE if self._runs_here() else needed(f"{page} answers, but the engine VM is not running")

    def _runs_here(self) -> bool:
        with connect() as libvirt:
            found = libvirt.find(self.guest.uuid)
            return found is not None and found.running

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"vm": str(self.guest.uuid)})
        watch = SetupWatch(host, self.guest, self.limit, progress)
        try:
            if not watch.until_up():
                self._give_up_disk(host, record)
        finally:
            watch.close()

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        """Nothing: see above."""

    def _give_up_disk(self, host: Host, record: Record) -> None:
        """Raises Anew, always."""
        with connect() as libvirt:
            libvirt.destroy(self.guest.uuid)
        metadata = volume_files.read_metadata(self.disk)
        record.committing()
        if metadata is not None:
            volume_files.write_metadata(host, self.disk, metadata.judged(Legality.ILLEGAL))
        raise Anew(
            f"{NAME} went down before engine-setup had ended, and engine-setup cannot go on half way:"
            " the disk of the engine VM is made anew from the appliance.",
            resource=self.name,
            host=host.name,
        )
