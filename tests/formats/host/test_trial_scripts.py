"""The scripts of a trial, run by the real shell: exactly one of keeping and taking back happens."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ovirt_hc_setup.formats.host.trial_scripts import Marks, keep, way_back


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    (tmp_path / "staged").write_text("kept\n")
    return Marks(lock=str(tmp_path / "the lock"), kept=str(tmp_path / "kept"), taken=str(tmp_path / "taken"))


def take_back(marks: Marks, log: Path) -> int:
    script = way_back(marks, [f"echo back >>'{log}'"])
    return subprocess.run(["sh", "-c", script], check=False).returncode


def keep_it(marks: Marks, tmp_path: Path) -> int:
    return subprocess.run(keep(marks, [(str(tmp_path / "staged"), marks.kept)]), check=False).returncode


def test_a_change_that_was_kept_is_not_taken_back(marks: Marks, tmp_path: Path) -> None:
    assert keep_it(marks, tmp_path) == 0
    assert take_back(marks, tmp_path / "log") == 0
    assert (tmp_path / "kept").read_text() == "kept\n"
    assert not (tmp_path / "log").exists()


def test_a_change_that_was_taken_back_cannot_be_kept(marks: Marks, tmp_path: Path) -> None:
    assert take_back(marks, tmp_path / "log") == 0
    assert keep_it(marks, tmp_path) == 3
    assert not (tmp_path / "kept").exists()


def test_taking_back_twice_does_it_twice(marks: Marks, tmp_path: Path) -> None:
    # The first one may have been killed half way.
    take_back(marks, tmp_path / "log")
    take_back(marks, tmp_path / "log")
    assert (tmp_path / "log").read_text() == "back\nback\n"


def test_the_last_rename_is_the_one_that_counts(marks: Marks, tmp_path: Path) -> None:
    (tmp_path / "first").write_text("first\n")
    both = [(str(tmp_path / "first"), str(tmp_path / "one")), (str(tmp_path / "nothing"), marks.kept)]
    assert subprocess.run(keep(marks, both), check=False).returncode not in (0, 3)
    assert (tmp_path / "one").exists()
    assert not (tmp_path / "kept").exists()


def test_nothing_to_keep_is_an_error(marks: Marks, tmp_path: Path) -> None:
    (tmp_path / "staged").unlink()
    assert keep_it(marks, tmp_path) not in (0, 3)
    assert not (tmp_path / "kept").exists()


def test_at_the_same_time_only_one_of_them_wins(marks: Marks, tmp_path: Path) -> None:
    log = tmp_path / "log"
    both = [
        subprocess.Popen(["sh", "-c", way_back(marks, [f"echo back >>'{log}'"])]),
        subprocess.Popen(keep(marks, [(str(tmp_path / "staged"), marks.kept)])),
    ]
    codes = [process.wait(30) for process in both]
    assert codes[0] == 0
    assert (codes[1] == 0, log.exists()) in {(True, False), (False, True)}
