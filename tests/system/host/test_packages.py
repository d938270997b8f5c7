"""Another program that is changing packages: waited for within a limit, and named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.system.host import packages
from ovirt_hc_setup.system.host.commands import LocalHost

HELD = "unattended-upgr 4711 /var/lib/dpkg/lock-frontend"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Shell scripts in the place of the package manager's programs, on a host where time passes quickly."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setattr(packages, "LOOK_EVERY", 0.05)
    for name in ("dpkg", "apt-get", "dnf", "lslocks"):
        put(folder, name, "exit 0")
    return folder


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def install(said: list[str]) -> None:
    packages.install(LocalHost(), ("sanlock",), lambda done, total, text: said.append(text))


def test_who_never_ends_is_named_when_the_limit_is_reached(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LOCK_SECONDS", 1.0)
    put(tools, "lslocks", f"echo '{HELD}'")
    put(tools, "apt-get", f"touch {tools}/ran")
    said: list[str] = []
    with pytest.raises(CommandFailed, match=r"unattended-upgr \(process 4711\) has been changing packages for 1 s"):
        install(said)
    assert said
    assert not (tools / "ran").exists()


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        ("dpkg", "echo 'dpkg: error: dpkg frontend lock was locked by another process with pid 4711' >&2; exit 2"),
        ("apt-get", "echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711' >&2; exit 100"),
    ],
)
def test_who_comes_in_between_is_waited_for_too(tools: Path, program: str, refusal: str) -> None:
    put(tools, program, f"if [ -e {tools}/once ]; then exit 0; fi; touch {tools}/once; {refusal}")
    said: list[str] = []
    install(said)
    assert said == ["waiting for another program to finish changing packages"]


def test_dnf_says_that_it_is_locked_by_its_exit_code(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "manager", lambda host: "dnf")
    put(tools, "dnf", f'echo "$@" >> {tools}/asked; [ -e {tools}/once ] && exit 0; touch {tools}/once; exit 200')
    said: list[str] = []
    install(said)
    assert len(said) == 1
    assert "exit_on_lock" in (tools / "asked").read_text()


def test_another_failure_is_told_at_once_in_apts_words(tools: Path) -> None:
    put(tools, "apt-get", "echo 'E: Unable to locate package sanlock' >&2; exit 100")
    with pytest.raises(CommandFailed, match="Unable to locate package"):
        install([])
