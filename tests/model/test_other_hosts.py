"""Other hosts are written in one way, and what could be taken for something else is refused."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.other_hosts import OtherHost, OtherHosts


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("hc2", OtherHost("hc2")),
        ("root@hc2.example.com", OtherHost("hc2.example.com")),
        ("admin@hc2:2222", OtherHost("hc2", "admin", 2222)),
        ("[2001:db8::5]:2222", OtherHost("2001:db8::5", "root", 2222)),
        ("[2001:db8::5]", OtherHost("2001:db8::5")),
        ("[2001:DB8:0::5]", OtherHost("2001:db8::5")),
        ("hc_2.Example.com", OtherHost("hc_2.example.com")),
    ],
)
def test_each_form_is_read_and_written_back(text: str, parsed: OtherHost) -> None:
    assert OtherHost.parse(text) == parsed
    assert OtherHost.parse(str(parsed)) == parsed


@pytest.mark.parametrize("text", ["", "-oProxyCommand=id", "a b", "hc2:0", "hc2:99999", "hc2;id", "@hc2", "2001:db8::5", "[:::]"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        OtherHost.parse(text)


def test_several_are_separated_by_commas_and_named_once() -> None:
    assert str(OtherHosts.parse("hc2, hc3:22 ,admin@hc4")) == "hc2,hc3,admin@hc4"
    with pytest.raises(ValueRefused, match="hc2 is named twice"):
        OtherHosts.parse("hc2,root@HC2")
