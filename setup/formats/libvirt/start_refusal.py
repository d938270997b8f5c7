"""Why libvirt did not start a VM, as far as its words tell: libvirt's sanlock plugin and QEMU's image locks."""

from __future__ import annotations

_ELSEWHERE = (
    # QEMU is there before the lease is asked for, so its lock on the disk usually speaks first.
    'Failed to get "write" lock',
    "resource busy",
    "Lease is held by another host",
)


def held_elsewhere(words: str) -> bool:
    """Whether another host (or another process) has the VM's disk or lease."""
    return any(sign in words for sign in _ELSEWHERE)
