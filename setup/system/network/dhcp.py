"""Which address DHCP would give to a MAC: a DISCOVER is sent on a link, and what servers offer is read. No address is taken.

`python -m ovirt_hc_setup.system.network.dhcp LINK MAC` prints the offers, a line each: the socket has to be opened on the host
itself.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
import time

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import dhcp_message
from ovirt_hc_setup.formats.host.dhcp_message import Offer
from ovirt_hc_setup.model.mac_address import MacAddress

SECONDS = 5.0
"""Servers ping an address before they offer it: dnsmasq for 3 s."""

AFTER_FIRST = 0.5
AGAIN = 2.0
_IPV4 = 0x0800
_MOST = 65536


def offers(host: Host, link: str, mac: MacAddress) -> tuple[Offer, ...]:
    """What the DHCP servers of a link offer to `mac`; nothing when none answers. Raises CommandFailed."""
    argv = (sys.executable, "-I", "-m", "ovirt_hc_setup.system.network.dhcp", link, str(mac))
    lines = host.run(*argv, timeout=SECONDS + 15.0).out.splitlines()
    return tuple(Offer(address, server) for address, _, server in (line.partition(" ") for line in lines) if address)


def listen(link: str, mac: MacAddress) -> tuple[Offer, ...]:
    """The same, on this host. Raises OSError."""
    found: dict[Offer, None] = {}
    number = secrets.randbits(32)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_IPV4)) as port:
        port.bind((link, _IPV4))
        sender = MacAddress.parse(port.getsockname()[4].hex(":"))
        frame = dhcp_message.discover(mac, number, sender)
        until, again = time.monotonic() + SECONDS, 0.0
        while (now := time.monotonic()) < until:
            if now >= again:
                port.send(frame)
                again = now + AGAIN
            port.settimeout(max(0.01, min(until, again) - now))
            with contextlib.suppress(TimeoutError):
                if (offer := dhcp_message.offer(port.recv(_MOST), number)) is not None:
                    until = min(until, now + AFTER_FIRST) if not found else until
                    found[offer] = None
    return tuple(found)


if __name__ == "__main__":
    for one in listen(sys.argv[1], MacAddress.parse(sys.argv[2])):
        print(one.address, one.server)
