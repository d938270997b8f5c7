"""A deployment's status as JSON: the keys of `hosted-engine --vm-status --json`, and ours beside them.

A host id (as text) leads to the host's block of the HA metadata, `global_maintenance` to a truth value, as there. Two things
differ, because no HA agent has to run: `live-data` says whether sanlock sees the host alive in the lockspace `hosted-engine`
(the predecessor: whether its agent's timestamp changed), and for a host whose agent is stopped `engine-status` is what
was found, not what the agent said last. Ours: `hc` in every host, and at the top `this_host`, `engine`, `storage`, `volume`,
`damaged_blocks`, `unread`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ovirt_hc_setup.model.deployment_status import RUNNING, BoardHost, DeploymentStatus, Holder, Liveness, Member, Part


def write(values: Mapping[str, Any]) -> str:
    """Two blanks of indentation, a line end at its end; the same status always gives the same text."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def as_values(status: DeploymentStatus) -> dict[str, Any]:
    board = status.board.value
    hosts = {str(host.host_id): _host(status, host) for host in board.hosts} if board is not None else {}
    return {
        **hosts,
        "global_maintenance": board.maintenance if board is not None else False,
        "this_host": status.this_host,
        "engine": _engine(status),
        "storage": _storage(status),
        "volume": _volume(status),
        "damaged_blocks": {str(number): why for number, why in board.damaged.items()} if board is not None else {},
        "unread": status.troubles,
    }


def _host(status: DeploymentStatus, host: BoardHost) -> dict[str, Any]:
    return {
        "host-id": host.host_id,
        "host-ts": host.timestamp,
        "score": host.score,
        "engine-status": _found(status, host) if host.stopped else dict(host.engine_status),
        "hostname": host.hostname,
        "maintenance": host.maintenance,
        "stopped": host.stopped,
        "crc32": host.crc32,
        "conf_on_shared_storage": host.conf_on_shared_storage,
        "local_conf_timestamp": host.conf_refreshed,
        "extra": host.text,
        "live-data": state_of(status.ha_ids, host.host_id) is Liveness.LIVE,
        "hc": {
            "this_host": host.host_id == status.this_host,
            "engine_vm": status.vms.get(host.host_id, Part()).value or "unknown",
            "domain_id": state_of(status.domain_ids, host.host_id).value,
            "hosted_engine_id": state_of(status.ha_ids, host.host_id).value,
            "state": host.state,
        },
    }


def state_of(members: Part[tuple[Member, ...]], host_id: int) -> Liveness:
    """A host id that was never used is free; one in a lockspace that could not be read is unknown."""
    if members.value is None:
        return Liveness.UNKNOWN
    return next((member.state for member in members.value if member.host_id == host_id), Liveness.FREE)


def _found(status: DeploymentStatus, host: BoardHost) -> dict[str, str]:
    word = status.vms.get(host.host_id, Part()).value
    if status.runs_on == host.host_id:
        health = status.health.value
        said = {True: "good", False: "bad", None: "unknown"}[health.up if health is not None else None]
        return {"vm": "up", "health": said, "detail": "Paused" if word == "paused" else "Up"}
    if word is None or word == "unknown":
        return {"vm": "unknown", "health": "unknown", "detail": "unknown", "reason": "the host was not asked"}
    vm = "up" if word in RUNNING else "down"
    return {"vm": vm, "health": "bad", "detail": "unknown", "reason": "vm not running on this host"}


def _engine(status: DeploymentStatus) -> dict[str, Any]:
    health, lease = status.health.value, status.lease.value
    holder = lease.holder if lease is not None else None
    return {
        "fqdn": status.fqdn,
        "vm": str(status.vm),
        "runs_on": status.runs_on,
        "health": None if health is None else ("good" if health.up else "bad"),
        "health_page": None if health is None else health.said,
        "lease": None if lease is None else {"held": lease.held, **_holder(holder)},
        "ha_agent_here": status.ha_agent.value,
    }


def _holder(holder: Holder | None) -> dict[str, Any]:
    if holder is None:
        return {"host_id": None, "hostname": None, "state": None}
    return {"host_id": holder.host_id, "hostname": holder.name, "state": holder.state.value}


def _storage(status: DeploymentStatus) -> dict[str, Any]:
    domain = status.domain.value
    seen = None
    if domain is not None:
        seen = {
            "uuid": str(domain.uuid),
            "name": domain.name,
            "version": domain.version,
            "block_size": domain.sector,
            "attached": bool(domain.pools),
            "damage": domain.damage,
        }
    return {
        "path": status.storage,
        "mount_point": status.mount_point,
        "mounted": status.mounted.value,
        "domain": seen,
        "lockspaces": {str(status.domain_uuid): _members(status.domain_ids), "hosted-engine": _members(status.ha_ids)},
    }


def _members(members: Part[tuple[Member, ...]]) -> list[dict[str, Any]] | None:
    if members.value is None:
        return None
    return [
        {"host_id": found.host_id, "name": found.name, "state": found.state.value, "timestamp": found.timestamp}
        for found in members.value
    ]


def _volume(status: DeploymentStatus) -> dict[str, Any] | None:
    volume, bricks, heal = status.volume.value, status.bricks.value, status.heal.value
    if volume is None:
        return None
    online = {f"{brick.host}:{brick.path}": brick.online for brick in bricks or ()}
    healing = {state.brick: state for state in heal or ()}
    found = []
    for brick in volume.bricks:
        state = healing.get(str(brick))
        pending = {"to_heal": state.pending if state else None, "split_brain": state.split_brain if state else None}
        # glusterd leaves out the bricks of hosts that it cannot reach.
        up = None if bricks is None else online.get(str(brick), False)
        found.append({"brick": str(brick), "online": up, "arbiter": brick.arbiter, **pending})
    return {
        "name": volume.name,
        "kind": volume.description,
        "started": volume.started,
        "bricks": found,
        "quorum_met": status.writable,
        "client_quorum": volume.has_client_quorum,
        "server_quorum": volume.has_server_quorum,
    }
