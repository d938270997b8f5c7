"""Several runs of one host: listed, taken back one by one while none stands on it, past what cannot be taken back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.vm_in_host import shell

pytestmark = pytest.mark.lab

BEGUN = Path(__file__).with_name("begun_run.py")
FIRST, SECOND, THIRD = (f"/etc/hc-many-{word}" for word in ("first", "second", "third"))


@pytest.fixture(autouse=True)
def clean(lab: Lab) -> Iterator[None]:
    yield
    shell(lab, "hc1", "rm -rf /var/lib/ovirt-hc-setup/runs/* /var/lib/ovirt-hc-setup/bundles /etc/hc-many-*")


def program(lab: Lab, *words: str) -> Outcome:
    return lab.exec("hc1", "ovirt-hc-setup", *words, check=False)


def finished(lab: Lab, verb: str, *files: str) -> str:
    """A run that has written these files; its id."""
    folder = lab.exec("hc1", sys.executable, str(BEGUN), "--verb", verb, *files).out.strip()
    ended = program(lab, verb, "--resume", "--output", "plain")
    assert ended.ok, ended.describe()
    return Path(folder).name


def there(lab: Lab) -> set[str]:
    return set(lab.exec("hc1", "sh", "-c", "ls /etc/hc-many-* 2>/dev/null || true").out.split())


def test_two_runs_are_listed_and_the_one_below_waits_for_the_other(lab: Lab) -> None:
    below, above = finished(lab, "deploy", FIRST), finished(lab, "add-host", FIRST, SECOND)
    listed = program(lab, "status")
    assert listed.code == 6  # there is no deployment
    assert [line.split()[:2] for line in listed.out.splitlines()[2:4]] == [[above, "finished"], [below, "finished"]]
    values = json.loads(program(lab, "status", "--json").out)
    assert [run["id"] for run in values["runs"]] == [above, below]
    refused = program(lab, "reset", "--yes", below)
    assert refused.code == 4
    assert f"{above} (add-host) stands on run {below}" in refused.err
    assert f"Take that back first: ovirt-hc-setup reset {above}" in refused.err
    assert there(lab) == {FIRST, SECOND}
    assert program(lab, "reset", "--yes").ok  # the newest
    assert there(lab) == {FIRST}
    unknown = program(lab, "reset", "--yes", above)
    assert unknown.code == 2
    assert below in unknown.err
    assert program(lab, "reset", "--yes", below[-4:]).ok
    assert there(lab) == set()
    assert program(lab, "reset", "--yes").code == 6


def test_a_step_that_cannot_be_taken_back_is_left_by_name_and_said(lab: Lab) -> None:
    finished(lab, "deploy", FIRST, SECOND, THIRD)
    lab.host("hc1").write(Path(SECOND), b"edited since\n")
    stopped = program(lab, "reset", "--yes", "--output", "plain")
    assert stopped.code == 4
    assert there(lab) == {FIRST, SECOND}
    unknown = program(lab, "reset", "--yes", "--leave", "hc-many-thrid")
    assert unknown.code == 2
    assert "Those that would be: hc-many-second, hc-many-first" in unknown.err
    planned = program(lab, "reset", "--plan", "--leave", "hc-many-second", "--output", "plain")
    assert "leave as it is: " in planned.out
    past = program(lab, "reset", "--yes", "--leave", "hc-many-second", "--output", "plain")
    assert past.ok, past.describe()
    assert there(lab) == {SECOND}
    assert "Left behind as it is:" in past.out
    assert SECOND in past.out
    assert "undone, but for what was left behind" in past.out
    assert program(lab, "reset", "--yes").code == 6
