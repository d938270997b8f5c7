"""A VM is started, and asked to end: both are waited for, and both may never come."""

from __future__ import annotations

import time
from uuid import UUID

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting, waits
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.libvirt.libvirt_domains import Libvirt, Vm, connect

START_LIMIT = 200
"""Seconds that a start can wait for a lease: the host that held it died up to 150 s ago at the most."""

ASK_AGAIN = 20.0
"""Seconds after which a guest is asked once more: one that is still booting does not hear it."""


def start(host: Host, vm: UUID, name: str, waiting: Waiting, text: str) -> None:
    """Raises SetupError with libvirt's words, or when it has not started `name` in time."""

    def ask() -> None:
        # A connection of its own: libvirt may block in it until a lease has run out, or for ever on a storage that hangs.
        with connect() as libvirt:
            libvirt.start(vm)

    asked = Awaited(ask, time.monotonic() + START_LIMIT)
    if not asked.awaited(START_LIMIT, waiting, text):
        hint = (
            "It may still start it when it gets the lease. Look whether the storage answers, at `sanlock client status`, and at "
            "`virsh list`; then run the same again."
        )
        raise SetupError(f"libvirt has not started {name} within {START_LIMIT} s", hint=hint, host=host.name)
    asked.value()


def has_ended(libvirt: Libvirt, vm: Vm, limit: float, waiting: Waiting) -> bool:
    """Ask the guest to end, now and again, for `limit` seconds; whether it has."""
    asked = 0
    for look in waits(limit, waiting, f"waiting for {vm.name} to end"):
        found = libvirt.find(vm.uuid)
        if found is None or not found.running:
            return True
        if look.waited >= asked * ASK_AGAIN:
            try:
                libvirt.shut_down(vm.uuid)
            except SetupError:
                if not asked:
                    raise
                # It heard once, and may have ended since or be on its way.
            asked += 1
    return False
