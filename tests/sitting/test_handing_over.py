"""A run is gone on with by the program that began it, or that is refused: its units would call what is not there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.errors import FormatError, UsageError
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting.handing_over import HANDED_OVER, hand_over
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.remote import own_program


class Replaced(BaseException):
    """In the place of the other program: a test's own must go on."""


@pytest.fixture(autouse=True)
def replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def execve(path: str, words: list[str], environment: dict[str, str]) -> NoReturn:
        assert HANDED_OVER in environment
        raise Replaced(path, words)

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(sys, "argv", ["__main__.py", "reset", "--yes"])
    monkeypatch.delenv(HANDED_OVER, raising=False)


def begun(root: Path, program: tuple[str, ...], version: str = __version__) -> RunFolder:
    return create("deploy", "hc1", version, {}, [], root=root / "runs", program=program)


def other(root: Path, text: str = "#!/bin/sh\n") -> tuple[str, ...]:
    """Another program that lies there."""
    path = root / "python"
    path.write_text(text)
    path.chmod(0o755)
    return (str(path), "-I", "-m", "ovirt_hc_setup")


def go_on(folder: RunFolder, *, undoing: bool = False) -> None:
    hand_over(LocalHost("hc1"), folder, Plain(sys.stdout), undoing=undoing)


def test_the_program_that_began_it_gets_the_same_command_line(tmp_path: Path) -> None:
    program = other(tmp_path)
    with pytest.raises(Replaced) as gone:
        go_on(begun(tmp_path, program, "99.0"))
    assert gone.value.args == (program[0], [*program, "reset", "--yes"])


@pytest.mark.parametrize("program", [(), own_program.staying_command(), own_program.own_command()])
def test_its_own_run_and_one_that_names_no_program_are_gone_on_with_here(program: tuple[str, ...], tmp_path: Path) -> None:
    go_on(begun(tmp_path, program))
    with pytest.raises(UsageError, match=r"begun by version 99\.0"):
        go_on(begun(tmp_path, program, "99.0"))


def test_where_the_program_is_gone_its_run_is_refused_and_can_only_be_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begun(tmp_path, (str(tmp_path / "gone"), "-I"))
    with pytest.raises(UsageError, match="is not there any more") as refused:
        go_on(folder)
    assert f"ovirt-hc-setup reset {folder.id}" in refused.value.hint
    go_on(folder, undoing=True)
    assert "this one takes back what it made" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(UsageError, match=r"begun by version 99\.0"):
        go_on(begun(tmp_path, (str(tmp_path / "gone"), "-I"), "99.0"), undoing=True)


def test_one_that_does_not_start_and_one_that_has_handed_over_are_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError):
        go_on(begun(tmp_path, other(tmp_path, "#!/bin/sh\nexit 1\n")))
    monkeypatch.setenv(HANDED_OVER, "run")
    with pytest.raises(UsageError):
        go_on(begun(tmp_path, other(tmp_path)))


def test_a_folder_of_a_newer_format_says_which_program_reads_it(tmp_path: Path) -> None:
    folder = begun(tmp_path, ("/var/lib/ovirt-hc-setup/program/0123/env/bin/python", "-I", "-m", "ovirt_hc_setup"), "9.0")
    path = folder.path / "run.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(FormatError, match="format 2") as refused:
        _ = folder.about
    assert "/program/0123/env/bin/python -I -m ovirt_hc_setup deploy" in refused.value.hint
