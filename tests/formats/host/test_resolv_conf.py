"""resolv.conf is read as the C library reads it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.formats.host import resolv_conf


def test_servers_and_search_domains_are_found() -> None:
    text = "# made by hand\nsearch example.com lab.example.com\nnameserver 192.0.2.1\nnameserver 2001:db8::1\noptions ndots:1\n"
    found = resolv_conf.parse(text)
    assert [str(ip) for ip in found.servers] == ["192.0.2.1", "2001:db8::1"]
    assert found.search == ("example.com", "lab.example.com")


def test_a_stub_on_this_host_is_not_a_server_that_others_can_ask() -> None:
    found = resolv_conf.parse("nameserver 127.0.0.53\nnameserver ::1\n")
    assert (found.servers, found.stubs) == ((), ("127.0.0.53", "::1"))


def test_a_server_named_twice_is_one() -> None:
    assert len(resolv_conf.parse("nameserver 192.0.2.1\nnameserver 192.0.2.1\n").servers) == 1


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    resolv_conf.parse(text)
