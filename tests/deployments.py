"""A deployment's status made by hand: three hosts, the engine VM on the first, the third one dead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from ovirt_hc_setup.model.deployment_status import (
    Board,
    BoardHost,
    DeploymentStatus,
    DomainSeen,
    EngineLease,
    Health,
    Holder,
    Liveness,
    Member,
    Part,
)
from ovirt_hc_setup.model.gluster_state import BrickState, HealState
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume

HOSTS = tuple(f"host{number}.example.com" for number in (1, 2, 3))
PATH = "/gluster_bricks/engine/engine"
HEALING = ((7, 0), (7, 0), (None, None))
DOMAIN = UUID("8c839145-91e7-4562-859f-a833bdb58d25")


def block(number: int, hostname: str = "") -> BoardHost:
    return BoardHost(
        host_id=number,
        hostname=hostname or HOSTS[number - 1],
        timestamp=4359,
        score=0,
        engine_status={"vm": "unknown", "health": "unknown", "detail": "unknown", "reason": "no HA agent on this host"},
        maintenance=False,
        stopped=True,
        conf_on_shared_storage=True,
        conf_refreshed=4350,
        crc32="4c57848c",
        state="AgentStopped",
        text="metadata_parse_version=1\n",
    )


def members(*states: Liveness) -> Part[tuple[Member, ...]]:
    names = (*HOSTS, *(f"host{number}" for number in range(4, 9)))
    found = [
        Member(host_id=number, name=names[number - 1], state=state, timestamp=100 * number, generation=1)
        for number, state in enumerate(states, 1)
    ]
    return Part(tuple(found))


def volume() -> GlusterVolume:
    options = {"cluster.quorum-type": "auto", "cluster.server-quorum-type": "server"}
    bricks = tuple(BrickPath(host, PATH, UUID(int=number)) for number, host in enumerate(HOSTS, 1))
    return GlusterVolume("engine", UUID(int=9), "Replicate", "Started", 3, 0, bricks, options)


def deployment() -> DeploymentStatus:
    live, dead = Liveness.LIVE, Liveness.DEAD
    return DeploymentStatus(
        this_host=1,
        fqdn="engine.example.com",
        vm=UUID("803d4c09-65bd-4626-b23f-be54552a9916"),
        storage="host1.example.com:/engine",
        mount_point="/rhev/data-center/mnt/glusterSD/host1.example.com:_engine",
        domain_uuid=DOMAIN,
        ha_agent=Part(False),
        mounted=Part(True),
        board=Part(Board(True, tuple(block(number) for number in (1, 2, 3)))),
        domain=Part(DomainSeen(uuid=DOMAIN, name="hosted_storage", version=5, sector=512, pools=())),
        domain_ids=members(live, live, dead),
        ha_ids=members(live, live, dead),
        lease=Part(EngineLease(Holder(host_id=1, name=HOSTS[0], state=live, renewed=100))),
        health=Part(Health(True, "DB Up!Welcome to Health Status!")),
        vms={1: Part("running"), 2: Part("shut off"), 3: Part("unknown")},
        volume=Part(volume()),
        bricks=Part(tuple(BrickState(host, PATH, True, 49152) for host in HOSTS[:2])),
        heal=Part(tuple(HealState(f"{host}:{PATH}", *counts) for host, counts in zip(HOSTS, HEALING, strict=True))),
    )


def all_well() -> DeploymentStatus:
    live = Liveness.LIVE
    return replace(
        deployment(),
        domain_ids=members(live, live, live),
        ha_ids=members(live, live, live),
        vms={1: Part("running"), 2: Part("shut off"), 3: Part("shut off")},
        bricks=Part(tuple(BrickState(host, PATH, True, 49152) for host in HOSTS)),
        heal=Part(tuple(HealState(f"{host}:{PATH}", 0, 0) for host in HOSTS)),
    )


def nothing_read() -> DeploymentStatus:
    """All of it hangs or is silent."""
    parts = ("ha_agent", "mounted", "board", "domain", "domain_ids", "ha_ids", "lease", "health", "volume", "bricks", "heal")
    silent: Part[Any] = Part(trouble="no answer within 15 s")
    changed: dict[str, Any] = {"vms": {1: silent}, **dict.fromkeys(parts, silent)}
    return replace(deployment(), **changed)
