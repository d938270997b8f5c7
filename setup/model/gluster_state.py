"""How a GlusterFS pool is doing at the moment: peers, brick processes, what is still to be healed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

# glusterd-sm.h, glusterd_friend_sm_state_t: where two glusterds stand with one another.
IN_CLUSTER = 3
REJECTED = 6


@dataclass(frozen=True)
class PoolPeer:
    """A host of the pool. The one that was asked calls itself `localhost` and has no `state`; `words` are glusterd's for the
    state. `connected` is only whether the two glusterds talk: a rejected peer is connected too."""

    host: str
    uuid: UUID
    connected: bool
    state: int | None = None
    words: str = ""

    @property
    def rejected(self) -> bool:
        return self.state == REJECTED

    @property
    def member(self) -> bool:
        """Whether volumes can have bricks on it, and it takes part in changes, now."""
        return self.connected and self.state in (None, IN_CLUSTER)

    @property
    def trouble(self) -> str:
        """What keeps it from being a member, in words; empty for a member."""
        if self.rejected:
            return f"{self.host} is rejected by this pool (`gluster peer status`: Peer Rejected)"
        if self.state not in (None, IN_CLUSTER):
            return f"{self.host} is not fully in this pool (`gluster peer status`: {self.words or f'state {self.state}'})"
        return "" if self.connected else f"glusterd on {self.host} is not connected to this host's"

    @property
    def remedy(self) -> str:
        """How to mend `trouble`, without touching what is in bricks."""
        if self.rejected:
            return (
                f"Run `gluster peer status` on {self.host}. No peers there: it was installed anew. Stop glusterd there and write "
                f"UUID={self.uuid} in /var/lib/glusterd/glusterd.info. Peers there: its copy of the volume settings differs. "
                "Let healing end first; then stop glusterd there and move everything in /var/lib/glusterd but glusterd.info "
                "to a backup folder. In both cases: start glusterd, `gluster peer probe` a healthy host, and restart glusterd; "
                "again, until `gluster peer status` there lists all hosts. Bricks are not touched; starting glusterd alone does "
                "not help."
            )
        if self.state not in (None, IN_CLUSTER):
            return f"Restart glusterd on {self.host} when healing is at 0, then look again; its log says what it waits for."
        return (
            f"See whether {self.host} is up, its name resolves here, glusterd runs there (`systemctl status glusterd`) and TCP "
            "port 24007 is open both ways."
        )


@dataclass(frozen=True)
class BrickState:
    """A brick's process: whether it runs, and its TCP port (None while it does not)."""

    host: str
    path: str
    online: bool
    port: int | None


@dataclass(frozen=True)
class HealState:
    """Entries (files and folders) that a brick has to heal, and those in split brain; None when the brick could not be asked."""

    brick: str
    pending: int | None
    split_brain: int | None
