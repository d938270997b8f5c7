"""The lab's network: a bridge with the gateway's address on it, and a dnsmasq that knows all names and addresses."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.processes import processes

HOST_LINK = "host0"  # what systemd-nspawn calls a container's end of its link


def dnsmasq_config(leases: Path) -> str:
    """Names and addresses both ways for the zone, nothing from anywhere else, one reservation for the engine's MAC."""
    names = {places.fqdn(host): address for host, address in places.HOST_ADDRESSES.items()}
    names[places.ENGINE_FQDN] = places.ENGINE_ADDRESS
    reverse = ".".join(reversed(places.GATEWAY.split(".")[:3]))
    lines = [
        f"interface={places.BRIDGE}",
        "except-interface=lo",
        "bind-interfaces",
        "user=root",
        "no-resolv",
        "no-hosts",
        f"domain={places.ZONE}",
        f"local=/{places.ZONE}/",
        f"local=/{reverse}.in-addr.arpa/",
        *(f"host-record={name},{address}" for name, address in names.items()),
        f"dhcp-leasefile={leases}",
        "dhcp-authoritative",
        f"dhcp-range={places.ENGINE_ADDRESS},static",
        f"dhcp-host={places.ENGINE_MAC},{places.ENGINE_ADDRESS},engine",
        f"dhcp-option=option:router,{places.GATEWAY}",
        f"dhcp-option=option:dns-server,{places.GATEWAY}",
        f"dhcp-option=option:domain-search,{places.ZONE}",
    ]
    return "\n".join(lines) + "\n"


def host_link_config(host: str) -> str:
    """systemd-networkd's file for a host's only link: a fixed address, as most oVirt hosts have."""
    return (
        f"[Match]\nName={HOST_LINK}\n\n[Network]\nAddress={places.HOST_ADDRESSES[host]}/{places.PREFIX}\n"
        f"Gateway={places.GATEWAY}\nDNS={places.GATEWAY}\nDomains={places.ZONE}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
    )


def resolver_config() -> str:
    return f"search {places.ZONE}\nnameserver {places.GATEWAY}\n"


def ensure_network(inside: Inside, lab: places.Places) -> None:
    """Make what is missing of bridge and dnsmasq; raises CommandFailed."""
    inside.run("ip", "link", "set", "lo", "up")
    if not inside.run("ip", "link", "show", places.BRIDGE, check=False).ok:
        inside.run("ip", "link", "add", places.BRIDGE, "type", "bridge", "forward_delay", "0", "stp_state", "0")
    inside.run("ip", "address", "replace", f"{places.GATEWAY}/{places.PREFIX}", "dev", places.BRIDGE)
    inside.run("ip", "link", "set", places.BRIDGE, "up")
    _ensure_dnsmasq(inside, lab.state / "dnsmasq.conf", lab.state / "dnsmasq.leases")


def _ensure_dnsmasq(inside: Inside, config: Path, leases: Path) -> None:
    space = inside.keeper.namespace("pid")
    for found in processes():
        if found.name == "dnsmasq" and found.namespace("pid") == space:
            return
    config.write_text(dnsmasq_config(leases))
    inside.run("dnsmasq", f"--conf-file={config}", "--pid-file=")
