"""The nouns of the network take what a machine can have, and say what is wrong with anything else."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.dns_servers import DnsServers
from ovirt_hc_setup.model.fqdn import Fqdn, HostName
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.link_name import BridgeName, LinkName
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.nic import Nic, NicKind

NOUNS = (BridgeName, Cidr, DnsServers, Fqdn, HostName, Ip, LinkName, MacAddress)


@pytest.mark.parametrize("noun", NOUNS)
@given(text=st.text(max_size=40))
def test_any_text_is_a_value_that_comes_back_or_is_refused_with_a_remedy(noun: type[Fqdn], text: str) -> None:
    try:
        value = noun.parse(text)
    except ValueRefused as refused:
        assert refused.hint
    else:
        assert noun.parse(str(value)) == value


def test_a_mac_is_written_one_way() -> None:
    assert str(MacAddress.parse(" 00-16-3E-5A-00-64 ")) == "00:16:3e:5a:00:64"


@pytest.mark.parametrize("text", ["01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"])
def test_a_multicast_mac_is_called_that(text: str) -> None:
    with pytest.raises(ValueRefused, match="multicast"):
        MacAddress.parse(text)


@pytest.mark.parametrize("text", ["", "00:16:3e:5a:00", "00:16:3e:5a:00:64:77", "00:16:3e:5a:00:6g", "00:00:00:00:00:00"])
def test_what_is_no_mac_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        MacAddress.parse(text)


def test_drawn_macs_differ_and_lie_in_the_range_for_virtual_machines() -> None:
    drawn = {str(MacAddress.draw()) for _ in range(200)}
    assert len(drawn) > 190
    assert all(text.startswith("00:16:3e:") and int(text[9:11], 16) < 0x80 for text in drawn)


def test_a_name_has_a_short_part_and_a_domain() -> None:
    name = Fqdn.parse("Engine.Example.COM.")
    assert (str(name), name.short, name.domain) == ("engine.example.com", "engine", "example.com")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("192.0.2.1", "address"),
        ("2001:db8::1", "address"),
        ("engine", "no domain"),
        ("", "empty"),
        ("localhost.localdomain", "the local host"),
        ("-engine.example.com", "hyphen"),
        ("engine..example.com", "host name"),
        ("engine_1.example.com", "engine_1"),
        ("a" * 64 + ".example.com", "63"),
        (".".join(["a" * 63] * 5), "253"),
        ("engine.example.42", "number"),
    ],
)
def test_what_is_no_full_name_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueRefused, match=said):
        Fqdn.parse(text)


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1", "::1", "fe80::1%eth0", "1.2.3", "01.2.3.4"]
)
def test_what_no_machine_can_have_is_no_address(text: str) -> None:
    with pytest.raises(ValueRefused):
        Ip.parse(text)


def test_a_static_address_knows_its_network() -> None:
    address = Cidr.parse("192.0.2.50/255.255.255.0")
    assert (str(address), str(address.ip), address.prefix) == ("192.0.2.50/24", "192.0.2.50", 24)
    assert address.holds(Ip("192.0.2.1"))
    assert not address.holds(Ip("198.51.100.1"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("192.0.2.50/", "prefix"),
        ("192.0.2.0/24", "itself"),
        ("192.0.2.255/24", "broadcast"),
        ("192.0.2.50/33", "prefix"),
        ("x/24", "x/24"),
    ],
)
def test_an_impossible_static_address_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueRefused, match=said):
        Cidr.parse(text)


def test_an_address_alone_is_whole_once_its_network_is_known_and_goes_through_no_gateway_before() -> None:
    bare = Cidr.parse("192.0.2.50")
    assert not bare.whole
    with pytest.raises(ValueRefused, match="has no prefix length"):
        bare.check_gateway(Ip("192.0.2.1"))
    assert bare.within(ipaddress.ip_interface("198.51.100.7/24")) == bare
    assert bare.within(ipaddress.ip_interface("2001:db8::1/64")) == bare
    assert str(bare.within(ipaddress.ip_interface("192.0.2.7/25"))) == "192.0.2.50/25"
    assert Cidr.parse("192.0.2.50/30").within(ipaddress.ip_interface("192.0.2.7/25")).prefix == 30


@given(st.integers(2**24, 2**32 - 1), st.integers(1, 30))
def test_every_address_of_a_network_but_its_first_and_last_is_taken(number: int, prefix: int) -> None:
    interface = ipaddress.IPv4Interface((number, prefix))
    ends = (interface.network.network_address, interface.network.broadcast_address)
    usable = interface.ip not in ends and not (interface.ip.is_multicast or interface.ip.is_loopback)
    try:
        Cidr.parse(str(interface))
    except ValueRefused:
        assert not usable
    else:
        assert usable


@pytest.mark.parametrize(("gateway", "said"), [("198.51.100.1", "outside"), ("192.0.2.50", "own"), ("2001:db8::1", "versions")])
def test_a_gateway_that_cannot_be_reached_is_refused(gateway: str, said: str) -> None:
    with pytest.raises(ValueRefused, match=said):
        Cidr.parse("192.0.2.50/24").check_gateway(Ip(gateway))


def test_three_name_servers_are_taken_and_a_fourth_is_refused() -> None:
    assert [str(ip) for ip in DnsServers.parse("192.0.2.1, 192.0.2.2 2001:db8::1").servers] == [
        "192.0.2.1",
        "192.0.2.2",
        "2001:db8::1",
    ]
    with pytest.raises(ValueRefused, match="4 name servers"):
        DnsServers.parse("192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4")


@pytest.mark.parametrize("text", ["ovirtmgmt_too_long", "a b", "a/b", "a;b", "", "..", "all", "-x"])
def test_a_link_name_that_a_kernel_or_a_shell_would_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        LinkName.parse(text)


@pytest.mark.parametrize(
    ("nic", "reason"),
    [
        (Nic(name="eno1", addresses=("192.0.2.1/24",)), ""),
        (Nic(name="bond0", kind=NicKind.BOND, ports=("eno1",), addresses=("192.0.2.1/24",)), ""),
        (Nic(name="bond0", kind=NicKind.BOND, addresses=("192.0.2.1/24",)), "bond without ports"),
        (Nic(name="eno1", master="bond0"), "port of bond0"),
        (Nic(name="eno1", up=False), "no link"),
        (Nic(name="eno1"), "no address"),
        (Nic(name="virbr0", kind=NicKind.BRIDGE, kind_name="bridge", addresses=("192.0.2.1/24",)), "a bridge"),
        (Nic(name="tun0", kind=NicKind.OTHER, kind_name="tun", addresses=("192.0.2.1/24",)), "a TUN"),
    ],
)
def test_an_interface_says_why_no_bridge_can_be_made_over_it(nic: Nic, reason: str) -> None:
    assert (reason in nic.why_not) if reason else nic.why_not == ""


def test_a_choice_shows_addresses_speed_and_what_a_bond_is_made_of() -> None:
    bond = Nic(name="bond0", kind=NicKind.BOND, ports=("eno1", "eno2"), addresses=("192.0.2.1/24",), speed=20000)
    assert bond.detail == "192.0.2.1/24, 20 Gbit/s, bond of eno1, eno2"


@pytest.mark.parametrize("text", ["br.mgmt", "br:0", "lo", "-br", "a" * 16, "br@0", "bond0", "bonding_masters", "all", "", "b r"])
def test_what_vdsm_does_not_take_is_no_name_of_a_bridge(text: str) -> None:
    with pytest.raises(ValueRefused):
        BridgeName.parse(text)


@pytest.mark.parametrize("text", ["ovirtmgmt", "rhevm", "br0", "br-mgmt", "on_fifteen_char"])
def test_the_usual_names_of_bridges_are_taken(text: str) -> None:
    assert str(BridgeName.parse(text)) == text
