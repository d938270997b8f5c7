"""Interfaces, routes and name servers of a host, and whether an address answers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import ip_json, resolv_conf
from ovirt_hc_setup.formats.host.ip_json import HeldAddress, Route
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.nic import Nic, NicKind

_REPLY = re.compile(r"reply from \S+ \[([0-9A-Fa-f:]{17})\]")
_RESOLV_CONF = Path("/etc/resolv.conf")
# Behind systemd-resolved's stub the real servers stand here.
_BEHIND_STUB = Path("/run/systemd/resolve/resolv.conf")


def nics(host: Host) -> tuple[Nic, ...]:
    """Every interface, with its speed where the kernel knows one. Raises CommandFailed or FormatError."""
    found = ip_json.nics(host.run("ip", "-j", "-d", "address").out)
    return tuple(_with_sysfs(host, nic) for nic in found)


def nic(host: Host, name: str) -> Nic | None:
    """One interface by its name, None when there is no such."""
    return next((found for found in ip_json.nics(host.run("ip", "-j", "-d", "address").out) if found.name == name), None)


def held(host: Host, name: str) -> tuple[HeldAddress, ...]:
    """The addresses of global scope on an interface."""
    return ip_json.addresses(host.run("ip", "-j", "-d", "address").out, name)


def routes(host: Host) -> tuple[Route, ...]:
    """Main table, IPv4 first, then IPv6."""
    both = (ip_json.routes(host.run("ip", "-j", family, "route").out) for family in ("-4", "-6"))
    return tuple(route for family in both for route in family)


def default_route(host: Host) -> Route | None:
    """The default route that is used: the lowest metric, IPv4 before IPv6."""
    found = [route for route in routes(host) if route.destination == "default" and route.gateway]
    return min(found, key=lambda route: (":" in route.gateway, route.metric), default=None)


def name_servers(host: Host) -> tuple[Ip, ...]:
    """The servers that other machines of this network can ask too."""
    servers = resolv_conf.parse(_text(host, _RESOLV_CONF)).servers
    return servers or resolv_conf.parse(_text(host, _BEHIND_STUB)).servers


def resolvers(host: Host) -> tuple[str, ...]:
    """The servers that this host asks, in its order; those behind a stub of systemd-resolved in place of the stub."""
    own = resolv_conf.parse(_text(host, _RESOLV_CONF))
    return tuple(map(str, own.servers or resolv_conf.parse(_text(host, _BEHIND_STUB)).servers)) or own.stubs


def answers_ping(host: Host, address: str, device: str = "", tries: int = 1) -> bool:
    """Whether an address answers one of `tries` pings of a second each, sent through `device` if given."""
    through = ("-I", device) if device else ()
    argv = ("ping", "-n", "-q", "-c", "1", "-w", str(tries), *through, "--", address)
    return host.run(*argv, timeout=tries + 10.0, check=False).ok


def owner_of(host: Host, address: str, device: str) -> str:
    """The MAC of whoever on the link has an IPv4 address, asked as one who has none yet (RFC 5227); empty for nobody.

    Raises CommandFailed when arping is not installed.
    """
    outcome = host.run("arping", "-D", "-c", "2", "-w", "3", "-I", device, address, timeout=15, check=False)
    found = _REPLY.search(outcome.out)
    return found.group(1).lower() if found else ""


def answers(host: Host, address: str, device: str) -> bool:
    """Whether an address answers through a device: ping, or ARP where a firewall drops pings."""
    if answers_ping(host, address, device):
        return True
    return ":" not in address and _has_arping(host) and _answers_arp(host, address, device)


def query(host: Host, limit: int) -> bool | None:
    """Whether a name server answers a query over TCP within `limit` seconds, asked as oVirt's HA does; None without dig."""
    if not host.run("sh", "-c", "command -v dig", check=False).ok:
        return None
    return host.run("dig", "+tries=1", f"+time={limit}", "+tcp", timeout=limit + 10.0, check=False).ok


def accepts(host: Host, address: str, port: int, limit: int) -> bool:
    """Whether an address accepts a TCP connection within `limit` seconds."""
    opened = 'exec 3<>"/dev/tcp/$0/$1"'
    return host.run("timeout", str(limit), "bash", "-c", opened, address, str(port), timeout=limit + 10.0, check=False).ok


def neighbours(host: Host, device: str) -> dict[str, str]:
    """The MAC addresses that have answered on a link, by their IP addresses. Raises CommandFailed or FormatError."""
    return ip_json.neighbours(host.run("ip", "-j", "neighbour", "show", "dev", device).out)


def _answers_arp(host: Host, address: str, device: str) -> bool:
    return host.run("arping", "-q", "-c", "1", "-w", "2", "-I", device, address, timeout=15, check=False).ok


def _has_arping(host: Host) -> bool:
    return host.run("sh", "-c", "command -v arping", check=False).ok


def _with_sysfs(host: Host, nic: Nic) -> Nic:
    """With what `ip` does not print: the speed, and whether a card is a wireless one."""
    folder = Path("/sys/class/net") / nic.name
    text = _text(host, folder / "speed").strip()
    speed = int(text) if text.isdigit() else 0  # -1 or an error where the kernel does not know
    wireless = "DEVTYPE=wlan" in _text(host, folder / "uevent").split()
    below = _with_sysfs(host, nic.below) if nic.below is not None else None
    return replace(nic, speed=speed, below=below, kind=NicKind.WIRELESS if wireless else nic.kind)


def _text(host: Host, path: Path) -> str:
    try:
        return host.read(path).decode("utf-8", "replace")
    except OSError:
        return ""
