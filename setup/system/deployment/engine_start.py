"""Starting the engine VM on this host, unless another one holds it; and waiting for what a dead host has left behind.

What keeps two hosts from running the VM is sanlock's lease, which libvirt takes before the guest runs. All that is read here
only serves to say who is in the way, and whether waiting is worth it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Look, Waiting, waits
from ovirt_hc_setup.formats.libvirt.start_refusal import held_elsewhere
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.model.deployment_status import EngineLease, Liveness
from ovirt_hc_setup.system.deployment import deployment_parts as parts
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.bounded_host import BoundedHost
from ovirt_hc_setup.system.libvirt import vm_power
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.sanlock.lockspace_members import APART

WAIT_LIMIT = 300
"""Seconds of `--wait`: a dead host's lease has run out about 145 s after its death."""

AGAIN = 3.0
RENEWALS = 2
"""So many renewals since we began to wait show that the holder is alive (one may have been on its way when it died)."""

DIED = "If that host has died: ovirt-hc-setup engine start --wait"
STAYS = "It kept renewing its host id while this host waited, so it is alive."


class Starter:
    """One `engine start`."""

    def __init__(self, host: Host, deployment: LocalDeployment, waiting: Waiting) -> None:
        self._host, self._deployment, self._waiting = host, deployment, waiting
        self._begun = time.monotonic()
        self._stamps: list[int] = []
        self._still: tuple[int, float] | None = None
        """The timestamp of a holder that is called dead, and since when it has not changed."""

    def start(self) -> None:
        """At once, or raises Conflict naming the holder. Raises SetupError for everything else."""
        lease = self._lease()
        if lease is not None and lease.held and self._foreign(lease):
            raise self.refused(lease)
        try:
            self._attempt(self._waiting, "starting the engine VM, waiting for its lease")
        except SetupError as error:
            if held_elsewhere(str(error)):
                raise self.refused(self._lease()) from error
            raise

    def wait_and_start(self) -> None:
        """Goes on until the lease of a dead holder has run out; raises Conflict when the holder is alive, or after the limit."""
        lease: EngineLease | None = None
        for look in self._looks(""):
            lease = self._lease()
            if self.alive(lease):
                raise self.refused(lease, STAYS)
            if lease is not None and self.called_dead_too_soon(lease):
                look.text = f"looking whether {lease.holder} renews its host id"
                continue
            look.text = self._text(lease)
            try:
                return self._attempt(self._told, look.text)
            except SetupError as error:
                if not held_elsewhere(str(error)):
                    raise
        raise self.refused(lease, f"Waited {WAIT_LIMIT} s for it.")

    def refused(self, lease: EngineLease | None, more: str = DIED) -> Conflict:
        """Who is in the way, in the operator's words."""
        name = self._host.name
        if lease is None:
            return Conflict("the engine VM is in use on another host, and its lease cannot be read", hint=more, host=name)
        holder = lease.holder
        if holder is None or not self._foreign(lease):
            hint = "Check `virsh list` and look for `qemu-img` on every host: the lease does not show who it is."
            return Conflict("another process has the disk of the engine VM open, without its lease", hint=hint, host=name)
        what = f"the lease of the engine VM is held by {holder}, {_how(holder.state)}"
        return Conflict(what, hint=f"Stop it there: ovirt-hc-setup engine stop. {more}", host=name)

    def require_host_id(self, wait: bool) -> None:
        """Raises SetupError unless this host is in the domain's lockspace; with `wait` it gets time for it (after a boot)."""
        space = self._deployment.lockspaces[0]
        for _ in self._looks(f"waiting for host id {space.host_id}"):
            if self._holds(space, wait):
                return
            if not wait:
                break
        hint = "After a boot it takes half a minute. See: systemctl status ovirt-hc-setup-host sanlock"
        raise SetupError(f"this host does not hold its host id {space.host_id} yet", hint=hint, host=self._host.name)

    def _holds(self, space: HeldLockspace, patient: bool) -> bool:
        try:
            found = sanlock_client.known(sanlock_client.status(self._host), space.name)
        except CommandFailed:
            if not patient:
                raise
            return False  # a daemon that is being started does not answer yet
        return found is not None and found.held

    def _attempt(self, waiting: Waiting, text: str) -> None:
        vm_power.start(self._host, self._deployment.vm, "the VM", waiting, text)

    def _lease(self) -> EngineLease | None:
        """None while it cannot be read: the storage pauses when a host of it has died."""
        try:
            return parts.lease(BoundedHost(self._host), self._deployment)
        except (SetupError, OSError):
            return None

    def _foreign(self, lease: EngineLease) -> bool:
        return lease.holder is not None and lease.holder.host_id != self._deployment.conf.host_id

    def alive(self, lease: EngineLease | None) -> bool:
        """Whether the holder renewed its host id again and again while we waited."""
        if lease is None or lease.holder is None or not self._foreign(lease):
            return False
        if lease.holder.renewed not in self._stamps:
            self._stamps.append(lease.holder.renewed)
        return len(self._stamps) > RENEWALS

    def called_dead_too_soon(self, lease: EngineLease | None) -> bool:
        """Whether sanlock calls the holder dead, and its id was not yet seen on the storage to stand still long enough."""
        holder = lease.holder if lease is not None else None
        if holder is None or holder.state is not Liveness.DEAD:
            self._still = None
            return False
        if self._still is None or self._still[0] != holder.renewed:
            self._still = holder.renewed, time.monotonic()
        return time.monotonic() - self._still[1] < APART

    def _text(self, lease: EngineLease | None) -> str:
        if lease is None or lease.holder is None or not self._foreign(lease):
            return "waiting until the disk of the engine VM is released"
        return f"waiting until the lease of {lease.holder} has run out"

    def _looks(self, text: str) -> Iterator[Look]:
        return waits(WAIT_LIMIT - (time.monotonic() - self._begun), self._told, text, every=AGAIN)

    def _told(self, waited: int, limit: int, text: str) -> None:
        """All waiting of one `--wait` has one limit."""
        self._waiting(int(time.monotonic() - self._begun), WAIT_LIMIT, text)


def _how(state: Liveness) -> str:
    return {
        Liveness.LIVE: "which has renewed its host id within the last 80 s",
        Liveness.FAILING: "which has not renewed its host id for more than 80 s",
        Liveness.UNKNOWN: "whose state is unknown",
    }.get(state, f"which is {state.value}")
