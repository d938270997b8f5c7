"""The management bridge under systemd-networkd: the connection is kept, and what is not kept comes back by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.runner.resource import Verdict
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

HOST, FROM = "hc2", "hc1"
WANTED = Bridge(name="bridge", bridge="ovirtmgmt", nic="host0", gateway="10.90.0.1", way_back_after=12)
FILE = Path("/etc/systemd/network/00-ovirt-hc-setup-ovirtmgmt.network")
TIMER = "ovirt-hc-setup-way-back-ovirtmgmt.timer"
# Around the commit point; before the way back is armed, before the bridge is made, and while the trial is cleared away.
WHILE_MADE = ("before systemd-run", "before networkctl reload", "before ping after networkctl reload")
WHILE_CLEARED = ("before rm -f after flock", "before networkctl reload after flock", "before ping after flock")
MOMENTS = ("kept", "before", "at", "after", *WHILE_MADE, *WHILE_CLEARED)
# Before the way back is armed, right after it, before the bridge goes, before it is gone for good.
MOMENTS_OF_UNDO = (
    "before rm -f",
    "before systemd-run",
    "before rm -f after systemd-run",
    "before networkctl reload",
    "before ip link delete",
    "before flock",
)


def sh(lab: Lab, script: str, host: str = HOST) -> str:
    return lab.exec(host, "sh", "-c", script).out


def world(lab: Lab) -> str:
    """Everything of the host's network that the bridge touches."""
    looks = (
        "ip -br address | sed 's/@[^ ]*//' | tr -s ' '",  # the other end of a link has another number after each boot
        "ip route",
        "ip -br link | sed 's/@[^ ]*//' | tr -s ' '",
        "grep -r . /etc/systemd/network /run/systemd/network 2>/dev/null | sort",
        f"systemctl is-active {TIMER}",
    )
    return sh(lab, "; ".join(looks) + "; true")


