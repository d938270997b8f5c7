"""What `ip -j` printed on real machines is read as what it was; anything else is an error, never a guess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host import ip_json
from ovirt_hc_setup.model.nic import NicKind
from ovirt_hc_setup.plugins.network.management_bridge import why_not

GOLDEN = Path(__file__).parents[2] / "golden" / "network"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["ifname", "addr_info", "linkinfo", "dst", "local", "via"]), inner)
    ),
    max_leaves=12,
)


def recorded(name: str) -> str:
    return (GOLDEN / name).read_text()


def link(name: str, **more: Any) -> dict[str, Any]:
    return {"ifname": name, "link_type": "ether", "flags": ["UP", "LOWER_UP"], "mtu": 1500, "addr_info": [], **more}


def address(local: str, prefix: int, **more: Any) -> dict[str, Any]:
    return {"family": "inet", "local": local, "prefixlen": prefix, "scope": "global", **more}


def test_a_hosts_links_are_read_with_kind_master_and_ports() -> None:
    found = {nic.name: nic for nic in ip_json.nics(recorded("many-links.json"))}
    assert {name: nic.kind for name, nic in found.items()} == {
        "lo": NicKind.LOOPBACK, "host0": NicKind.VETH, "br9": NicKind.BRIDGE, "va": NicKind.VETH, "vb": NicKind.VETH,
        "t0": NicKind.OTHER, "vx": NicKind.OTHER,
    }  # fmt: skip
    assert found["host0"].addresses == ("10.90.0.13/24",)
    assert set(found["br9"].ports) == {"va", "t0"}
    assert found["va"].master == "br9"


def test_only_the_link_with_the_address_is_offered() -> None:
    offered = [nic.name for nic in ip_json.nics(recorded("many-links.json")) if not nic.why_not]
    assert offered == ["host0"]


def test_a_virtual_machines_links_are_read() -> None:
    found = ip_json.nics(recorded("virtual-machine.json"))
    assert found[0].name == "lo"
    assert all(nic.why_not for nic in found if nic.kind in (NicKind.LOOPBACK, NicKind.OTHER))


def test_bonds_and_vlans_are_read() -> None:
    text = json.dumps(
        [
            link("eno1", master="bond0", address="52:54:00:00:00:01"),
            link("eno2", master="bond0", address="52:54:00:00:00:01"),
            bond("bond0", "802.3ad"),
            vlan("bond0.20", "bond0", 20),
        ]
    )
    found = {nic.name: nic for nic in ip_json.nics(text)}
    assert (found["bond0"].kind, found["bond0"].mode, found["bond0"].ports) == (NicKind.BOND, "802.3ad", ("eno1", "eno2"))
    assert (found["bond0.20"].kind, found["bond0.20"].vlan, found["bond0.20"].parent) == (NicKind.VLAN, 20, "bond0")
    assert [nic.name for nic in found.values() if not nic.why_not] == ["bond0.20"]


HELD = {"addr_info": [address("192.0.2.5", 24)]}


def bond(name: str, mode: str, **more: Any) -> dict[str, Any]:
    return link(name, linkinfo={"info_kind": "bond", "info_data": {"mode": mode}}, **more)


def vlan(name: str, parent: str, number: int) -> dict[str, Any]:
    return link(name, link=parent, linkinfo={"info_kind": "vlan", "info_data": {"id": number}}, **HELD)


def of_kind(name: str, kind: str) -> dict[str, Any]:
    return link(name, linkinfo={"info_kind": kind}, **HELD)


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "a bond of mode balance-rr": (bond("bond0", "balance-rr", **HELD), "mode balance-rr"),
    "a bond of mode balance-tlb": (bond("bond0", "balance-tlb", **HELD), "mode balance-tlb"),
    "a bond of mode balance-alb": (bond("bond0", "balance-alb", **HELD), "mode balance-alb"),
    "a bond of another name": (bond("lag0", "802.3ad", **HELD), "called lag0"),
    "a team": (of_kind("team0", "team"), "team device"),
    "a port of Open vSwitch": (of_kind("br-int", "openvswitch"), "Open vSwitch"),
    "what is plugged into Open vSwitch": (link("eno1", master="ovs-system", **HELD), "port of ovs-system"),
    "a port of a bond": (link("eno1", master="bond0", **HELD), "port of bond0"),
    "a bridge": (of_kind("br0", "bridge"), "bridge"),
    "a dummy": (of_kind("dummy0", "dummy"), "dummy"),
    "a VM's own interface": (of_kind("vnet0", "tun"), "TAP"),
    "macvlan": (of_kind("mv0", "macvlan"), "macvlan"),
    "WireGuard": ({**of_kind("wg0", "wireguard"), "link_type": "none"}, "tunnel"),
    "GRE": ({**of_kind("gre1", "gre"), "link_type": "gre"}, "tunnel"),
    "a tunnel without a kind": ({**link("sit0", **HELD), "link_type": "sit"}, "tunnel"),
    "InfiniBand": ({**link("ib0", **HELD), "link_type": "infiniband"}, "InfiniBand"),
    "loopback": ({**link("lo", **HELD), "link_type": "loopback"}, "loopback"),
    "a VLAN of another name": (vlan("vlan20", "eno9", 20), "here eno9.20"),
    "a VLAN with the id of another": (vlan("eno9.30", "eno9", 20), "here eno9.20"),
    "a VLAN on a team": (vlan("team9.20", "team9", 20), "team device"),
    "a VLAN on a bond of a bad mode": (vlan("bond9.20", "bond9", 20), "mode balance-alb"),
    "something unheard of": (of_kind("x0", "quux"), "a quux"),
}
BESIDE = [
    link("eno7", master="bond0"), link("eno8", master="bond9"), link("eno9"), link("eno6", master="lag0"),
    bond("bond9", "balance-alb"), of_kind("team9", "team"),
]  # fmt: skip


@pytest.mark.parametrize("what", UNFIT)
def test_a_link_that_no_bridge_must_stand_on_says_why(what: str) -> None:
    entry, said = UNFIT[what]
    found = {nic.name: nic for nic in ip_json.nics(json.dumps([entry, *BESIDE]))}
    assert said in found[entry["ifname"]].why_not


@pytest.mark.parametrize("mode", ["active-backup", "balance-xor", "broadcast", "802.3ad"])
def test_a_bond_of_a_mode_that_vms_can_be_behind_is_offered_and_so_is_its_vlan(mode: str) -> None:
    text = json.dumps([bond("bond0", mode, **HELD), vlan("bond0.20", "bond0", 20), *BESIDE])
    assert {nic.name for nic in ip_json.nics(text) if nic.addresses and not nic.why_not} == {"bond0", "bond0.20"}


def test_a_vm_in_the_bridge_is_not_the_link_that_carries_it() -> None:
    in_bridge = [link("eno1", master="ovirtmgmt"), {**of_kind("vnet0", "tun"), "master": "ovirtmgmt"}]
    found = {nic.name: why_not(nic, "ovirtmgmt") for nic in ip_json.nics(json.dumps(in_bridge))}
    assert found["eno1"] == ""
    assert "TAP" in found["vnet0"]


def test_link_local_and_temporary_addresses_do_not_count() -> None:
    entries = [
        address("fe80::1", 64, scope="link"),
        address("2001:db8::9", 64, temporary=True),
        address("2001:db8::1", 64, dynamic=True),
    ]
    held = ip_json.addresses(json.dumps([link("eno1", addr_info=entries)]), "eno1")
    assert [(found.text, found.dynamic) for found in held] == [("2001:db8::1/64", True)]


def test_routes_are_read_each_next_hop_for_itself() -> None:
    found = ip_json.routes(recorded("routes.json"))
    default = found[0]
    assert (default.destination, default.gateway, default.device) == ("default", "10.90.0.1", "host0")
    assert [route.gateway for route in found if route.destination == "10.99.0.0/16"] == ["10.90.0.1", "10.90.0.12"]
    assert [route.metric for route in found if route.destination == "10.98.0.0/16"] == [50]


@pytest.mark.parametrize("text", ["", "[]", "[{}]", recorded("routes6.json")])
def test_an_empty_table_has_no_routes(text: str) -> None:
    assert ip_json.routes(text) == ()


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_a_format_error(text: str) -> None:
    for read in (ip_json.nics, ip_json.routes):
        try:
            read(text)
        except FormatError as error:
            assert "ip -j" in error.message
