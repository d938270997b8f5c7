"""This host's id in a sanlock lockspace, held by the sanlock daemon.

**Commit point**: sanlock writes this host into its delta lease, 21 s after it was asked (up to 161 s after another name had
it and died). A kill **before** it leaves the daemon waiting, or the id free; a kill **after** it leaves the id held. The
daemon goes on by itself either way, and applying again waits for it or finds it held. When another host is seen to renew the id
meanwhile, the daemon is told to stop asking: the lease is that host's then, whatever was written into it before.
An id that is held by the volume's path on the storage, as versions before held it, is given back and taken by VDSM's.
`undo` **knows that it is ours** by the name, the number and the path in the daemon's status, either of these two. It refuses
while any process holds a lease of the lockspace (the engine VM), which sanlock would kill, and while the daemon does not answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, blocked, conflict, needed
from ovirt_hc_setup.system.sanlock import host_ids, sanlock_client
from ovirt_hc_setup.system.storage import on_storage


@dataclass(frozen=True, kw_only=True)
class HostId(Resource):
    """`path`: the file that holds the lockspace (a domain's `dom_md/ids`, or the volume `he_sanlock` by VDSM's path)."""

    lockspace: str
    path: Path
    host_id: Number

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"lockspace {self.lockspace}",)

    def describe(self) -> tuple[str, ...]:
        return (f"Acquire host id {self.host_id} in the lockspace {self.lockspace}", f"{self.path}; takes 21 s, at most 161 s")

    def probe(self, host: Host) -> State:
        if not on_storage.is_file(self.path):
            return blocked(f"{self.path} is not there")
        found = sanlock_client.status(host)
        if found is None:
            return blocked("the sanlock daemon does not run")
        space = sanlock_client.known(found, self.lockspace)
        if space is None:
            return needed(f"host id {self.host_id} in {self.lockspace} is not held")
        if not host_ids.is_same(self._space, space):
            remedy = f"It should be {self.host_id} through {self.path}: leave the other deployment first."
            return conflict(host_ids.held_otherwise(space), remedy)
        if host_ids.is_to_move(self._space, space):
            return needed(f"{host_ids.held_otherwise(space)}, where VDSM and HA do not look for it")
        return DONE if space.held else needed(f"the lockspace {self.lockspace} is in transition ({space.state})")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        waiting = partial(progress.amount, unit="seconds")
        sanlock_client.wait_ready(host, waiting)
        host_ids.settled(host, self.lockspace, waiting)
        if self.probe(host).verdict is Verdict.DONE:
            return  # somebody else had asked for it
        record.keep({"lockspace": self.lockspace, "host_id": str(self.host_id), "path": str(self.path)})
        record.committing()
        host_ids.take(host, self._space, waiting)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        waiting = partial(progress.amount, unit="seconds")
        space = sanlock_client.known(host_ids.settled(host, self.lockspace, waiting), self.lockspace)
        if space is not None and host_ids.is_same(self._space, space):
            host_ids.give_back(host, space, waiting)

    @property
    def _space(self) -> HeldLockspace:
        return HeldLockspace(self.lockspace, self.host_id.number, str(self.path))
