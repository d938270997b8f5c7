"""A worker runs the program where it stays; a run is gone on with by the program that began it, whatever is newer here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.remote import own_program
from tests.lab.test_many_runs import BEGUN, FIRST, program
from tests.lab.vm_in_host import shell

pytestmark = pytest.mark.lab

RUNS = "/var/lib/ovirt-hc-setup/runs"
UNIT = "hc-program"
LEFT = f"/run/hc-look /run/hc-program /etc/systemd/system/{UNIT}.service /var/lib/ovirt-hc-setup/bundles /etc/hc-many-*"
DONE = "Hosted Engine successfully deployed."
OLDER = f"""
set -e
cd {own_program.PROGRAMS}
rm -rf older
cp -a OWN older
sed -i 's/^__version__ = .*/__version__ = "0.0.9"/' older/setup/__init__.py
sed -i 's/{DONE}/Deployed as in former days./' older/setup/report/closing.py
name=$(older/env/bin/python -I -B -m ovirt_hc_setup program-id)
rm -rf "$name"
mv older "$name"
echo "$name"
"""


@pytest.fixture(autouse=True)
def clean(lab: Lab) -> Iterator[None]:
    yield
    shell(lab, "hc1", f"systemctl stop {UNIT}; rm -rf {RUNS}/* {LEFT}")


@pytest.fixture
def own(lab: Lab) -> str:
    """The identity of the program that runs on hc1: that of the tests has other libraries."""
    return program(lab, "program-id").out.strip()


@pytest.fixture
def older(lab: Lab, own: str) -> str:
    """The identity of an older program on hc1, made of the one that stays there."""
    begun(lab, FIRST)
    assert program(lab, "deploy", "--resume").ok  # it is put there
    assert program(lab, "reset", "--yes").ok
    made = lab.exec("hc1", "sh", "-c", OLDER.replace("OWN", own)).out.strip()
    assert made != own
    return made


def begun(lab: Lab, *steps: str) -> str:
    return lab.exec("hc1", sys.executable, str(BEGUN), *steps).out.strip()


def begun_by(lab: Lab, older: str, *steps: str) -> str:
    folder = begun(lab, *steps)
    command = f'["{own_program.PROGRAMS}/{older}/env/bin/python", "-I", "-m", "ovirt_hc_setup"]'
    shell(lab, "hc1", f"sed -i 's|\"program\": \\[\\]|\"program\": {command}|; s/0\\.1\\.0/0.0.9/' {folder}/run.json")
    return folder


def test_the_worker_runs_the_program_where_it_stays(lab: Lab, own: str) -> None:
    """What it runs by is written down by what it starts: a unit that waits for nothing else."""
    lab.host("hc1").write(Path("/run/hc-look"), b"cat /proc/[0-9]*/cmdline | tr '\\0' ' ' >/run/hc-program\n")
    text = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh /run/hc-look\n"
    lab.host("hc1").write(Path(f"/etc/systemd/system/{UNIT}.service"), text.encode())
    shell(lab, "hc1", "systemctl daemon-reload")
    begun(lab, UNIT)
    ended = program(lab, "deploy", "--resume", "--output", "plain")
    assert ended.ok, ended.describe()
    seen = lab.exec("hc1", "cat", "/run/hc-program").out
    assert f"{own_program.PROGRAMS}/{own}/env/bin/python -I -m ovirt_hc_setup worker apply" in seen


def test_an_older_program_goes_on_with_its_run_and_takes_it_back(lab: Lab, older: str) -> None:
    begun_by(lab, older, FIRST)
    gone_on = program(lab, "deploy", "--resume", "--output", "plain")
    assert gone_on.ok, gone_on.describe()
    assert "begun by another program, version 0.0.9" in gone_on.out
    assert "Deployed as in former days." in gone_on.out
    back = program(lab, "reset", "--yes", "--output", "plain")
    assert back.ok, back.describe()
    assert "begun by another program, version 0.0.9" in back.out
    assert not lab.exec("hc1", "test", "-e", FIRST, check=False).ok


def test_without_its_program_a_run_is_refused_and_taken_back_by_this_one(lab: Lab, older: str) -> None:
    folder = begun_by(lab, older, FIRST)
    shell(lab, "hc1", f"rm -rf {own_program.PROGRAMS}/{older}")
    refused = program(lab, "deploy", "--resume")
    assert refused.code == 2
    assert "version 0.0.9, which is not there any more" in refused.err
    assert f"ovirt-hc-setup reset {Path(folder).name}" in refused.err
    assert program(lab, "reset", "--yes").ok
