"""Guests that are really run: by the translator everywhere, by KVM where it works."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import NotInstalled
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import accelerator, probe_sector
from ovirt_hc_setup.system.libvirt.accelerator import find_program, probe

needs_qemu = pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="QEMU is not installed")


@needs_qemu
def test_a_guest_of_the_translator_comes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "FOLDER", tmp_path)
    found = probe(LocalHost(), limit=4)
    assert found.reason
    assert found.accelerator in Accelerator
    assert list(tmp_path.iterdir()) == [], "the guest's disk was left behind"


@needs_qemu
def test_the_verdict_on_kvm_is_what_a_guest_of_kvm_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "FOLDER", tmp_path)
    host = LocalHost()
    runs = not accelerator._run(host, find_program(host), Accelerator.KVM, probe_sector.image(), 4)
    assert (probe(host, limit=4).accelerator is Accelerator.KVM) == runs


@needs_qemu
def test_a_disk_that_says_nothing_is_no_guest_that_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "FOLDER", tmp_path)
    host = LocalHost()
    assert accelerator._run(host, find_program(host), Accelerator.TCG, b"\0" * (1 << 20), 2)
    assert list(tmp_path.iterdir()) == []


LEFT = """
import os, sys, threading, time
from pathlib import Path
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.system.libvirt import accelerator
from ovirt_hc_setup.system.host.commands import LocalHost
accelerator.FOLDER, host = Path(sys.argv[1]), LocalHost()
ask = (host, accelerator.find_program(host), Accelerator.TCG, bytes(1 << 20), 60)
threading.Thread(target=accelerator._run, args=ask, daemon=True).start()
while not (found := host.run("pgrep", "-f", "id=probe.*fd/9", check=False).out.split()):
    time.sleep(0.1)
time.sleep(0.5)
print(*found)
"""


@needs_qemu
def test_who_leaves_in_the_middle_leaves_no_guest_and_no_disk(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", LEFT, str(tmp_path)], capture_output=True, text=True, timeout=30, check=True)
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{number}").exists() for number in ended.stdout.split()):
        assert time.monotonic() < deadline, "a guest runs on"
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_a_host_without_qemu_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "PROGRAMS", ("no-such-qemu",))
    with pytest.raises(NotInstalled, match="QEMU is not installed"):
        probe(LocalHost())
