"""Full disks, read-only file systems, permissions: said as what they are, by a worker too that can write nothing any more."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import RunEnded
from ovirt_hc_setup.base.os_errors import naming, of_the_world
from ovirt_hc_setup.runner.attempt import newest_attempt
from ovirt_hc_setup.runner.event_log import Follower
from tests.small_disk import AS_ROOT, FILL, run

WORK = (
    FILL
    + """
import pathlib, shutil, subprocess, sys
from ovirt_hc_setup import cli
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.runner.run_folder import create

where, full, runs = sys.argv[1:4]
file = File(name="motd", path=pathlib.Path(where, "motd"), content="x" * int(sys.argv[4]))
if where != "/run":
    subprocess.run(["mount", "-t", "tmpfs", "own", "/run"], check=True)  # with a lock of its own
folder = create("deploy", "hc1", "0.1.0", {}, [file], root=pathlib.Path(runs))
folder.journal.append("", "confirmed")
if full == "full":
    fill(where)
elif full == "read-only":
    subprocess.run(["mount", "-o", "remount,ro", where], check=True)
code = cli.main(["worker", "apply", str(folder.path)])
if folder.events.exists():
    shutil.copy(folder.events, sys.argv[5])
sys.exit(code)
"""
)


def work(where: Path, full: str, runs: Path, length: int, events: Path) -> subprocess.CompletedProcess[str]:
    """A real worker with a file to write, of so many bytes, while a small file system is mounted at `where`."""
    done = run(WORK, where, "256k", full, str(runs), str(length), str(events))
    assert "Traceback" not in done.stderr, done.stderr
    assert "bug" not in done.stderr
    return done


@AS_ROOT
def test_a_file_that_does_not_fit_ends_the_run_with_its_path_and_what_to_do(tmp_path: Path) -> None:
    done = work(tmp_path / "small", "", tmp_path / "runs", 1 << 20, tmp_path / "events")
    assert done.returncode == 4
    last = list(Follower(tmp_path / "events").new())[-1]
    assert isinstance(last, RunEnded)
    assert f"motd: {tmp_path}/small/motd: no space left there" in last.message
    assert f"df -h {tmp_path}/small/motd" in last.message


@AS_ROOT
@pytest.mark.parametrize(("full", "said"), [("full", "no space left there"), ("read-only", "its file system is read-only")])
def test_a_worker_that_can_write_nothing_still_says_its_last_word(tmp_path: Path, full: str, said: str) -> None:
    small = tmp_path / "small"
    done = work(small, full, small / "runs", 10, tmp_path / "events")
    assert done.returncode == 4
    assert "ended with 4: " in done.stderr
    assert f": {said}\n" in done.stderr
    assert str(small) in done.stderr


@AS_ROOT
def test_a_full_run_folder_of_the_system_ends_the_run_with_the_name_of_the_lock(tmp_path: Path) -> None:
    done = work(Path("/run"), "full", tmp_path / "runs", 10, tmp_path / "events")
    assert done.returncode == 4
    assert "/run/ovirt-hc-setup.lock: no space left there" in done.stderr
    attempt_end = [event for event in Follower(tmp_path / "events").new() if isinstance(event, RunEnded)]
    assert [event.exit_code for event in attempt_end] == [4]


LOG = (
    FILL
    + """
import os, sys, pathlib
from ovirt_hc_setup.base.event_types import Note, Progressed, RunBegun, RunEnded
from ovirt_hc_setup.runner.event_log import EventLog

where, out = sys.argv[1:3]
log = EventLog(pathlib.Path(where, "events"), "hc1")
log(RunBegun(run="r", verb="deploy", resources=("a",)))
fill(where)
for number in range(1000):
    log(Progressed(resource="a", done=number, total=10**6))
    log._shown.clear()
for number in range(300):
    log(Note(text=f"note {number} " + "long " * 20))
os.unlink(where + "/filler")
log(RunEnded(run="r", exit_code=0))
pathlib.Path(out).write_bytes(pathlib.Path(where, "events").read_bytes())
"""
)


@AS_ROOT
def test_what_a_full_disk_kept_back_is_written_when_there_is_room_and_nothing_ended_meanwhile(tmp_path: Path) -> None:
    done = run(LOG, tmp_path / "small", "128k", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    events = list(Follower(tmp_path / "out").new())
    notes = [event for event in events if event.type == "note"]
    assert [getattr(note, "text", "").split()[1] for note in notes] == [str(number) for number in range(300)]
    assert events[-1].type == "run-ended"
    attempt = newest_attempt(tmp_path / "out")
    assert attempt is not None
    assert attempt.end is not None


CREATE = (
    FILL
    + """
import pathlib, sys
from ovirt_hc_setup.runner.run_folder import create
from ovirt_hc_setup.commandline.ending import to_its_end

where = sys.argv[1]
fill(where)
answers = {"T/a": {"text": "x" * 10**5, "origin": "typed"}}
code = to_its_end(["deploy"], lambda: len(create("deploy", "hc1", "0", answers, [], root=pathlib.Path(where, "runs")).id))
assert not list(pathlib.Path(where, "runs").iterdir())
sys.exit(code)
"""
)


@AS_ROOT
def test_a_front_end_that_finds_no_room_says_where_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    done = run(CREATE, tmp_path / "small", "64k")
    assert done.returncode == 4, done.stderr
    assert f"ovirt-hc-setup: {tmp_path}/small/runs" in done.stderr
    assert "no space left there\n  Make room there" in done.stderr


def test_every_error_of_the_system_is_said_in_words_with_a_way_out() -> None:
    for number in errno.errorcode:
        told = of_the_world(OSError(number, os.strerror(number), "/some/where"))
        assert (told.exit_code, told.message.startswith("/some/where: ")) == (4, True)
        assert "same command" in told.hint
        assert str(number) not in told.message.split()


def test_an_error_at_a_descriptor_gets_the_name_of_its_file(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, naming(tmp_path / "it"):
        os.read(10**6, 1)
    assert str(tmp_path / "it") in of_the_world(caught.value).message


def test_an_error_with_two_names_names_both() -> None:
    told = of_the_world(PermissionError(errno.EACCES, "x", b"/a\xff", None, "/b"))
    assert isinstance(told, SetupError)
    assert told.message == "/a? and /b: permission denied"
    json.dumps(told.message, ensure_ascii=False).encode()
