"""Machines on which no lab can be made: one clear error each, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.places import CACHE, STATES
from ovirt_hc_setup.lab.recipe import MIRROR_VARIABLE
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.forbidding import PTRACE, SECCOMP
from tests.lab.traces import traces_of
from tests.own.lab_names import lab_called

pytestmark = pytest.mark.own
CHECKOUT = Path(__file__).resolve().parents[2]
FORBIDDING = CHECKOUT / "tests/lab/forbidding.py"
NAME = lab_called("bad-day")
CLOSED = "http://127.0.0.1:9/debian"
UP = ("./ovirt-hc-setup", "lab", "up", "--name", NAME, "--kernel")


def refused(*argv: str, **variables: str) -> str:
    """What was said by a command that has to be refused as bad usage and to leave nothing."""
    before = traces_of(Lab(NAME))
    environment = {**os.environ, **variables}
    ended = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert ended.returncode == 2, ended.stderr
    assert traces_of(Lab(NAME)) == before
    return ended.stderr


def over(folder: Path, size: str, *argv: str) -> tuple[str, ...]:
    """A command for which a folder is an empty file system of this size; after it, what is in there is shown."""
    script = f'mount -t tmpfs -o size={size} tmpfs {folder} && {{ "$@"; code=$?; ls -R {folder} >&2; exit $code; }}'
    return ("unshare", "-m", "sh", "-c", script, "-", *argv)


def test_nobody_but_root_makes_or_uses_one() -> None:
    # Nobody who may read all files: the checkout may be root's alone.
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    nobody = ("setpriv", "--reuid=65534", "--clear-groups", *reading, "/usr/bin/python3", "-I")
    before = Lab(NAME).places.lock.exists()  # of another test's lab
    for argv in ((*UP, "own"), ("./ovirt-hc-setup", "lab", "cut", "hc1", "--name", NAME)):
        assert "root" in refused(*nobody, *argv)
    assert Lab(NAME).places.lock.exists() == before


@pytest.mark.parametrize(("kernel", "what"), [("container", "minbase"), ("own", "kernel")])
def test_a_cache_without_room_is_said_before_it_is_filled(kernel: str, what: str) -> None:
    said = refused(*over(CACHE, "60m", *UP, kernel))
    assert f"has 60 MiB free; making the {what} there needs" in said
    assert "making-" not in said


def test_a_full_disk_for_the_labs_own_files_is_said() -> None:
    STATES.mkdir(exist_ok=True)
    assert f"{STATES} has 64 MiB free; a lab needs 2048 MiB of it" in refused(*over(STATES, "64m", *UP, "own"))


@pytest.mark.parametrize("kernel", ["container", "own"])
def test_a_mirror_that_does_not_answer_is_named(kernel: str) -> None:
    said = refused(*over(CACHE, "3g", *UP, kernel), **{MIRROR_VARIABLE: CLOSED})
    assert f"the mirror {CLOSED} does not give its list of" in said
    assert "Connection refused" in said
    assert "making-" not in said


def test_a_machine_that_forbids_what_such_kernels_live_by_is_said_at_once() -> None:
    said = refused(sys.executable, str(FORBIDDING), f"{PTRACE},{SECCOMP}", *UP, "own")
    assert "this machine allows neither seccomp filters nor ptrace" in said
    assert "--kernel container" in said
