"""This host's ids in lockspaces: taken, moved to the path that VDSM and HA use, given back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.formats.sanlock.sanlock_output import DaemonStatus, HeldLockspace
from ovirt_hc_setup.model.file_store import is_prepared, same_volume
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.sanlock.lockspace_members import Watch

LOOK_EVERY = 3
"""Seconds between two looks at the lease while sanlock is asked for it."""

ASKED_AT_MOST = 3
"""Times that the daemon is asked for an id that it grants and does not hold afterwards."""

ALREADY, ON_ITS_WAY, NOT_THERE = -17, -115, -2


def is_same(wanted: HeldLockspace, found: HeldLockspace) -> bool:
    """Whether a lockspace that sanlock holds is the wanted one, by whichever path."""
    return (found.name, found.host_id) == (wanted.name, wanted.host_id) and same_volume(Path(found.path), Path(wanted.path))


def is_to_move(wanted: HeldLockspace, found: HeldLockspace) -> bool:
    """Whether it is the wanted one and held by its path on the storage, where VDSM and HA use another."""
    return is_same(wanted, found) and is_prepared(Path(wanted.path)) and not is_prepared(Path(found.path))


def settled(host: Host, name: str, waiting: Waiting) -> DaemonStatus | None:
    """sanlock's status, after waiting while somebody before us has left the daemon taking the id or giving it back."""
    state = ""
    for look in waits(sanlock_client.ACQUIRE_LIMIT, waiting, ""):
        found = sanlock_client.status(host)
        space = sanlock_client.known(found, name)
        if space is None or space.held:
            return found
        state = space.state
        look.text = f"waiting for sanlock ({state})"
    message = f"the lockspace {name} is in transition ({state}) for {sanlock_client.ACQUIRE_LIMIT:.0f} s"
    raise Conflict(message, hint="See `sanlock client log_dump`, and check the storage.", host=host.name)


def take(host: Host, wanted: HeldLockspace, waiting: Waiting) -> None:
    """Hold the id when it returns: at once if it is held, after 21 s as a rule. Raises Conflict when it cannot be had.

    That it is held is only what the daemon's status says afterwards: an id that was on its way for somebody else, or that slow
    storage let expire while it was taken, was granted and is not there.
    """
    own = sanlock_client.wait_ready(host, waiting).owner
    for _ in range(ASKED_AT_MOST):
        if _is_held(host, wanted, waiting):
            return
        _ask(host, wanted, own, waiting)
    if not _is_held(host, wanted, waiting):
        message = f"sanlock granted host id {wanted.host_id} in {wanted.name} {ASKED_AT_MOST} times and lost it at once"
        raise Conflict(message, hint="See `sanlock client log_dump`, and check the storage.", host=host.name)


def _is_held(host: Host, wanted: HeldLockspace, waiting: Waiting) -> bool:
    """Whether it is held as wanted. What is held by another path is given back; raises Conflict for another id."""
    found = sanlock_client.known(settled(host, wanted.name, waiting), wanted.name)
    if found is not None and is_to_move(wanted, found):
        give_back(host, found, waiting)
        return False
    if found is not None and not is_same(wanted, found):
        raise Conflict(held_otherwise(found), hint=f"It should be {wanted.host_id} through {wanted.path}.", host=host.name)
    return found is not None


def _ask(host: Host, wanted: HeldLockspace, own: str, waiting: Waiting) -> None:
    """Let the daemon, which writes `own` for this host, take a free id. Raises Conflict when it refuses."""
    watch = Watch(wanted, own)
    result = sanlock_client.add_lockspace(host, wanted, partial(_watched, host, watch, waiting))
    if result not in (0, ALREADY, ON_ITS_WAY):
        alive = f"{watch.holder} has it and renewed it just now" if watch.holder else ""
        message = f"host id {wanted.host_id} in {wanted.name} is not available: {alive or sanlock_client.meaning(result)}"
        hint = "If another host has this id, choose another one; else see `sanlock client log_dump`, and check the storage."
        raise Conflict(message, hint=hint, host=host.name)


def give_back(host: Host, held: HeldLockspace, waiting: Waiting) -> None:
    """Give an id back that is held. Raises Conflict while anything uses a lease of that lockspace: sanlock would kill it."""
    found = sanlock_client.status(host)
    leases = [lease for lease in found.leases if lease.lockspace == held.name] if found else []
    holders = sorted({f"{lease.resource} (process {lease.pid})" for lease in leases})
    if holders:
        message = f"leases of the lockspace {held.name} are held on this host: {', '.join(holders)}"
        raise Conflict(message, hint="Stop the engine VM first.", host=host.name)
    result = sanlock_client.remove_lockspace(host, held, waiting)
    if result not in (0, NOT_THERE):
        raise Conflict(f"sanlock did not release the lockspace {held.name}: {sanlock_client.meaning(result)}", host=host.name)


def held_otherwise(found: HeldLockspace) -> str:
    return f"sanlock holds host id {found.host_id} in {found.name} through {found.path}"


def _watched(host: Host, watch: Watch, waiting: Waiting, waited: int, limit: int, text: str) -> None:
    waiting(waited, limit, text)
    if not watch.holder and waited % LOOK_EVERY == 0 and watch.look():
        sanlock_client.stop_asking(host, watch.space)
