"""The bridge's files carry over every setting: addresses to the bridge, what is stacked on the link stays with the port."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host import networkd

STATIC = """\
# /etc/systemd/network/10-eno1.network
[Match]
MACAddress=52:54:00:00:00:01

[Link]
MTUBytes=9000
RequiredForOnline=routable

[Network]
Address=192.0.2.11/24
Gateway=192.0.2.1
DNS=192.0.2.1
DNS=192.0.2.2
VLAN=eno1.20
LLDP=yes

[Route]
Destination=198.51.100.0/24
Gateway=192.0.2.254

# /etc/systemd/network/10-eno1.network.d/more.conf
[Network]
Domains=example.com \\
  lab.example.com
"""


def section(text: str, name: str) -> list[tuple[str, str]]:
    return [pair for found in networkd.parse(text) if found.name == name for pair in found.settings]


@pytest.fixture
def files() -> networkd.BridgeFiles:
    return networkd.bridge_files("ovirtmgmt", "eno1", "52:54:00:00:00:01", STATIC)


def test_the_bridge_gets_addresses_routes_and_names(files: networkd.BridgeFiles) -> None:
    text = files.network[1]
    assert section(text, "Match") == [("Name", "ovirtmgmt")]
    assert section(text, "Network") == [
        ("Address", "192.0.2.11/24"),
        ("Gateway", "192.0.2.1"),
        ("DNS", "192.0.2.1"),
        ("DNS", "192.0.2.2"),
        ("Domains", "example.com  lab.example.com"),
    ]
    assert section(text, "Route") == [("Destination", "198.51.100.0/24"), ("Gateway", "192.0.2.254")]
    assert section(text, "Link") == [("RequiredForOnline", "routable")]


def test_the_port_keeps_its_mtu_and_vlans_and_takes_no_address(files: networkd.BridgeFiles) -> None:
    text = files.port[1]
    assert section(text, "Match") == [("Name", "eno1")]
    assert section(text, "Link") == [("MTUBytes", "9000")]
    assert section(text, "Network") == [
        ("VLAN", "eno1.20"),
        ("LLDP", "yes"),
        ("Bridge", "ovirtmgmt"),
        ("LinkLocalAddressing", "no"),
        ("IPv6AcceptRA", "no"),
    ]


def test_the_bridge_has_the_interfaces_mac_and_forwards_at_once(files: networkd.BridgeFiles) -> None:
    assert section(files.netdev[1], "NetDev") == [("Name", "ovirtmgmt"), ("Kind", "bridge"), ("MACAddress", "52:54:00:00:00:01")]
    assert section(files.netdev[1], "Bridge") == [("STP", "no"), ("ForwardDelaySec", "0")]


def test_our_files_come_before_those_of_distributions_and_operators() -> None:
    ours = networkd.file_names("ovirtmgmt")
    assert max(ours) < min("10-eno1.network", "10-netplan-eno1.network", "50-dhcp.network", "80-container-host0.network")


def test_a_dhcp_client_keeps_its_identity() -> None:
    text = networkd.bridge_files("br", "eno1", "52:54:00:00:00:01", "[Network]\nDHCP=yes\n", iaid=305419896).network[1]
    assert section(text, "DHCPv4") == [("IAID", "305419896")]


@pytest.mark.parametrize("own", ["[DHCPv4]\nIAID=7\n", "[DHCPv4]\nClientIdentifier=mac\n"])
def test_a_dhcp_client_that_was_given_an_identity_keeps_that(own: str) -> None:
    text = networkd.bridge_files("br", "eno1", "52:54:00:00:00:01", "[Network]\nDHCP=yes\n" + own, iaid=1).network[1]
    assert ("IAID", "1") not in section(text, "DHCPv4")


def test_an_interface_that_is_a_port_already_is_refused() -> None:
    with pytest.raises(FormatError, match="Bridge=br0"):
        networkd.bridge_files("ovirtmgmt", "eno1", "52:54:00:00:00:01", "[Network]\nBridge=br0\n")


def test_an_empty_value_clears_what_stood_before() -> None:
    (found,) = networkd.parse("[Network]\nDNS=192.0.2.1\nDNS=\nDNS=192.0.2.2\n")
    assert found.values("DNS") == ["192.0.2.2"]


def test_a_line_that_is_no_setting_is_named_by_its_number() -> None:
    with pytest.raises(FormatError, match="line 2"):
        networkd.parse("[Network]\nnonsense\n")


WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\[]=#;"), min_size=1, max_size=12)
SECTIONS = st.lists(st.tuples(WORD, st.lists(st.tuples(WORD, WORD), min_size=1, max_size=4)), max_size=4)


@given(SECTIONS)
def test_what_is_written_is_read_back(sections: list[tuple[str, list[tuple[str, str]]]]) -> None:
    wanted = tuple(networkd.Section(name, tuple(settings)) for name, settings in sections)
    assert networkd.parse(networkd.write(wanted)) == wanted


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        networkd.parse(text)
    except FormatError:
        pass
