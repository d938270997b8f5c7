"""A file on a host: killed (by SIGKILL, in a process of its own) at any moment, resumed, taken back; never an edited one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.system.host.commands import LocalHost

PROGRAM = Path(__file__).parent.parent / "lab" / "killed_resource.py"
MOMENTS = ["kept", "before", "after"]


@dataclass
class Run:
    resource: File
    folder: Path

    def act(self, action: str, moment: str = "none") -> subprocess.CompletedProcess[str]:
        wanted = {"kind": "ovirt_hc_setup.resources.file.File", "fields": to_plain(self.resource)}
        argv = (sys.executable, str(PROGRAM), str(self.folder), action, moment)
        return subprocess.run(argv, input=json.dumps(wanted), capture_output=True, text=True, check=False, timeout=60)

    def verdict(self) -> Verdict:
        return self.resource.probe(LocalHost("h")).verdict


@pytest.fixture
def run(tmp_path: Path) -> Run:
    path = tmp_path / "etc" / "ovirt-hosted-engine" / "answers.conf"
    file = File(name="answers", path=path, content="new\n", mode=0o640, owner=(os.getuid(), os.getgid()))
    return Run(file, tmp_path / "run")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_new_file_killed_at_any_moment_is_resumed_and_taken_back_with_its_folders(run: Run, moment: str) -> None:
    assert run.act("apply", moment).returncode == -9
    assert run.resource.path.exists() == (moment == "after")
    assert run.act("apply").returncode == 0
    assert run.verdict() is Verdict.DONE
    assert run.resource.path.stat().st_mode & 0o777 == 0o640
    assert run.act("undo").returncode == 0
    assert not run.resource.path.parent.parent.exists()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_replaced_file_is_put_back_with_its_mode(run: Run, moment: str) -> None:
    path = run.resource.path
    path.parent.mkdir(parents=True)
    path.write_text("old\n")
    path.chmod(0o604)
    assert run.verdict() is Verdict.NEEDED
    assert run.act("apply", moment).returncode == -9
    assert path.read_text() == ("new\n" if moment == "after" else "old\n")
    assert run.act("apply").returncode == 0
    assert run.act("undo").returncode == 0
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("old\n", 0o604)


def test_undone_twice_is_undone(run: Run) -> None:
    assert run.act("apply").returncode == 0
    assert [run.act("undo").returncode for _ in range(2)] == [0, 0]


def test_an_edited_file_is_left_alone_and_told(run: Run) -> None:
    assert run.act("apply").returncode == 0
    run.resource.path.write_text("mine\n")
    outcome = run.act("undo")
    assert outcome.returncode == 4
    assert "was edited since it was written" in outcome.stderr
    assert run.resource.path.read_text() == "mine\n"


def test_what_was_applied_by_another_run_is_not_taken_back_by_this_one(run: Run) -> None:
    assert run.act("apply").returncode == 0
    other = Run(run.resource, run.folder.with_name("other"))
    assert other.act("apply").returncode == 0
    assert other.act("undo").returncode == 0
    assert run.verdict() is Verdict.DONE


def test_another_mode_is_mended(run: Run) -> None:
    assert run.act("apply").returncode == 0
    run.resource.path.chmod(0o666)
    assert run.verdict() is Verdict.NEEDED
    assert run.act("apply").returncode == 0
    assert run.verdict() is Verdict.DONE


def test_what_is_no_plain_file_is_a_conflict(run: Run) -> None:
    run.resource.path.parent.mkdir(parents=True)
    run.resource.path.symlink_to("/etc/passwd")
    assert run.verdict() is Verdict.CONFLICT
    assert run.act("apply").returncode == 4
    assert run.resource.path.is_symlink()


def test_a_file_that_must_not_be_replaced_is_a_conflict(run: Run) -> None:
    run.resource.path.parent.mkdir(parents=True)
    run.resource.path.write_text("old\n")
    assert replace(run.resource, replace=False).probe(LocalHost("h")).verdict is Verdict.CONFLICT
