"""A machine that is somebody's host is left alone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab import refusals
from ovirt_hc_setup.lab.whole_lab import Lab

pytestmark = pytest.mark.lab


@pytest.fixture
def guest() -> Iterator[subprocess.Popen[bytes]]:
    """A virtual machine that waits before its first instruction."""
    program = shutil.which("qemu-system-x86_64")
    if program is None:
        pytest.skip("this machine has no QEMU to run a guest with")
    running = subprocess.Popen([program, "-S", "-machine", "none", "-nodefaults", "-display", "none"])
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def test_a_machine_with_a_running_guest_is_refused(guest: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(refusals.BESIDE_GUESTS, raising=False)
    with pytest.raises(Conflict, match=f"qemu-system-x86 \\({guest.pid}\\)"):
        refusals.refuse()


def test_guests_and_glusterds_of_a_lab_are_not_the_machines(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(refusals.BESIDE_GUESTS, "1")
    lab.exec("hc3", "systemctl", "start", "glusterd")
    try:
        refusals.refuse()
    finally:
        lab.exec("hc3", "systemctl", "stop", "glusterd")


def test_a_machine_with_runs_of_its_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(refusals.BESIDE_GUESTS, "1")
    monkeypatch.setattr(refusals, "RUNS", tmp_path)
    refusals.refuse()
    (tmp_path / "20260101-1200-deploy").mkdir()
    with pytest.raises(Conflict, match="deployment runs"):
        refusals.refuse()


def test_a_machine_with_gluster_volumes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(refusals.BESIDE_GUESTS, "1")
    monkeypatch.setattr(refusals, "VOLUMES", tmp_path)
    refusals.refuse()
    (tmp_path / "data").mkdir()
    with pytest.raises(Conflict, match="GlusterFS volumes: data"):
        refusals.refuse()


@pytest.mark.parametrize("name", ["Lab", "../x", "1st", "a" * 30, "a b"])
def test_a_name_that_no_path_should_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a lab"):
        Lab(name)
