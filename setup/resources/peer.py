"""Another host in this host's GlusterFS pool, each known to the other by its name.

**Commit point**: `gluster peer probe`, which glusterd does as a whole. A kill **before** it leaves the other host out of the
pool; a kill **after** it leaves it in, perhaps knowing this host by an address only, which applying again mends. `undo` **knows
that it is ours** by the record: a host that was in the pool before the run stays, and so does one that has a brick of any volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.model.gluster_state import PoolPeer as PeerState
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.gluster import glusterd, pool_change
from ovirt_hc_setup.system.remote import ssh

CONNECT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Peer(Resource):
    """`other` is to be in the pool, and to know this host as `own_name`."""

    other: OtherHost
    own_name: str

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"peer {self.other.host}",)

    def describe(self) -> tuple[str, ...]:
        return (f"Add {self.other.host} to the GlusterFS pool of {self.own_name}",)

    def probe(self, host: Host) -> State:
        try:
            found = self._found(host)
        except CommandFailed as error:
            return blocked(f"glusterd does not answer yet: {error.message}")
        if found is None:
            return needed(f"{self.other.host} is not in the pool")
        if found.rejected:
            return conflict(found.trouble, found.remedy)
        if not found.member:
            return needed(found.trouble)
        return DONE if self._knows_us() else needed(f"{self.other.host} does not know this host by its name")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        found = self._found(host)
        record.keep({"there": found is not None})
        if found is None:
            record.committing()
            pool_change.probe_peer(host, self.other.host)
        self._wait(host, progress)
        with ssh.connected(self.other, agent=False) as remote:
            if not _knows(remote, self.own_name):
                # Otherwise it has only the address that the connection came from, which may change.
                pool_change.probe_peer(remote, self.own_name)
            self._wait(host, progress)
            for each in (host, remote):
                pool_change.settle(each)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if record.before.get("there") or self._found(host) is None:
            return
        for volume in glusterd.volumes(host):
            if self.other.host in volume.hosts:
                raise Conflict(
                    f"{self.other.host} has a brick of volume {volume.name}, so it stays in the pool",
                    hint="Move or remove that brick, then run reset again.",
                    resource=self.name,
                    host=host.name,
                )
        pool_change.detach_peer(host, self.other.host)

    def _found(self, host: Host) -> PeerState | None:
        return next((peer for peer in glusterd.peers(host) if peer.host == self.other.host), None)

    def _knows_us(self) -> bool:
        with ssh.connected(self.other, agent=False) as remote:
            return _knows(remote, self.own_name)

    def _wait(self, host: Host, progress: Progress) -> None:
        found: PeerState | None = None
        for _ in waits(CONNECT_SECONDS, partial(progress.amount, unit="seconds"), f"waiting for {self.other.host}", every=0.5):
            found = self._found(host)
            if found is not None and found.rejected:
                raise Conflict(found.trouble, hint=found.remedy, resource=self.name, host=host.name)
            if found is not None and found.member:
                return
        hint = found.remedy if found else f"Is TCP port {glusterd.PORT} open between the two hosts, in both directions?"
        raise SetupError(f"{self.other.host} is not in the pool after {CONNECT_SECONDS} s", hint=hint)


def _knows(remote: Host, name: str) -> bool:
    return any(peer.host == name for peer in glusterd.peers(remote))