def until(lab: Lab, wanted: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while world(lab) != wanted:
        assert time.monotonic() < end, f"still:\n{world(lab)}"
        time.sleep(0.5)


def reachable(lab: Lab) -> bool:
    return lab.exec(FROM, "ping", "-c", "1", "-W", "1", HOST, check=False).ok


@contextmanager
def cut_through_the_bridge(lab: Lab) -> Iterator[None]:
    """Nothing gets out of the host while its interface is a port of a bridge."""
    rule = 'nft add table bridge cut; nft add chain bridge cut out "{ type filter hook output priority 0; }"'
    sh(lab, f"{rule}; nft add rule bridge cut out oifname host0 drop")
    try:
        yield
    finally:
        sh(lab, "nft delete table bridge cut")


@pytest.fixture
def before(lab: Lab) -> str:
    return world(lab)


@pytest.fixture
def run(lab: Lab, before: str) -> Iterator[InHost]:
    """A run that is undone at the end, whatever the test did; the host then is as it was."""
    begun = InHost(lab, HOST, WANTED)
    yield begun
    begun.undo()
    until(lab, before, 5)


def test_the_bridge_takes_over_addresses_routes_and_mac(lab: Lab, run: InHost) -> None:
    address, mac = sh(lab, "ip -br -4 address show host0").split()[2], sh(lab, "cat /sys/class/net/host0/address")
    run.apply()
    assert sh(lab, "ip -br -4 address show ovirtmgmt").split()[2] == address
    assert "dev ovirtmgmt" in sh(lab, "ip route show default")
    assert sh(lab, "cat /sys/class/net/ovirtmgmt/address") == mac
    assert sh(lab, "cd /sys/class/net/ovirtmgmt/bridge; cat stp_state forward_delay").split() == ["0", "0"]
    assert sh(lab, "ip -br address show host0").split()[2:] == []


def test_an_ssh_connection_to_the_host_stays_usable(lab: Lab, run: InHost) -> None:
    """The biggest pause of a session from another host, over making the bridge and undoing it."""
    session = "for count in $(seq 60); do date +%s.%N; sleep 0.1; done"
    with ThreadPoolExecutor() as pool:
        watching = pool.submit(lab.exec, FROM, "ssh", "-o", "BatchMode=yes", HOST, session)
        time.sleep(1)
        run.apply()
        run.undo()
        stamps = [float(line) for line in watching.result().out.split()]
    assert len(stamps) == 60
    assert max(later - earlier for earlier, later in pairwise(stamps)) < 2


def test_probe_tells_when_it_is_done(lab: Lab, run: InHost) -> None:
    assert WANTED.probe(lab.host(HOST)).verdict is Verdict.NEEDED
    run.apply()
    assert WANTED.probe(lab.host(HOST)).verdict is Verdict.DONE


def test_it_comes_back_after_a_reboot(lab: Lab, run: InHost) -> None:
    run.apply()
    lab.reboot(HOST)
    assert WANTED.probe(lab.host(HOST)).verdict is Verdict.DONE
    assert reachable(lab)


def test_a_power_failure_during_the_trial_forgets_it(lab: Lab, before: str, run: InHost) -> None:
    run.killed("apply", "before")
    lab.kill(HOST)
    lab.up(lambda _: None)
    assert sh(lab, "ls /sys/class/net").split() == ["host0", "lo"]
    assert reachable(lab)
    run.apply()


def test_a_host_that_is_cut_off_by_the_bridge_has_its_network_back(lab: Lab, before: str, run: InHost) -> None:
    with cut_through_the_bridge(lab):
        outcome = run.act("apply")
        assert outcome.code == 4
        assert "10.90.0.1 answers through ovirtmgmt" in outcome.err
        assert world(lab) == before
        assert reachable(lab)


def test_killed_while_cut_off_the_host_frees_itself(lab: Lab, before: str, run: InHost) -> None:
    with cut_through_the_bridge(lab):
        run.killed("apply", "before ping after ping after networkctl reload")  # while it waits for an answer
        assert not reachable(lab)
        until(lab, before, WANTED.way_back_after + 15)
        assert reachable(lab)


def test_killed_before_it_is_kept_it_is_taken_back_by_itself(lab: Lab, before: str, run: InHost) -> None:
    run.killed("apply", "before")
    assert world(lab) != before
    until(lab, before, WANTED.way_back_after + 15)


def test_killed_after_it_is_kept_it_stays(lab: Lab, run: InHost) -> None:
    run.killed("apply", "after")
    time.sleep(WANTED.way_back_after + 3)
    assert "10.90.0.12/24" in sh(lab, "ip -br address show ovirtmgmt")
    run.apply()
    assert reachable(lab)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_ends_the_same_and_is_taken_back(lab: Lab, before: str, run: InHost, moment: str) -> None:
    uninterrupted = _made(lab, before)
    run.killed("apply", moment)
    run.apply()
    assert world(lab) == uninterrupted
    assert reachable(lab)
    run.undo()
    assert world(lab) == before


_known: dict[str, str] = {}


def _made(lab: Lab, before: str) -> str:
    """What an apply without a kill makes of the world before."""
    if before not in _known:
        other = InHost(lab, HOST, WANTED)
        other.apply()
        _known[before] = world(lab)
        other.undo()
    return _known[before]


@pytest.mark.parametrize("moment", MOMENTS_OF_UNDO)
def test_killed_while_it_is_undone_it_is_undone_in_the_end(lab: Lab, before: str, run: InHost, moment: str) -> None:
    run.apply()
    run.killed("undo", moment)
    run.undo()
    assert world(lab) == before


def test_an_undo_that_cuts_the_host_off_brings_the_bridge_back(lab: Lab, run: InHost) -> None:
    run.apply()
    made = world(lab)
    rule = 'nft add table netdev cut; nft add chain netdev cut in "{ type filter hook ingress device host0 priority 0; }"'
    # Only what reaches the interface itself is dropped: frames of a port go to the bridge after this hook, so no address helps.
    sh(lab, f"{rule}; nft add rule netdev cut in ether type arp drop; nft add rule netdev cut in icmp type echo-reply drop")
    try:
        outcome = run.act("undo")
    finally:
        sh(lab, "nft delete table netdev cut")
    assert outcome.code == 4, outcome.describe()
    assert world(lab) == made
    assert reachable(lab)


def test_a_bridge_that_a_machine_is_plugged_into_is_not_undone(lab: Lab, run: InHost) -> None:
    run.apply()
    sh(lab, "ip tuntap add vnet0 mode tap && ip link set vnet0 master ovirtmgmt")
    try:
        outcome = run.act("undo")
        assert outcome.code == 4
        assert "vnet0 is plugged into ovirtmgmt" in outcome.err
        assert WANTED.probe(lab.host(HOST)).verdict is Verdict.DONE
    finally:
        sh(lab, "ip link delete vnet0")


def test_a_bridge_whose_file_was_edited_is_not_undone(lab: Lab, run: InHost) -> None:
    run.apply()
    sh(lab, f"cp {FILE} /root/kept; echo '# mine' >>{FILE}")
    try:
        outcome = run.act("undo")
        assert outcome.code == 4
        assert str(FILE) in outcome.err
    finally:
        sh(lab, f"cp /root/kept {FILE}; rm /root/kept")


def test_a_bridge_that_was_there_is_used_and_never_undone(lab: Lab, run: InHost) -> None:
    run.apply()
    other = InHost(lab, HOST, WANTED)
    assert other.act("probe").out.startswith('{"verdict": "done"')
    made = world(lab)
    other.undo()
    assert world(lab) == made


def test_a_gateway_that_is_silent_before_is_told_and_nothing_is_changed(lab: Lab, before: str) -> None:
    run = InHost(lab, HOST, replace(WANTED, gateway="10.90.0.77"))
    outcome = run.act("apply")
    assert outcome.code == 4
    assert "10.90.0.77 does not answer through host0" in outcome.err
    assert world(lab) == before


def test_a_bridge_without_the_interface_is_a_conflict(lab: Lab) -> None:
    sh(lab, "ip link add ovirtmgmt type bridge")
    try:
        assert WANTED.probe(lab.host(HOST)).verdict is Verdict.CONFLICT
    finally:
        sh(lab, "ip link delete ovirtmgmt")


def test_an_interface_that_nothing_manages_is_refused_with_the_reason(lab: Lab) -> None:
    sh(lab, "ip link add own0 type veth peer own1; ip addr add 10.91.0.2/24 dev own0; ip link set own0 up; ip link set own1 up")
    try:
        outcome = InHost(lab, HOST, replace(WANTED, nic="own0", bridge="br1")).act("apply")
        assert outcome.code == 4
        assert "managed by no service" in outcome.err
        assert "systemd-networkd" in outcome.err
    finally:
        sh(lab, "ip link delete own0")
