"""Programs that were sent to a host: what may still be needed there stays, all else goes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.runner.journal import Kind
from ovirt_hc_setup.runner.run_folder import create
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.remote.program_sweep import _SWEEP, sweep, used

HOUR = 3600


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    return tmp_path / "program"


def sent(programs: Path, name: str, hours_ago: float) -> Path:
    place = programs / name
    (place / "env/bin").mkdir(parents=True)
    (place / "env/bin/python").symlink_to("/bin/sleep")
    then = time.time() - hours_ago * HOUR
    os.utime(place, (then, then))
    return place


def left(programs: Path) -> set[str]:
    return {path.name for path in programs.iterdir()}


def test_what_was_not_used_for_a_day_goes_and_the_newest_stays_however_old(programs: Path) -> None:
    newest = sent(programs, "newest", 100)
    for name, hours in (("old", 30), ("old.new.17", 30), ("of today", 20)):
        sent(programs, name, hours)
    assert set(sweep(LocalHost(), newest)) == {"old", "old.new.17"}
    assert left(programs) == {"newest", "of today"}


def test_what_cannot_be_removed_whole_is_no_program_any_more(programs: Path) -> None:
    newest, old = sent(programs, "newest", 1), sent(programs, "old", 100)
    cut_short = "rm() { return 1; }\n"  # as by a power failure, or when its time is over
    subprocess.run(("sh", "-c", cut_short + _SWEEP, "-", str(programs), newest.name), check=False, timeout=60)
    assert not used(LocalHost(), old, str(old / "env/bin/python"))
    assert left(programs) == {"newest", "old.gone"}


def test_what_runs_is_not_taken_away(programs: Path) -> None:
    newest, old = sent(programs, "newest", 1), sent(programs, "old", 100)
    with subprocess.Popen([old / "env/bin/python", "60"]) as running:
        try:
            assert sweep(LocalHost(), newest) == []
        finally:
            running.kill()
    assert sweep(LocalHost(), newest) == ["old"]


@pytest.mark.parametrize("file", ["run.json", "plan.json"])
@pytest.mark.parametrize(
    ("kinds", "goes"), [(("confirmed",), False), (("confirmed", "undone"), True), (("undone", "undoing"), False)]
)
def test_what_a_run_names_stays_until_the_run_is_taken_back(
    programs: Path, file: str, kinds: tuple[Kind, ...], goes: bool
) -> None:
    newest, old = sent(programs, "newest", 1), sent(programs, "old", 100)
    folder = create("deploy", "hc1", "0", {}, [], root=programs.parent / "runs")
    (folder.path / file).write_text(json.dumps({"program": [str(old / "env/bin/python")]}))
    for kind in kinds:
        folder.journal.append("", kind)
        folder.journal.append("a step", "undone")
    assert sweep(LocalHost(), newest) == (["old"] if goes else [])


def test_one_that_is_used_again_counts_as_new(programs: Path) -> None:
    newest, old = sent(programs, "newest", 1), sent(programs, "old", 100)
    assert used(LocalHost(), old, str(old / "env/bin/python"))
    assert sweep(LocalHost(), newest) == []
    assert not used(LocalHost(), programs / "none", str(programs / "none/env/bin/python"))


def test_where_nothing_was_ever_sent_nothing_is_done(programs: Path) -> None:
    assert sweep(LocalHost(), programs / "newest") == []
    assert not programs.exists()


@pytest.mark.parametrize("place", ["not there", "full"])
def test_without_room_to_look_what_is_needed_nothing_goes(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    newest = sent(programs, "newest", 1)
    sent(programs, "old", 100)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "full").symlink_to("/dev/full")  # the link is what the script removes
    mktemp = tools / "mktemp"
    mktemp.write_text("#!/bin/sh\nexit 1\n" if place == "not there" else f"#!/bin/sh\necho {tools}/full\n")
    mktemp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    assert sweep(LocalHost(), newest) == []
    assert left(programs) == {"newest", "old"}
