"""What hosts are shown of the machine's processor: a /dev/kvm that runs guests, and none other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.devices import KVM, KVM_NOTE
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.system.libvirt.accelerator import probe

pytestmark = pytest.mark.lab

if not (KVM.exists() and Path("/usr/bin/qemu-system-x86_64").exists()):
    pytest.skip("this machine has no /dev/kvm, or no QEMU to try it with", allow_module_level=True)


@pytest.fixture
def shown(lab: Lab) -> Iterator[None]:
    """/dev/kvm as the machine has it, in a host that was not given it."""
    given = lab.exec("hc1", "test", "-e", str(KVM), check=False).ok
    if not given:
        lab.exec("hc1", "mknod", "-m", "666", str(KVM), "c", "10", "232")
    yield
    if not given:
        lab.exec("hc1", "rm", str(KVM))


def test_a_host_has_kvm_where_guests_run_with_it(lab: Lab) -> None:
    works = KVM_NOTE.read_text() == Accelerator.KVM.value
    assert lab.exec("hc1", "test", "-e", str(KVM), check=False).ok == works


def test_a_host_finds_out_by_itself_what_the_machine_found(lab: Lab, shown: None) -> None:
    found = probe(lab.host("hc1"))
    assert found.accelerator.value == KVM_NOTE.read_text()
    assert found.reason.startswith("a guest ran" if found.accelerator is Accelerator.KVM else "/dev/kvm exists, but")
