"""Words that libvirt 9.0 and QEMU 7.2 gave on real hosts, and what they mean."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.formats.libvirt.start_refusal import held_elsewhere

QEMU = """libvirt cannot start the VM: internal error: qemu unexpectedly closed the monitor: qemu-system-x86_64: -device
{"driver":"virtio-blk-pci","id":"virtio-disk0"}: Failed to get "write" lock
Is another process using the image [/rhev/data-center/mnt/glusterSD/hc1:_engine/a/images/b/c]?"""


@pytest.mark.parametrize(
    "words", [QEMU, "libvirt cannot start the VM: resource busy: Failed to acquire lock: Lease is held by another host"]
)
def test_a_vm_that_another_host_has(words: str) -> None:
    assert held_elsewhere(words)


@pytest.mark.parametrize("words", ["No space left on device", "Cannot get interface MTU on 'ovirtmgmt': No such device", ""])
def test_anything_else_is_not_taken_for_it(words: str) -> None:
    assert not held_elsewhere(words)
