"""The engine VM moved by hand between real hosts. What must never happen is that two of them run it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pexpect
import pytest

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.lease_times import DEAD, LOST
from tests.rehearsal import joining

pytestmark = pytest.mark.rehearsal

HEALTHY = 300
"""Seconds that the translated guest gets to boot."""

LEASE_LASTS = LOST - 5.0
"""Seconds: a lease renewed just before its holder's death is not taken sooner."""

WAITS = DEAD + 120.0
"""Seconds within which `--wait` has outlasted a dead host, on a busy machine."""


def engine(lab: Lab, host: str, *words: str) -> Outcome:
    return lab.exec(host, "ovirt-hc-setup", "engine", *words, timeout=420, check=False)


def runs(lab: Lab, host: str) -> bool:
    return joining.VM in lab.exec(host, "virsh", "list", "--name").out.split()


def wait_health(lab: Lab, host: str) -> None:
    until = time.monotonic() + HEALTHY
    while (said := engine(lab, host, "health")).code != 0:
        assert time.monotonic() < until, said.out
        time.sleep(3)


@pytest.fixture(scope="module")
def joined(deployed: Lab) -> Iterator[Lab]:
    """Three hosts; whatever the tests did, the engine runs on the first one afterwards."""
    joining.ensure_joined(deployed)
    yield deployed
    bring_home(deployed)


def bring_home(lab: Lab) -> None:
    if not runs(lab, "hc1"):
        engine(lab, "hc2", "stop", "--now")
        ended = engine(lab, "hc1", "start", "--wait")
        assert ended.code == 0, ended.describe()
    wait_health(lab, "hc1")


def test_health_says_that_the_engine_is_up(joined: Lab) -> None:
    for host in ("hc1", "hc2"):
        said = engine(joined, host, "health")
        assert said.code == 0, said.describe()
        assert "DB Up" in said.out


def test_a_start_where_it_runs_already_changes_nothing(joined: Lab) -> None:
    said = engine(joined, "hc1", "start")
    assert said.code == 0
    assert "already runs on this host" in said.out


def test_a_start_elsewhere_is_refused_and_names_the_holder(joined: Lab) -> None:
    refused = engine(joined, "hc2", "start")
    assert refused.code == 4
    assert "is held by hc1.hc.test (host id 1)" in refused.err
    assert refused.elapsed < 15
    assert not runs(joined, "hc2")
    # Not only we say so: libvirt itself does.
    assert not joined.exec("hc2", "virsh", "start", joining.VM, check=False).ok


def test_waiting_for_a_holder_that_is_alive_ends_and_starts_nothing(joined: Lab) -> None:
    refused = engine(joined, "hc2", "start", "--wait", "--output", "jsonl")
    assert refused.code == 4
    assert "so it is alive" in refused.err
    assert refused.elapsed < 120
    events = [json.loads(line) for line in refused.out.splitlines()]
    *waited, ended = events
    assert {event["type"] for event in waited} == {"progressed"}
    assert all(event["unit"] == "seconds" and event["total"] == 300 for event in waited)
    assert (ended["type"], ended["exit_code"]) == ("ended", 4)
    assert runs(joined, "hc1")
    assert not runs(joined, "hc2")


def test_stop_and_console_on_the_wrong_host_name_the_right_one(joined: Lab) -> None:
    for word in ("stop", "console"):
        refused = engine(joined, "hc2", word)
        assert refused.code == 4
        assert "hc1.hc.test (host id 1) holds its lease" in refused.err
    assert runs(joined, "hc1")


def test_a_console_needs_a_terminal(joined: Lab) -> None:
    refused = engine(joined, "hc1", "console")
    assert refused.code == 2
    assert "needs a terminal" in refused.err


def test_the_console_is_the_guest_s_serial_line_and_says_how_to_leave(joined: Lab) -> None:
    argv = joined.host("hc1").entering(("ovirt-hc-setup", "engine", "console", "--output", "plain"), terminal=True)
    console = pexpect.spawn(argv[0], list(argv[1:]), timeout=40, encoding="utf-8")
    try:
        console.expect_exact("Ctrl+] leaves it")
        console.expect_exact("Connected to domain")
        console.sendline("")
        console.expect_exact("login:")
        console.sendcontrol("]")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)
    assert runs(joined, "hc1")


def test_a_host_without_a_deployment_says_so(joined: Lab) -> None:
    for word in ("start", "stop", "console", "health"):
        assert engine(joined, joining.STRANGER, word).code == 6


def test_where_an_ha_agent_runs_it_is_left_to_it(joined: Lab) -> None:
    agent = "ovirt-ha-agent"
    joined.exec("hc1", "systemd-run", f"--unit={agent}", "sleep", "600")
    try:
        for word, instead in (("start", "--vm-start"), ("stop", "--vm-shutdown")):
            refused = engine(joined, "hc1", word)
            assert refused.code == 2
            assert f"hosted-engine {instead}" in refused.err
        assert engine(joined, "hc1", "start", "--force").code == 0
        assert runs(joined, "hc1")
    finally:
        joined.exec("hc1", "systemctl", "stop", agent)


def test_it_moves_from_host_to_host_with_its_disk_intact(joined: Lab) -> None:
    written = joining.in_guest(joined, "head -c 3000000 /dev/urandom | tee /root/kept | sha256sum; sync")
    stopped = engine(joined, "hc1", "stop")
    assert stopped.code == 0, stopped.describe()
    assert engine(joined, "hc1", "health").code == 3
    started = engine(joined, "hc2", "start")
    assert started.code == 0, started.describe()
    for host in ("hc1", "hc3"):
        assert "is held by hc2.hc.test (host id 2)" in engine(joined, host, "start").err
    staying = joined.exec("hc2", "ovirt-hc-setup", "remove-host", "--yes", check=False, timeout=120)
    assert (staying.code, "the engine VM runs on this host" in staying.err) == (4, True)
    wait_health(joined, "hc1")
    assert joining.in_guest(joined, "sha256sum </root/kept") == written
    assert engine(joined, "hc2", "stop", "--now").code == 0
    assert engine(joined, "hc1", "start").code == 0
    wait_health(joined, "hc2")
    assert joining.in_guest(joined, "sha256sum </root/kept") == written


def test_after_a_reboot_the_host_holds_its_ids_and_start_starts_the_vm(joined: Lab) -> None:
    joined.reboot("hc1", timeout=240)
    assert not runs(joined, "hc1")
    started = engine(joined, "hc1", "start", "--wait")
    assert started.code == 0, started.describe()
    wait_health(joined, "hc2")


def test_a_dead_host_s_lease_is_outlasted_and_not_taken_before(joined: Lab) -> None:
    wait_health(joined, "hc2")
    joined.kill("hc1")
    died = time.monotonic()
    try:
        refused = engine(joined, "hc2", "start")
        assert refused.code == 4
        assert "is held by hc1.hc.test (host id 1)" in refused.err
        started = engine(joined, "hc2", "start", "--wait")
        took = time.monotonic() - died
        assert started.code == 0, started.describe()
        print(f"the engine VM ran on hc2 {took:.1f} s after the death of hc1")
        assert LEASE_LASTS < took < WAITS
        wait_health(joined, "hc2")
    finally:
        joined.start("hc1")
    assert not runs(joined, "hc1")
