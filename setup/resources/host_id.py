"""This host's id in a sanlock lockspace, held by the sanlock daemon.

**Commit point**: sanlock writes this host into its delta lease, 21 s after it was asked (up to 161 s after another name had
it and died). A kill **before** it leaves the daemon waiting, or the id free; a kill **after** it leaves the id held. The
daemon goes on by itself either way, and applying again waits for it or finds it held. When another host is seen to renew the id
meanwhile, the daemon is told to stop asking: the lease is that host's then, whatever was written into it before.
`undo` **knows that it is ours** by the name, the number and the path in the daemon's status. It refuses while any process
holds a lease of the lockspace (the engine VM): sanlock would kill it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.sanlock import Lockspace
from ovirt_hc_setup.model.host_id import HostId as Number
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system import sanlock, sanlock_hosts
from ovirt_hc_setup.system.sanlock import Waiting
from ovirt_hc_setup.system.sanlock_hosts import Watch

LOOK_EVERY = 3
"""Seconds between two looks at the lease while sanlock is asked for it."""

ALREADY, ON_ITS_WAY, NOT_THERE = -17, -115, -2


@dataclass(frozen=True, kw_only=True)
class HostId(Resource):
    """`path`: the file that holds the lockspace (a domain's `dom_md/ids`, or the volume `he_sanlock`)."""

    lockspace: str
    path: Path
    host_id: Number

    def describe(self) -> tuple[str, ...]:
        return (f"Acquire host id {self.host_id} in the lockspace {self.lockspace}", f"{self.path}; takes 21 s, at most 161 s")

    def probe(self, host: Host) -> State:
        if not self.path.is_file():
            return blocked(f"{self.path} is not there")
        found = sanlock.status(host)
        if found is None:
            return blocked("the sanlock daemon does not answer")
        space = sanlock.known(found, self.lockspace)
        if space is None:
            return needed(f"host id {self.host_id} in {self.lockspace} is not held")
        if (space.host_id, space.path) != (self.host_id.number, str(self.path)):
            reason = f"sanlock holds host id {space.host_id} in {self.lockspace} through {space.path}"
            return conflict(reason, f"It should be {self.host_id} through {self.path}: leave the other deployment first.")
        return DONE if space.held else needed(f"the lockspace {self.lockspace} is in transition ({space.state})")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        waiting = partial(progress.amount, unit="seconds")
        daemon = sanlock.wait_ready(host, waiting).daemon
        self._settled(host, progress)
        state = self.probe(host)
        if state.remedy:
            raise Conflict(state.reason, hint=state.remedy, resource=self.name, host=host.name)
        if state is DONE:
            return
        record.keep({"lockspace": self.lockspace, "host_id": str(self.host_id), "path": str(self.path)})
        record.committing()
        watch = sanlock_hosts.Watch(self._space, daemon)
        result = sanlock.add_lockspace(host, self._space, partial(self._watched, host, watch, waiting))
        if result == ON_ITS_WAY:
            self._settled(host, progress)
        elif result not in (0, ALREADY):
            alive = f"{watch.holder} has it and renewed it just now" if watch.holder else ""
            raise self._refused(host, alive or sanlock.meaning(result))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not record.before:
            return
        self._settled(host, progress)
        found = sanlock.status(host)
        space = sanlock.known(found, self.lockspace)
        if found is None or space is None or (space.host_id, space.path) != (self.host_id.number, str(self.path)):
            return
        leases = (lease for lease in found.leases if lease.lockspace == self.lockspace)
        holders = sorted({f"{lease.resource} (process {lease.pid})" for lease in leases})
        if holders:
            message = f"leases of the lockspace {self.lockspace} are held on this host: {', '.join(holders)}"
            raise Conflict(message, hint="Stop the engine VM first.", resource=self.name, host=host.name)
        result = sanlock.remove_lockspace(host, space, partial(progress.amount, unit="seconds"))
        if result not in (0, NOT_THERE):
            message = f"sanlock did not release the lockspace {self.lockspace}: {sanlock.meaning(result)}"
            raise Conflict(message, resource=self.name, host=host.name)

    @property
    def _space(self) -> Lockspace:
        return Lockspace(self.lockspace, self.host_id.number, str(self.path))

    def _settled(self, host: Host, progress: Progress) -> None:
        """Wait while a run before this one has left the daemon taking the id or giving it back."""
        begun = time.monotonic()
        while (space := sanlock.known(sanlock.status(host), self.lockspace)) and not space.held:
            waited = time.monotonic() - begun
            if waited > sanlock.ACQUIRE_LIMIT:
                hint = "See `sanlock client log_dump`, and check the storage."
                message = f"the lockspace {self.lockspace} is in transition ({space.state}) for {waited:.0f} s"
                raise Conflict(message, hint=hint, resource=self.name, host=host.name)
            progress.amount(int(waited), int(sanlock.ACQUIRE_LIMIT), f"waiting for sanlock ({space.state})", "seconds")
            time.sleep(1)

    def _watched(self, host: Host, watch: Watch, waiting: Waiting, waited: int, limit: int, text: str) -> None:
        waiting(waited, limit, text)
        if not watch.holder and waited % LOOK_EVERY == 0 and watch.look():
            sanlock.stop_asking(host, self._space)

    def _refused(self, host: Host, why: str) -> Conflict:
        message = f"host id {self.host_id} in {self.lockspace} is not available: {why}"
        hint = "If another host has this id, choose another one; else see `sanlock client log_dump` and check the storage."
        return Conflict(message, hint=hint, resource=self.name, host=host.name)
