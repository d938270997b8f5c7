"""Whatever happens to a lab, `down` leaves nothing of it, and `up` mends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.errors import NotDeployed
from ovirt_hc_setup.lab import limits, places
from ovirt_hc_setup.lab.keeping import loop_devices, running_keeper
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.traces import traces_of

pytestmark = pytest.mark.lab


@pytest.fixture
def short() -> Iterator[Lab]:
    """A lab for one test; down at first."""
    lab = Lab("test-short")
    lab.down()
    try:
        yield lab
    finally:
        lab.down()


def test_down_leaves_nothing(short: Lab) -> None:
    short.up()
    disk = str(short.disks("hc1")[0])
    short.exec("hc1", "mkfs.xfs", "-q", disk)
    short.exec("hc1", "mount", disk, "/mnt")
    assert traces_of(short)
    short.down()
    assert traces_of(short) == []


def test_the_limit_that_several_systemds_need_is_raised_while_a_lab_is_up(short: Lab) -> None:
    short.up()
    assert int(limits.INSTANCES.read_text()) >= limits.WANTED


def test_down_of_nothing_is_fine(short: Lab) -> None:
    short.down()
    assert traces_of(short) == []


def test_the_end_of_the_keeper_is_the_end_of_everything_that_runs(short: Lab) -> None:
    short.up()
    running_keeper(short.places).kill(signal.SIGKILL)
    wait_for("the disks to go by themselves", 20, lambda: not loop_devices(short.places))
    with pytest.raises(NotDeployed):
        short.exec("hc1", "true")
    short.down()
    assert traces_of(short) == []


def test_after_the_keepers_end_up_boots_the_same_hosts_again(short: Lab) -> None:
    short.up()
    disk = str(short.disks("hc3")[1])
    short.exec("hc3", "sh", "-c", f"mkfs.xfs -q {disk} && blkid -o value -s UUID {disk} >/root/uuid && sync")
    running_keeper(short.places).kill(signal.SIGKILL)
    short.up()
    assert all(short.wait_running(host) == "running" for host in places.HOSTS)
    again = str(short.disks("hc3")[1])
    assert short.exec("hc3", "blkid", "-o", "value", "-s", "UUID", again).out == short.exec("hc3", "cat", "/root/uuid").out


def _up_killed_after(lab: Lab, seconds: float) -> None:
    process = subprocess.Popen([sys.executable, "-m", "ovirt_hc_setup", "lab", "up", "--name", lab.name])
    time.sleep(seconds)
    process.kill()
    process.wait()


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0])
def test_an_up_that_was_killed_half_way_leaves_nothing_after_down(short: Lab, seconds: float) -> None:
    _up_killed_after(short, seconds)
    short.down()
    time.sleep(0.5)
    assert traces_of(short) == []


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0])
def test_an_up_that_was_killed_half_way_is_finished_by_the_next(short: Lab, seconds: float) -> None:
    _up_killed_after(short, seconds)
    short.up()
    assert [short.wait_running(host) for host in places.HOSTS] == ["running"] * 3
    short.exec("hc1", "ssh", "-o", "BatchMode=yes", "hc3", "true", timeout=20)
