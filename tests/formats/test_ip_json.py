"""What `ip -j` printed on real machines is read as what it was; anything else is an error, never a guess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats import ip_json
from ovirt_hc_setup.model.nic import Kind

GOLDEN = Path(__file__).parent.parent / "golden" / "network"
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
        "lo": Kind.LOOPBACK, "host0": Kind.VETH, "br9": Kind.BRIDGE, "va": Kind.VETH, "vb": Kind.VETH,
        "t0": Kind.OTHER, "vx": Kind.OTHER,
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
    assert all(nic.why_not for nic in found if nic.kind in (Kind.LOOPBACK, Kind.OTHER))


def test_bonds_and_vlans_are_read() -> None:
    text = json.dumps(
        [
            link("eno1", master="bond0", address="52:54:00:00:00:01"),
            link("eno2", master="bond0", address="52:54:00:00:00:01"),
            link("bond0", linkinfo={"info_kind": "bond"}),
            link("bond0.20", link="bond0", linkinfo={"info_kind": "vlan"}, addr_info=[address("192.0.2.5", 24)]),
        ]
    )
    found = {nic.name: nic for nic in ip_json.nics(text)}
    assert (found["bond0"].kind, found["bond0"].ports) == (Kind.BOND, ("eno1", "eno2"))
    assert (found["bond0.20"].kind, found["bond0.20"].parent) == (Kind.VLAN, "bond0")
    assert [nic.name for nic in found.values() if not nic.why_not] == ["bond0.20"]


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
