"""Bricks without a process: which they are, why as far as the pool can say, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ovirt_hc_setup.model.gluster_state import BrickState, PoolPeer
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume


@dataclass(frozen=True)
class OfflineBricks:
    """`peers` are those of the pool; none where nobody could ask for them."""

    volume: GlusterVolume
    states: Sequence[BrickState]
    peers: tuple[PoolPeer, ...] = ()

    @property
    def bricks(self) -> tuple[BrickPath, ...]:
        online = {(state.host, state.path) for state in self.states if state.online}
        return tuple(brick for brick in self.volume.bricks if (brick.host, brick.path) not in online)

    @property
    def troubled(self) -> tuple[PoolPeer, ...]:
        """The hosts of these bricks that are no members of the pool at the moment."""
        # By UUID: a pool may know a host by another name than its bricks do.
        hosts = {brick.host_uuid for brick in self.bricks}
        return tuple(peer for peer in self.peers if peer.trouble and peer.uuid in hosts)

    @property
    def found(self) -> str:
        names = ", ".join(map(str, self.bricks))
        reasons = "".join(f"; {peer.trouble}" for peer in self.troubled)
        return f"{len(self.bricks)} of {len(self.volume.bricks)} bricks are offline: {names}{reasons}"

    @property
    def remedy(self) -> str:
        troubled = {peer.uuid for peer in self.troubled}
        start = f"`gluster volume start {self.volume.name} force`"
        steps = [peer.remedy for peer in self.troubled]
        if not self.peers:
            steps.append(f"See whether glusterd runs there (`systemctl status glusterd`), then {start}.")
        elif any(brick.host_uuid not in troubled for brick in self.bricks):
            steps.append(f"Start bricks whose glusterd runs: {start}; if one stays down, see /var/log/glusterfs/bricks there.")
        return " ".join(steps)
