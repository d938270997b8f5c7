"""A run folder is there as a whole, whatever the umask, and remembers what it needs to be read back."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import FormatError, UsageError
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.runner.run_folder import create
from ovirt_hc_setup.runner.run_secrets import RunSecrets
from tests.runner.marker import KINDS, Marker


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_runs_are_closed_to_others_and_what_is_above_can_be_passed(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = create("deploy", "h", "0", {}, [], root=tmp_path / "ours" / "runs")
    finally:
        os.umask(before)
    assert mode(tmp_path / "ours") == 0o711
    assert mode(tmp_path / "ours" / "runs") == 0o700
    assert mode(folder.path) == 0o700


def test_plan_answers_and_plugins_are_read_back(tmp_path: Path) -> None:
    marker = Marker(name="m", path=tmp_path / "m", text="x")
    answers = {"A/b": {"text": "c", "origin": "typed"}}
    folder = create("deploy", "h", "0", answers, [marker], root=tmp_path / "runs", plugins=["theirs"])
    assert folder.resources(KINDS) == [marker]
    assert folder.answers == answers
    assert folder.about.plugins == ("theirs",)
    assert folder.state == "planned"


def test_a_kind_that_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    folder = create("deploy", "h", "0", {}, [Marker(name="m", path=tmp_path, text="")], root=tmp_path / "runs")
    with pytest.raises(FormatError, match="'Marker'"):
        folder.resources({})


def test_the_secrets_lie_in_folders_of_root_alone_and_leave_none_behind(tmp_path: Path) -> None:
    root = tmp_path / "secrets"
    one, other = RunSecrets("one", root), RunSecrets("other", root)
    before = os.umask(0o022)
    try:
        for run in (one, other):
            run.write({"a": Secret("b")})
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o077 for path in (root, *root.rglob("*"))} == {0}
    one.forget()
    assert other.all()
    other.forget()
    assert not root.exists()


def test_a_folder_of_a_newer_program_is_refused_and_one_of_an_older_one_is_not(tmp_path: Path) -> None:
    folder = create("deploy", "h", "1.10.0", {}, [], root=tmp_path / "runs")
    folder.refuse_newer("1.10.0")
    folder.refuse_newer("1.11")
    with pytest.raises(UsageError, match=r"begun by version 1\.10\.0 of this program, and this is 1\.9\.3"):
        folder.refuse_newer("1.9.3")
    about = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps({**about, "format": 2, "unknown": [1]}))
    with pytest.raises(FormatError, match="in format 2") as refused:
        folder.verb  # noqa: B018
    assert "1.10.0 or a newer one" in refused.value.hint
