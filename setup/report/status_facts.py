"""A deployment's status in words: facts with how good they are, and a row for each host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ovirt_hc_setup.formats.hosted_engine.status_json import state_of
from ovirt_hc_setup.model.deployment_status import UNKNOWN, DeploymentStatus, Liveness, Part

Level = Literal["good", "bad", "doubtful", "plain"]

HEADER = ("ID", "Host", "Engine VM", "Domain id", "HA id", "Score", "State")


@dataclass(frozen=True)
class StatusFact:
    label: str
    text: str
    level: Level = "plain"


@dataclass(frozen=True)
class Row:
    """A host; `cells` in the order of HEADER."""

    cells: tuple[str, ...]
    level: Level


def facts(status: DeploymentStatus) -> list[StatusFact]:
    """From what an operator asks first to what matters last."""
    of_storage = (_volume, _heal) if status.volume != Part() else ()  # where nobody tells more of it than its domain does
    return [fact(status) for fact in (_engine, _vm, _lease, _storage, _domain, *of_storage, _ha)]


def rows(status: DeploymentStatus) -> list[Row]:
    """Every host of the HA metadata and of the lockspaces, by host id."""
    board = status.board.value
    blocks = {host.host_id: host for host in board.hosts} if board is not None else {}
    damaged = board.damaged if board is not None else {}
    members = {found.host_id: found.name for part in (status.domain_ids, status.ha_ids) for found in part.value or ()}
    found = []
    for number in sorted({*blocks, *members, *damaged, status.this_host} - {0}):
        block = blocks.get(number)
        name = block.hostname if block is not None else members.get(number) or "?"
        states = state_of(status.domain_ids, number), state_of(status.ha_ids, number)
        score = str(block.score) if block is not None else "-"
        state = block.state if block is not None else _without_block(status, number)
        vm = status.vms.get(number, Part()).value or UNKNOWN
        if vm == UNKNOWN and status.runs_on == number:
            vm = "has lease"
        mark = " *" if number == status.this_host else ""
        cells = (str(number), name + mark, vm, states[0].value, states[1].value, score, state)
        found.append(Row(cells, _row_level(states)))
    return found


def _without_block(status: DeploymentStatus, number: int) -> str:
    if status.board.value is None:
        return UNKNOWN
    return "DAMAGED" if number in status.board.value.damaged else "no block"


def _row_level(states: tuple[Liveness, Liveness]) -> Level:
    if Liveness.DEAD in states or Liveness.FAILING in states:
        return "bad"
    return "good" if states == (Liveness.LIVE, Liveness.LIVE) else "doubtful"


def _unread(label: str) -> StatusFact:
    return StatusFact(label, "could not be read, see below", "doubtful")


def _name(status: DeploymentStatus, host_id: int) -> str:
    name = status.board.value.name_of(host_id) if status.board.value is not None else ""
    return f"{name} (host id {host_id})" if name else f"host id {host_id}"


def _engine(status: DeploymentStatus) -> StatusFact:
    health = status.health.value
    if health is None:
        return _unread("Engine")
    if health.up:
        return StatusFact("Engine", f"up: http://{status.fqdn}/ovirt-engine/", "good")
    return StatusFact("Engine", f"does not answer at {status.fqdn}: {health.said}", "bad")


def _vm(status: DeploymentStatus) -> StatusFact:
    host_id = status.runs_on
    if host_id is None:
        if status.lease.value is None or status.vms.get(status.this_host, Part()).trouble:
            return _unread("Engine VM")
        return StatusFact("Engine VM", "not running on any host. To start it here: ovirt-hc-setup engine start", "bad")
    word = status.vms.get(host_id, Part()).value
    how = "runs" if word in (None, UNKNOWN, "running") else f"is {word}"
    here = ", this host" if host_id == status.this_host else ""
    return StatusFact("Engine VM", f"{how} on {_name(status, host_id)}{here}", "bad" if word == "paused" else "good")


def _lease(status: DeploymentStatus) -> StatusFact:
    lease = status.lease.value
    if lease is None:
        return _unread("Its lease")
    if lease.holder is None:
        return StatusFact("Its lease", "free")
    state = lease.holder.state
    if state is Liveness.FREE:
        return StatusFact("Its lease", f"left behind by {lease.holder}, which may no longer use it", "doubtful")
    level: Level = "good" if state is Liveness.LIVE else "doubtful"
    return StatusFact("Its lease", f"held by {lease.holder}, {state.value}", level)


def _storage(status: DeploymentStatus) -> StatusFact:
    if status.mounted.value is None:
        return _unread("Storage")
    if status.mounted.value:
        return StatusFact("Storage", f"{status.storage}, mounted", "good")
    return StatusFact("Storage", f"{status.storage}, NOT MOUNTED at {status.mount_point}", "bad")


def _domain(status: DeploymentStatus) -> StatusFact:
    domain = status.domain.value
    if domain is None:
        return _unread("Domain")
    taken = "attached" if domain.pools else "unattached"
    # First, since a line that is too long for the screen is cut.
    damage = f"DAMAGED: {domain.damage}; " if domain.damage else ""
    return StatusFact("Domain", f"{damage}{domain.name}, V{domain.version}, {taken}, {domain.uuid}", "bad" if damage else "plain")


def _volume(status: DeploymentStatus) -> StatusFact:
    volume, bricks = status.volume.value, status.bricks.value
    if volume is None:
        return _unread("Volume")
    what = f"{volume.name}, {volume.description}, {volume.status.lower()}"
    if bricks is None:
        return StatusFact("Volume", f"{what}; bricks could not be read", "doubtful")
    online = {(brick.host, brick.path) for brick in bricks if brick.online}
    up = sum((brick.host, brick.path) in online for brick in volume.bricks)
    quorum = "quorum" if status.writable else "NO QUORUM"
    level: Level = "good" if up == len(volume.bricks) else "doubtful" if status.writable else "bad"
    return StatusFact("Volume", f"{what}; {up} of {len(volume.bricks)} bricks online, {quorum}", level)


def _heal(status: DeploymentStatus) -> StatusFact:
    heal = status.heal.value
    if heal is None:
        return _unread("Healing")
    silent = [state.brick.partition(":/")[0] for state in heal if state.pending is None]
    split = max((state.split_brain or 0 for state in heal), default=0)
    most = max((state.pending or 0 for state in heal), default=0)
    parts = [f"SPLIT BRAIN: {split} entries"] if split else []
    parts += [f"up to {most} entries to heal"] if most else []
    parts += [f"not told by {', '.join(silent)}"] if silent else []
    return StatusFact("Healing", "; ".join(parts) or "nothing to heal", "bad" if split else "doubtful" if parts else "good")


def _ha(status: DeploymentStatus) -> StatusFact:
    agent, board = status.ha_agent.value, status.board.value
    runs = "an agent runs here" if agent else "no agent on this host"
    here = "unknown whether an agent runs here" if agent is None else runs
    if board is None or not board.maintenance:
        return StatusFact("HA", here)
    if agent:
        return StatusFact("HA", f"{here}; GLOBAL MAINTENANCE: it leaves the engine VM alone", "doubtful")
    return StatusFact("HA", f"{here}; global maintenance until an HA service runs")
