"""A systemd unit that a package brought, enabled and started (glusterd, libvirtd, sanlock).

**Commit point**: `systemctl start`. A kill **before** it can leave the unit enabled and not started; a kill **after** it leaves
it running, which applying again finds done. `undo` restores what the record says of it, enabled or not and running or not, and
**knows that it is ours** by the record alone: a unit that was running before the run is never stopped, nor one that was about to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.host.units import UnitState

STOP_SECONDS = 300.0
"""That of a deployment gives the engine VM 90 s to end and leaves two lockspaces, in 240 s at most (its TimeoutStopSec)."""


@dataclass(frozen=True, kw_only=True)
class Unit(Resource):
    """`unit` is running, and with `at_boot` also after a reboot."""

    unit: str
    at_boot: bool = True

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"unit {self.unit}",)

    def describe(self) -> tuple[str, ...]:
        return (f"{'Enable and start' if self.at_boot else 'Start'} {self.unit}",)

    def probe(self, host: Host) -> State:
        found = units.state(host, self.unit)
        if found.masked:
            return conflict(f"{self.unit} is masked", f"If it may run, `systemctl unmask {self.unit}`.")
        if not found.exists:
            return blocked(f"there is no {self.unit} yet: the package that brings it is not installed")
        if self.at_boot and not found.enabled:
            return needed(f"{self.unit} is {found.file_state or 'not enabled'}")
        return DONE if found.is_active else needed(f"{self.unit} is {found.active}")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        found = self._settled(host, progress)
        if found.masked or not found.exists:
            raise Conflict(f"{self.unit} is {'masked' if found.masked else 'not installed'}", resource=self.name, host=host.name)
        before = record.keep({"enabled": found.enabled, "active": found.is_active})
        if self.at_boot and not found.enabled:
            units.enable(host, self.unit)
        record.committing()
        if not found.is_active:
            if before.get("active"):
                progress.note(f"{self.unit} ran before this run and is stopped now, so it is started")
            progress.amount(0, int(units.JOB_SECONDS), f"starting {self.unit}", "seconds")
            units.reset_failed(host, self.unit)
            units.start(host, self.unit)

    def _settled(self, host: Host, progress: Progress) -> UnitState:
        """The unit as it is when nothing moves it: one that is just being restarted is neither running nor stopped, and what
        the record says of it decides whether a reset stops it."""
        found, told = units.state(host, self.unit), partial(progress.amount, unit="seconds")
        for look in waits(units.JOB_SECONDS, told, "", every=0.5):
            found = units.state(host, self.unit)
            if found.settled:
                break
            look.text = f"waiting for {self.unit}, which is {found.active}"
        return found

    def _stop(self, host: Host, progress: Progress) -> None:
        """Stop it, telling what its programs say meanwhile: the unit of a deployment ends the engine VM first."""
        limit = STOP_SECONDS + units.JOB_SECONDS
        stopping = Awaited(lambda: units.stop(host, self.unit, STOP_SECONDS), time.monotonic() + limit)

        def told(waited: int, most: int, text: str) -> None:
            said = plain(units.own_words(host, self.unit))
            progress.amount(waited, int(STOP_SECONDS), text + (f": {said}" if said else ""), "seconds")

        stopping.awaited(limit, told, f"stopping {self.unit}")
        stopping.value()

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.before
        if not units.state(host, self.unit).exists:
            return
        if not before.get("active") and units.state(host, self.unit).is_active:
            self._stop(host, progress)
        if self.at_boot and not before.get("enabled"):
            units.disable(host, self.unit)
