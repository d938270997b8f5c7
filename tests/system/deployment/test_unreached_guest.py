"""A guest that cannot be reached: each thing that can be missing is told apart."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from ovirt_hc_setup.formats.host import ip_json
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.system.deployment.unreached_guest import Signs, judged

MAC = "00:16:3e:5a:00:64"
GUEST = EngineGuest(uuid=uuid4(), fqdn=Fqdn("engine.example.com"), mac=MacAddress(MAC), bridge="ovirtmgmt")
STATIC = replace(GUEST, static=Ip("192.0.2.50"))
NAMED = (Ip("192.0.2.50"),)
UNRESOLVED = "engine.example.com does not resolve on this host: add it to DNS or to /etc/hosts"


@pytest.mark.parametrize(
    ("guest", "signs", "said"),
    [
        (
            GUEST,
            Signs(resolved=(), owners={}),
            "engine.example.com does not resolve on this host: add it to DNS or to /etc/hosts",
        ),
        (GUEST, Signs(resolved=NAMED, owners={"192.0.2.50": MAC}), ""),
        (GUEST, Signs(resolved=NAMED, owners={}, answers=True), ""),  # behind a router, where nobody's MAC is heard
        (
            GUEST,
            Signs(resolved=NAMED, owners={}),
            f"nobody on ovirtmgmt answers for 192.0.2.50: no DHCP server gives it to the MAC address {MAC}",
        ),
        (STATIC, Signs(resolved=NAMED, owners={}), "nobody on ovirtmgmt answers for 192.0.2.50: the guest has not set it"),
        (
            STATIC,
            Signs(resolved=(Ip("192.0.2.51"),), owners={}),
            "engine.example.com resolves to 192.0.2.51 on this host, and the engine VM was given 192.0.2.50",
        ),
        (
            GUEST,
            Signs(resolved=NAMED, owners={"192.0.2.50": "52:54:00:00:00:01"}, answers=True),
            "192.0.2.50 belongs to another machine, with the MAC address 52:54:00:00:00:01: the engine VM cannot have it",
        ),
        (
            GUEST,
            Signs(resolved=NAMED, owners={"192.0.2.77": MAC, "fe80::1": MAC}),
            "the engine VM has the address 192.0.2.77, and engine.example.com resolves to 192.0.2.50",
        ),
        (
            GUEST,
            Signs(resolved=NAMED, owners={}, told=("127.0.0.1", "::1", "192.0.2.78", "fe80::2")),
            "the engine VM has the address 192.0.2.78, and engine.example.com resolves to 192.0.2.50",
        ),
    ],
)
def test_what_is_missing_is_named(guest: EngineGuest, signs: Signs, said: str) -> None:
    assert judged(guest, signs) == said


def test_neighbours_are_those_that_answer() -> None:
    """As iproute2 6.1 prints them."""
    text = """[{"dst":"192.0.2.1","lladdr":"02:FC:00:00:00:05","state":["REACHABLE"]},{"dst":"192.0.2.50","state":["INCOMPLETE"]},
        {"dst":"192.0.2.51","lladdr":"02:fc:00:00:00:06","state":["FAILED"]},{"dst":"fd00::1","state":["FAILED"]}]"""
    assert ip_json.neighbours(text) == {"192.0.2.1": "02:fc:00:00:00:05"}
    assert ip_json.neighbours("") == {}
