"""How a hosted engine is doing at one moment, as far as one host can see it. Each part was read, or says why it was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar
from uuid import UUID

from ovirt_hc_setup.model.gluster_state import BrickState, HealState
from ovirt_hc_setup.model.gluster_volume import GlusterVolume

T = TypeVar("T", covariant=True)

RUNNING = frozenset(("running", "blocked", "paused", "shutting down", "in shutdown", "pmsuspended", "suspended"))
"""Words of libvirt and of virsh for a VM that is there, if not always at work."""

NOT_DEFINED = "not defined"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Part(Generic[T]):
    """What one place said; `value` is None when `trouble` says why it could not be read."""

    value: T | None = None
    trouble: str = ""


class Liveness(Enum):
    """sanlock's verdict on a host id in a lockspace: by how long ago the holder renewed it (with its usual I/O timeout of 10 s).

    LIVE: within 80 s. FAILING: longer ago. DEAD: 140 s ago, so that others may take its leases. FREE: given back, or never taken.
    UNKNOWN: not watched for long enough, or this host is not in the lockspace itself.
    """

    LIVE = "live"
    FAILING = "failing"
    DEAD = "dead"
    FREE = "free"
    UNKNOWN = "unknown"

    @property
    def gone(self) -> bool:
        """Whether nothing of that host can write any more."""
        return self in (Liveness.FREE, Liveness.DEAD)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A host id of a lockspace that was ever used. `name` is sanlock's for the host, `timestamp` by that host's own clock."""

    host_id: int
    name: str
    state: Liveness
    timestamp: int
    generation: int


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who stands in the lease of the engine VM. `name` is the HA metadata's for the host, or sanlock's, or empty.

    `renewed` is the timestamp of its host id, by that host's own clock: compare it for change only.
    """

    host_id: int
    name: str
    state: Liveness
    renewed: int

    @property
    def holds(self) -> bool:
        """Whether the lease keeps others from starting the VM (a dead host still stands in it, and keeps nobody)."""
        return not self.state.gone

    def __str__(self) -> str:
        return f"{self.name} (host id {self.host_id})" if self.name else f"host id {self.host_id}"


@dataclass(frozen=True)
class EngineLease:
    """The engine VM's lease; without a holder it is free."""

    holder: Holder | None

    @property
    def held(self) -> bool:
        return self.holder is not None and self.holder.holds


@dataclass(frozen=True, kw_only=True)
class BoardHost:
    """A host's block of the HA metadata. `crc32` as it stands there; `text` is the part for people."""

    host_id: int
    hostname: str
    timestamp: int
    score: int
    engine_status: Mapping[str, str]
    maintenance: bool
    stopped: bool
    conf_on_shared_storage: bool
    conf_refreshed: int
    crc32: str
    state: str
    text: str


@dataclass(frozen=True)
class Board:
    """The HA metadata; `damaged` has the reason for every host whose block cannot be read."""

    maintenance: bool
    hosts: tuple[BoardHost, ...]
    damaged: Mapping[int, str] = field(default_factory=dict)

    def name_of(self, host_id: int) -> str:
        return next((host.hostname for host in self.hosts if host.host_id == host_id), "")


@dataclass(frozen=True, kw_only=True)
class DomainSeen:
    """The storage domain's own words; `pools` are the data centers that have attached it. `damage`: what is wrong with its
    index of external leases, in words; empty when nothing is."""

    uuid: UUID
    name: str
    version: int
    sector: int
    pools: tuple[UUID, ...]
    damage: str = ""


@dataclass(frozen=True)
class Health:
    """The engine's health page: `said` is its first line, or why there is none."""

    up: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class DeploymentStatus:
    """`this_host` is the id of the host that looked. `vms` are libvirt's words for the engine VM, by host id."""

    this_host: int
    fqdn: str
    vm: UUID
    storage: str
    mount_point: str
    domain_uuid: UUID
    ha_agent: Part[bool]
    mounted: Part[bool]
    board: Part[Board]
    domain: Part[DomainSeen]
    domain_ids: Part[tuple[Member, ...]]
    ha_ids: Part[tuple[Member, ...]]
    lease: Part[EngineLease]
    health: Part[Health]
    vms: Mapping[int, Part[str]]
    volume: Part[GlusterVolume | None]
    bricks: Part[tuple[BrickState, ...] | None]
    heal: Part[tuple[HealState, ...] | None]

    @property
    def troubles(self) -> dict[str, str]:
        """What could not be read, and why. Another host that cannot be reached is no trouble: it is `unknown`."""
        parts: dict[str, Part[object]] = {
            "HA agent": self.ha_agent,
            "mount": self.mounted,
            "hosted-engine metadata": self.board,
            "storage domain": self.domain,
            "host ids of the domain": self.domain_ids,
            "host ids of hosted-engine": self.ha_ids,
            "lease of the engine VM": self.lease,
            "health page": self.health,
            "libvirt": self.vms.get(self.this_host, Part()),
            "volume": self.volume,
            "bricks": self.bricks,
            "heal state": self.heal,
        }
        return {name: part.trouble for name, part in parts.items() if part.trouble}

    @property
    def runs_on(self) -> int | None:
        """The host that runs the VM: the one whose libvirt says so, else the holder of its lease."""
        for host_id, part in sorted(self.vms.items()):
            if part.value in RUNNING:
                return host_id
        lease = self.lease.value
        return lease.holder.host_id if lease is not None and lease.holder is not None and lease.holder.holds else None

    @property
    def writable(self) -> bool | None:
        """Whether most bricks of every replica set are online; None when that could not be read."""
        volume, bricks = self.volume.value, self.bricks.value
        if volume is None or bricks is None:
            return None
        online = {(brick.host, brick.path) for brick in bricks if brick.online}
        sets = volume.replica_sets
        return all(2 * sum((brick.host, brick.path) in online for brick in bricks_of) > len(bricks_of) for bricks_of in sets)
