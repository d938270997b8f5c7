"""Hosts whose network is a VLAN on a bond: what is outside of them knows the VLAN, and one of two cables is enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import AnswersRefused
from ovirt_hc_setup.lab import faults, places
from ovirt_hc_setup.lab.host_kinds import OwnKernels
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.topologies import TOPOLOGIES
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.system.network import links
from tests.lab.in_host import InHost
from tests.lab.test_network_plugin import ENGINE, findings, interviewed
from tests.own.lab_names import lab_called

pytestmark = pytest.mark.own
TOP = "bond0.90"
GIVEN = {**ENGINE, keys.VM_MAC.name: places.ENGINE_MAC}
FAILS_OVER = 15.0
"""Seconds: the bond asks its gateway every 2 s, and misses two answers before it takes the other card."""


@pytest.fixture(scope="module")
def vlan() -> Iterator[Lab]:
    lab = Lab(lab_called("vlan"))
    try:
        lab.up(print, kind=OwnKernels(topology=TOPOLOGIES["vlan"]))
        yield lab
    finally:
        lab.down(print)


def active(lab: Lab, host: str) -> str:
    return lab.exec(host, "cat", "/sys/class/net/bond0/bonding/active_slave").out.strip()


def reaches(lab: Lab, there: str, *through: str) -> bool:
    return lab.exec("hc1", "ping", "-c", "1", "-W", "2", *through, there, check=False).ok


def test_the_address_is_on_the_vlan_alone(vlan: Lab) -> None:
    held = {nic.name: nic.addresses for nic in links.nics(vlan.host("hc1"))}
    assert held == {"lo": held["lo"], "host0": (), "host1": (), "bond0": (), TOP: (f"{places.HOST_ADDRESSES['hc1']}/24",)}
    assert reaches(vlan, places.GATEWAY)
    assert reaches(vlan, "hc2")


@pytest.mark.parametrize("tag", ["", "91"])
def test_frames_without_the_mark_or_with_another_reach_nobody(vlan: Lab, tag: str) -> None:
    hosts = [vlan.host(name) for name in ("hc1", "hc2")]
    link = f"bond0.{tag}" if tag else "bond0"
    for number, host in enumerate(hosts, 1):
        if tag:
            host.run("ip", "link", "add", link, "link", "bond0", "type", "vlan", "id", tag)
        host.run("ip", "address", "add", f"192.0.2.{number}/24", "dev", link)
        host.run("ip", "link", "set", link, "up")
    try:
        assert not reaches(vlan, "192.0.2.2")
        assert reaches(vlan, "hc2")
    finally:
        for number, host in enumerate(hosts, 1):
            host.run("ip", "address", "del", f"192.0.2.{number}/24", "dev", link)
            host.run("sh", "-c", f"[ {link} = bond0 ] || ip link del {link}")


def test_one_cable_of_two_is_enough_and_it_is_the_other_one(vlan: Lab) -> None:
    before = active(vlan, "hc1")
    faults.cut(vlan, f"hc1/{before}")
    try:
        wait_for("the other card", FAILS_OVER, lambda: active(vlan, "hc1") not in ("", before), poll=0.5)
        assert reaches(vlan, "hc2")
        assert reaches(vlan, places.GATEWAY)
    finally:
        faults.mend(vlan)


def test_the_wizard_finds_the_vlan_for_its_bridge(vlan: Lab) -> None:
    answers = interviewed(vlan, **ENGINE).answers
    assert (answers[keys.BRIDGE_NIC], answers[keys.GATEWAY]) == (TOP, places.GATEWAY)
    assert {name for name, found in findings(vlan, **GIVEN).items() if found.severity != "ok"} == set()


@pytest.mark.parametrize("nic", ["host0", "bond0"])
def test_what_is_below_it_is_no_place_for_the_bridge(vlan: Lab, nic: str) -> None:
    with pytest.raises(AnswersRefused, match=f"{nic} cannot carry the management bridge"):
        interviewed(vlan, **ENGINE, **{keys.BRIDGE_NIC.name: nic})


def test_the_bridge_is_made_over_the_vlan_stays_and_goes(vlan: Lab) -> None:
    run = InHost(vlan, "hc1", Bridge(name="bridge", bridge="ovirtmgmt", nic=TOP, gateway=places.GATEWAY))
    run.apply()
    try:
        faults.cut(vlan, f"hc1/{active(vlan, 'hc1')}")
        wait_for("the other card", FAILS_OVER, lambda: reaches(vlan, "hc2"), poll=0.5)
        faults.mend(vlan)
        vlan.reboot("hc1")
        wait_for("the bridge after a reboot", FAILS_OVER, lambda: reaches(vlan, places.GATEWAY, "-I", "ovirtmgmt"), poll=0.5)
    finally:
        faults.mend(vlan)
        run.undo()
    assert reaches(vlan, places.GATEWAY, "-I", TOP)
