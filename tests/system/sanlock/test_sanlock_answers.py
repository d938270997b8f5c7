"""sanlock's daemon: absent, hung and unreadable are three answers, and only the first means that nothing is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, FormatError
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.sanlock import sanlock_client

HOST = LocalHost("hc1.hc.test")
SAYS = "echo daemon 123.hc1; echo p -1 helper; echo s ours:1:/x/ids:0"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs of a host of their own, before all others."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def unit(folder: Path, active: str) -> None:
    program(folder, "systemctl", f"echo LoadState=loaded; echo ActiveState={active}")


def test_a_daemon_that_answers(programs: Path) -> None:
    program(programs, "sanlock", SAYS)
    found = sanlock_client.status(HOST)
    assert found is not None and [space.name for space in found.lockspaces] == ["ours"]


@pytest.mark.parametrize("active", ["inactive", "failed"])
def test_where_none_runs_nothing_is_held(programs: Path, active: str) -> None:
    unit(programs, active)
    assert sanlock_client.status(HOST) is None, "not installed"
    program(programs, "sanlock", "exit 1")
    assert sanlock_client.status(HOST) is None


@pytest.mark.parametrize("active", ["active", "deactivating", "activating"])
def test_one_that_runs_and_cannot_be_asked_is_an_error(programs: Path, active: str) -> None:
    unit(programs, active)
    program(programs, "sanlock", "exit 1")
    with pytest.raises(CommandFailed, match="runs, but cannot be asked"):
        sanlock_client.status(HOST)


def test_one_that_does_not_answer_is_an_error(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit(programs, "active")
    program(programs, "sanlock", "sleep 60")
    run = HOST.run
    monkeypatch.setattr(HOST, "run", lambda *argv, **options: run(*argv, **{**options, "timeout": 0.3}))
    with pytest.raises(CommandFailed, match="does not answer"):
        sanlock_client.status(HOST)


def test_an_answer_that_cannot_be_read_is_an_error(programs: Path) -> None:
    program(programs, "sanlock", "echo something else")
    with pytest.raises(FormatError, match="names no daemon"):
        sanlock_client.status(HOST)


def test_a_host_id_is_blocked_only_where_no_daemon_runs(programs: Path) -> None:
    held = HostId(name="host-id", lockspace="ours", path=programs / "sanlock", host_id=Number.of(1))
    program(programs, "sanlock", "exit 1")
    unit(programs, "inactive")
    assert held.probe(HOST).verdict is Verdict.BLOCKED
    unit(programs, "active")
    with pytest.raises(CommandFailed):
        held.probe(HOST)


@pytest.mark.parametrize(("result", "none"), [(-223, True), (-226, True), (-229, True), (-90, True), (-19, False), (-5, False)])
def test_content_that_is_no_lease_is_told_from_a_file_that_cannot_be_read(programs: Path, result: int, none: bool) -> None:
    program(programs, "sanlock", f"echo read_leader done {result}; exit 1")
    if none:
        assert sanlock_client.lockspace_leader(HOST, programs / "ids", "ours", 1, 512) is None
        assert sanlock_client.resource_leader(HOST, programs / "ids", "ours", "SDM", 0, 512) is None
    else:
        with pytest.raises(CommandFailed, match="cannot be read by sanlock"):
            sanlock_client.lockspace_leader(HOST, programs / "ids", "ours", 1, 512)
