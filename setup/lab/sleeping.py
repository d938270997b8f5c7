"""Hosts of a lab put to sleep to be started again: guests saved with their memory, host ids given back, all of it unmounted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ovirt_hc_setup.formats.host import host_unit
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.guest import LabHost

_GUEST_LIMIT = 120.0
_LEAVE_LIMIT = host_unit.STOP_SECONDS + 30.0

# A guest that was put away with its memory is not booted again, which takes a minute or more where the processor is translated;
# its lease is free meanwhile. Then the host's ids, while the bricks of all others are there; then the mounts.
_PUT_AWAY = 'virsh list --name 2>/dev/null | while read -r name; do [ -z "$name" ] || virsh managedsave "$name" || exit; done'
_LEAVE = f"systemctl stop {host_unit.NAME} 2>/dev/null; umount -a -t fuse.glusterfs; sync"
_BRING_BACK = (
    "virsh list --all --with-managed-save --name 2>/dev/null"
    ' | while read -r name; do [ -z "$name" ] || virsh start "$name" || exit; done'
)


def put_to_sleep(hosts: Sequence[LabHost], progress: Progress) -> None:
    """Save running guests, leave storage and lockspaces, and begin to power off; raises CommandFailed before anything is off."""
    progress("saving the guests with their memory")
    _on_each(hosts, lambda host: host.run("sh", "-c", _PUT_AWAY, timeout=_GUEST_LIMIT))
    progress("stopping the hosts")
    _on_each(hosts, lambda host: host.run("sh", "-c", _LEAVE, timeout=_LEAVE_LIMIT, check=False))
    _on_each(hosts, lambda host: host.run("systemctl", "--no-block", "poweroff", check=False))


def wake(hosts: Sequence[LabHost]) -> None:
    """Go on with guests that were saved, on hosts that have booted; raises CommandFailed."""
    _on_each(hosts, lambda host: host.run("sh", "-c", _BRING_BACK, timeout=_GUEST_LIMIT))


def _on_each(hosts: Sequence[LabHost], do: Callable[[LabHost], object]) -> None:
    with ThreadPoolExecutor(len(hosts) or 1) as pool:
        list(pool.map(do, hosts))
