"""A bridge over an interface that has its address by DHCP: to the DHCP server the bridge is who the interface was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.resources.bridge import Bridge
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

CLIENT, SERVER = "hc3", "hc2"
# `brd` is also a word of ip(8)'s own.
WANTED = Bridge(name="bridge", bridge="brd", nic="dh0", gateway="10.95.0.1", way_back_after=20)
FILES = {
    CLIENT: "[Match]\nName=dh0\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
    "[DHCPv4]\nUseRoutes=no\nUseDNS=no\n",
    SERVER: "[Match]\nName=dh1\n[Network]\nAddress=10.95.0.1/24\nDHCPServer=yes\nLinkLocalAddressing=no\n"
    "[DHCPServer]\nPoolOffset=100\nPoolSize=50\n",
}
PATH = "/run/systemd/network/20-dhcp-test.network"


def address(lab: Lab, device: str) -> str:
    words = lab.exec(CLIENT, "ip", "-br", "-4", "address", "show", "dev", device).out.split()
    return words[2] if len(words) > 2 else ""


@pytest.fixture
def leased(lab: Lab) -> Iterator[str]:
    """The address that dh0 of one host has from a DHCP server on another one."""
    for host, text in FILES.items():
        lab.exec(host, "sh", "-c", f"mkdir -p $(dirname {PATH}); cat >{PATH}; networkctl reload", stdin=text.encode())
    lab.exec(CLIENT, "ip", "link", "add", "dh0", "type", "veth", "peer", "dh1")
    here, there = (str(lab.host(name).init.pid) for name in (CLIENT, SERVER))
    subprocess.run(["nsenter", "-t", here, "-n", "ip", "link", "set", "dev", "dh1", "netns", there], check=True)
    try:
        wait_for("a lease", 60, lambda: bool(address(lab, "dh0")), poll=0.5)
        yield address(lab, "dh0")
    finally:
        lab.exec(CLIENT, "ip", "link", "delete", "dev", "dh0")
        for host in FILES:
            lab.exec(host, "sh", "-c", f"rm -f {PATH}; networkctl reload")


def test_the_address_stays_the_same_on_the_bridge_and_back(lab: Lab, leased: str) -> None:
    run = InHost(lab, CLIENT, WANTED)
    run.apply()
    assert address(lab, "brd") == leased
    run.undo()
    assert address(lab, "dh0") == leased
    assert "brd" not in lab.exec(CLIENT, "ls", "/sys/class/net").out.split()
