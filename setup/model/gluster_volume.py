"""GlusterFS volumes as glusterd describes them, and whether one is fit to hold an oVirt storage domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ovirt_hc_setup.model.disk_access import Transport
from ovirt_hc_setup.model.gluster_profile import WANTED, Wanted, mending_command

REPLICATED = frozenset({"Replicate", "Distributed-Replicate"})


@dataclass(frozen=True)
class BrickPath:
    """`host` as glusterd knows it, `path` its folder there; an arbiter holds names and no data."""

    host: str
    path: str
    host_uuid: UUID
    arbiter: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.path}"

    @staticmethod
    def place(name: str) -> tuple[str, str]:
        """Host and path of a brick as GlusterFS names it; both empty for what is no brick's name."""
        # An IPv6 address has colons of its own and stands there without brackets: the path begins at the first ":/".
        host, colon, path = name.partition(":/")
        return (host, f"/{path}") if host and colon else ("", "")


@dataclass(frozen=True)
class Deviation:
    """An option that is not as it should be. `found` is empty when it is not set; `command` mends it.

    `risky` says why an operator has to think before running it; empty when it is safe on a volume with data.
    """

    option: str
    found: str
    wanted: str
    command: tuple[str, ...]
    risky: str = ""

    def __str__(self) -> str:
        return f"{self.option} is {self.found or 'not set'}, should be {self.wanted}"


@dataclass(frozen=True)
class GlusterVolume:
    """`kind` and `status` are glusterd's words (`typeStr`, `statusStr`); `options` are those that were set by somebody."""

    name: str
    id: UUID
    kind: str
    status: str
    replica: int
    arbiters: int
    bricks: tuple[BrickPath, ...]
    options: Mapping[str, str]
    transports: tuple[Transport, ...] = (Transport.TCP,)

    @property
    def started(self) -> bool:
        return self.status == "Started"

    @property
    def arbiter(self) -> bool:
        return self.arbiters > 0 or any(brick.arbiter for brick in self.bricks)

    @property
    def is_replica_3(self) -> bool:
        """Three copies, or two and an arbiter (glusterd says replica 3 for both), once or distributed."""
        return self.kind in REPLICATED and self.replica == 3

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of the bricks, each once, in the bricks' order."""
        return tuple(dict.fromkeys(brick.host for brick in self.bricks))

    @property
    def replica_sets(self) -> tuple[tuple[BrickPath, ...], ...]:
        """The bricks that hold copies of the same files: glusterd lists them one set after the other."""
        size = max(self.replica, 1)
        return tuple(self.bricks[start : start + size] for start in range(0, len(self.bricks), size))

    @property
    def shared_hosts(self) -> tuple[str, ...]:
        """Hosts that hold two bricks of one replica set: their loss takes two of three copies."""
        found: dict[str, None] = {}
        for bricks in self.replica_sets:
            seen: set[UUID] = set()
            for brick in bricks:
                if brick.host_uuid in seen:
                    found[brick.host] = None
                seen.add(brick.host_uuid)
        return tuple(found)

    @property
    def on_distinct_hosts(self) -> bool:
        return not self.shared_hosts

    @property
    def description(self) -> str:
        """For people: `replica 3`, `replica 3 (2 + 1 arbiter)`, `replica 2`, `distribute`."""
        if self.kind not in REPLICATED:
            return self.kind.lower()
        copies = f"replica {self.replica}" + (f" ({self.replica - 1} + 1 arbiter)" if self.arbiter else "")
        return copies if self.kind == "Replicate" else f"distributed {copies}"

    @property
    def has_client_quorum(self) -> bool:
        """Whether a client refuses to write with only one copy in reach.

        Unset means `auto` for more than two copies (AFR's own default), and `fixed` needs a count of at least two.
        """
        kind = self.options.get("cluster.quorum-type", "auto" if self.replica > 2 else "none")
        if kind == "fixed":
            count = self.options.get("cluster.quorum-count", "0")
            return count.isdecimal() and len(count) < 10 and int(count) >= 2
        return kind == "auto"

    @property
    def has_server_quorum(self) -> bool:
        """Whether glusterd stops the bricks of a host that has lost most of its peers."""
        return self.options.get("cluster.server-quorum-type", "none") == "server"

    def deviations(self, wanted: Mapping[str, Wanted] = WANTED) -> tuple[Deviation, ...]:
        """Every option that is not as the virt profile and VDSM's ownership want it, with the command that mends it."""
        found = {option: self.options.get(option, "") for option in wanted}
        return tuple(
            Deviation(option, found[option], want.value, mending_command(self.name, option, want.value), want.risky)
            for option, want in wanted.items()
            if not want.accepts(found[option])
        )

    def backup_servers(self, server: str) -> tuple[str, ...]:
        """Where a client may fetch the volume's description when `server` is down: the other brick hosts, in brick order."""
        return tuple(host for host in self.hosts if host.lower() != server)
