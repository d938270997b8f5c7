"""resolv.conf(5): which name servers a host asks."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.ip import Ip


@dataclass(frozen=True)
class ResolvConf:
    """`servers` without loopback addresses (a stub on this host is none that other machines can ask), which are in `stubs`;
    `search` domains."""

    servers: tuple[Ip, ...] = ()
    stubs: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


def parse(text: str) -> ResolvConf:
    """Lines that are not understood are passed over, as the C library does; each server is given once."""
    servers: dict[Ip, None] = {}
    stubs: dict[str, None] = {}
    search: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.split()
        # A comment starts the line; the C library takes no other.
        if len(words) < 2 or words[0][0] in "#;":
            continue
        if words[0] == "nameserver":
            server = _ip(words[1])
            if server is not None:
                servers[server] = None
            elif _is_loopback(words[1]):
                stubs[words[1]] = None
        elif words[0] in ("search", "domain"):
            search = tuple(words[1:]) if words[0] == "search" else (words[1],)
    return ResolvConf(tuple(servers), tuple(stubs), search)


def _is_loopback(word: str) -> bool:
    try:
        return ipaddress.ip_address(word).is_loopback
    except ValueError:
        return False


def _ip(word: str) -> Ip | None:
    try:
        return Ip.parse(word)
    except ValueRefused:
        return None
