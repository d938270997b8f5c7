"""The documents for nmstate: a bridge with the interface's settings, and the way back. That NetworkManager takes them could not
be tried here: see docs/lab-limits.md."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host import nmstate

IPV4 = {"enabled": True, "dhcp": False, "address": [{"ip": "192.0.2.11", "prefix-length": 24}]}
IPV6 = {"enabled": True, "dhcp": False, "autoconf": False, "address": [{"ip": "2001:db8::11", "prefix-length": 64}]}
DEFAULT = {
    "destination": "0.0.0.0/0", "next-hop-interface": "eno1", "next-hop-address": "192.0.2.1", "metric": 100, "table-id": 254,
}  # fmt: skip
OTHER = {"destination": "198.51.100.0/24", "next-hop-interface": "eno2", "next-hop-address": "203.0.113.1"}
SHOWN: dict[str, Any] = {
    "interfaces": [
        {
            "name": "eno1",
            "type": "ethernet",
            "state": "up",
            "mac-address": "52:54:00:00:00:01",
            "mtu": 9000,
            "ipv4": IPV4,
            "ipv6": IPV6,
        },
        {"name": "eno2", "type": "ethernet", "state": "up", "ipv4": {"enabled": False}},
    ],
    "routes": {"config": [DEFAULT, OTHER], "running": []},
}


def test_the_bridge_takes_mac_addresses_and_routes_of_the_interface() -> None:
    state = yaml.safe_load(nmstate.with_bridge(SHOWN, "ovirtmgmt", "eno1"))
    bridge, port = state["interfaces"]
    assert (bridge["name"], bridge["type"], bridge["state"]) == ("ovirtmgmt", "linux-bridge", "up")
    assert bridge["mac-address"] == "52:54:00:00:00:01"
    assert (bridge["ipv4"], bridge["ipv6"]) == (IPV4, IPV6)
    assert bridge["bridge"] == {"options": {"stp": {"enabled": False}}, "port": [{"name": "eno1"}]}
    assert port["ipv4"] == port["ipv6"] == {"enabled": False}
    assert state["routes"]["config"] == [
        {"state": "absent", "next-hop-interface": "eno1"},
        {**DEFAULT, "next-hop-interface": "ovirtmgmt"},
    ]


def test_nothing_else_is_touched() -> None:
    for text in (nmstate.with_bridge(SHOWN, "ovirtmgmt", "eno1"), nmstate.without_bridge(SHOWN, "ovirtmgmt", "eno1")):
        assert "eno2" not in text


def test_the_way_back_is_the_interface_as_it_was() -> None:
    state = yaml.safe_load(nmstate.without_bridge(SHOWN, "ovirtmgmt", "eno1"))
    gone, port = state["interfaces"]
    assert gone == {"name": "ovirtmgmt", "type": "linux-bridge", "state": "absent"}
    assert (port["ipv4"], port["ipv6"], port["mtu"], port["state"]) == (IPV4, IPV6, 9000, "up")
    assert state["routes"]["config"] == [DEFAULT]


def test_an_interface_that_is_not_shown_is_refused() -> None:
    with pytest.raises(FormatError, match="eno9"):
        nmstate.with_bridge(SHOWN, "ovirtmgmt", "eno9")


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"interfaces": 3}'])
def test_what_nmstatectl_never_prints_is_a_format_error(text: str) -> None:
    with pytest.raises(FormatError):
        nmstate.read(text)
