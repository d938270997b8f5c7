"""Hosts that are wired in another way than by one card on one network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab import faults, places
from ovirt_hc_setup.lab.host_kinds import Containers, kind_of
from ovirt_hc_setup.lab.topologies import TOPOLOGIES
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.network import links, resolver
from tests.lab.test_network_plugin import ENGINE, findings, interviewed
from tests.own.lab_names import lab_called

pytestmark = pytest.mark.lab
HOSTS = places.HOSTS
GIVEN = {**ENGINE, keys.VM_MAC.name: places.ENGINE_MAC}


@contextmanager
def wired(name: str) -> Iterator[Lab]:
    lab = Lab(lab_called(name))
    try:
        lab.up(print, kind=Containers(topology=TOPOLOGIES[name]))
        yield lab
    finally:
        lab.down(print)


@pytest.fixture(scope="module")
def storage() -> Iterator[Lab]:
    with wired("storage") as lab:
        yield lab


def reaches(lab: Lab, here: str, there: str) -> bool:
    return lab.exec(here, "ping", "-c", "1", "-W", "2", there, check=False).ok


def test_hosts_have_a_name_and_an_address_on_the_storage_network(storage: Lab) -> None:
    for host in HOSTS:
        name, address = places.storage_fqdn(host), places.STORAGE_ADDRESSES[host]
        assert storage.exec("hc1", "getent", "hosts", name).out.split()[:2] == [address, name]
        assert storage.exec("hc1", "host", address).out.rstrip().endswith(f"pointer {name}.")
        assert [held.text for held in links.held(storage.host(host), "storage0")] == [f"{address}/24"]
        assert storage.exec("hc1", "ssh", "-o", "BatchMode=yes", name, "hostname").out.strip() == places.fqdn(host)


def test_the_two_networks_are_apart(storage: Lab) -> None:
    argv = ("ping", "-c", "1", "-W", "1", "-I")
    assert storage.exec("hc1", *argv, "storage0", "hc2-storage").ok
    assert storage.exec("hc1", *argv, "host0", places.GATEWAY).ok
    assert not storage.exec("hc1", *argv, "storage0", places.GATEWAY, check=False).ok


def test_one_network_of_two_is_cut(storage: Lab) -> None:
    faults.cut(storage, "hc2/storage0")
    try:
        names = ("hc2-storage", "hc2", "hc3-storage")
        assert [reaches(storage, "hc1", name) for name in names] == [False, True, True]
    finally:
        faults.mend(storage)
    assert reaches(storage, "hc1", "hc2-storage")


def test_a_host_that_is_cut_off_is_off_on_both(storage: Lab) -> None:
    faults.cut(storage, "hc1", "hc2")
    try:
        assert [reaches(storage, "hc1", name) for name in ("hc2", "hc2-storage", "hc3", "hc3-storage")] == [
            False,
            False,
            True,
            True,
        ]
    finally:
        faults.mend(storage)


def test_a_link_that_a_host_does_not_have_is_named(storage: Lab) -> None:
    with pytest.raises(UsageError, match="hc1 has no link 'host7'") as refused:
        faults.cut(storage, "hc1/host7")
    assert refused.value.hint == "It has host0, storage0."


def test_both_links_are_there_after_a_reboot(storage: Lab) -> None:
    storage.reboot("hc3")
    assert storage.wait_running("hc3") == "running"
    assert reaches(storage, "hc1", "hc3-storage")
    assert reaches(storage, "hc1", "hc3")


def test_a_lab_that_is_up_is_not_taken_for_one_that_is_wired_otherwise(storage: Lab) -> None:
    with pytest.raises(Conflict, match="wired as 'storage'"):
        storage.up(kind=Containers())


@pytest.mark.parametrize("name", ["ipv6", "dual"])
def test_hosts_have_ipv6_alone_or_too(name: str) -> None:
    with wired(name) as lab:
        for host in HOSTS:
            found = [held.text for held in links.held(lab.host(host), "host0")]
            both = [f"{places.HOST_ADDRESSES[host]}/24", f"{places.HOST_ADDRESSES6[host]}/64"]
            assert found == (both[1:] if name == "ipv6" else both)
            assert lab.exec("hc1", "host", places.HOST_ADDRESSES6[host]).out.rstrip().endswith(f"pointer {host}.hc.test.")
            said = lab.exec("hc1", "ssh", "-6", "-o", "BatchMode=yes", places.fqdn(host), "hostname").out.strip()
            assert said == places.fqdn(host)
        route = links.default_route(lab.host("hc1"))
        assert route and route.gateway == (places.GATEWAY6 if name == "ipv6" else places.GATEWAY)
        assert links.answers_ping(lab.host("hc1"), places.GATEWAY6)
        assert resolver.only_ipv6(lab.host("hc1"), "hc2.hc.test") is (name == "ipv6")
        answers = interviewed(lab, **GIVEN).answers
        assert (answers[keys.BRIDGE_NIC], answers[keys.GATEWAY]) == ("host0", route.gateway)
        unwell = {check for check, said in findings(lab, **GIVEN).items() if said.severity != "ok"}
        # cloud-init's DHCP is that of IPv4; a single card has one of two addresses.
        assert unwell == ({"network.dhcp"} if name == "ipv6" else {"network.fqdn-resolves"})
        assert json.loads(lab.exec("hc1", "ip", "-j", "-4", "route").out or "[]") == [] or name == "dual"


@pytest.mark.parametrize("name", ["bond", "vlan"])
def test_what_only_a_kernel_of_its_own_makes_is_refused_for_a_container(name: str) -> None:
    with pytest.raises(UsageError, match=f"containers are not wired as '{name}'") as refused:
        kind_of("container", network=name)
    assert "--kernel own" in refused.value.hint
    assert kind_of("own", network=name).topology.name == name


def test_a_wiring_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="not wired as 'ring'"):
        kind_of("own", network="ring")
