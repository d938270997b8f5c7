"""The lab's networks: their bridges, the gateway's address on one of them, and a dnsmasq that knows all names and addresses."""

from __future__ import annotations

import hashlib
import ipaddress
from pathlib import Path

from ovirt_hc_setup.lab import places, trunk
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.processes import processes
from ovirt_hc_setup.lab.topologies import STORAGE, Topology


def dnsmasq_config(leases: Path, topology: Topology) -> str:
    """Names and addresses both ways for the zone, nothing from anywhere else, one reservation for the engine's MAC."""
    lines = [
        f"interface={places.BRIDGE}",
        "except-interface=lo",
        "bind-interfaces",
        "user=root",
        "no-resolv",
        "no-hosts",
        f"domain={places.ZONE}",
        f"local=/{places.ZONE}/",
        *_records(topology),
        f"dhcp-leasefile={leases}",
        "dhcp-authoritative",
        *(_dhcp() if topology.ipv4 else []),
        *(_dhcp6() if topology.ipv6 else []),
    ]
    return "\n".join(lines) + "\n"


def _records(topology: Topology) -> list[str]:
    records, zones = [], set()
    for name, addresses in _names(topology).items():
        records.append(f"host-record={','.join((name, *addresses))}")
        zones |= {_reverse_zone(address) for address in addresses}
    return [*(f"local=/{zone}/" for zone in sorted(zones)), *records]


def _names(topology: Topology) -> dict[str, list[str]]:
    """Every name in the lab with its addresses."""
    ways = [*([0] if topology.ipv4 else []), *([1] if topology.ipv6 else [])]
    found: dict[str, list[str]] = {}
    for host in places.EVERY_HOST:
        both = (places.HOST_ADDRESSES[host], places.HOST_ADDRESSES6[host])
        found[places.fqdn(host)] = [both[way] for way in ways]
        if any(link.network == STORAGE for link in topology.links):
            found[places.storage_fqdn(host)] = [places.STORAGE_ADDRESSES[host]]
    engine = (places.ENGINE_ADDRESS, places.ENGINE_ADDRESS6)
    return {**found, places.ENGINE_FQDN: [engine[way] for way in ways]}


def _reverse_zone(address: str) -> str:
    labels = ipaddress.ip_address(address).reverse_pointer.split(".")
    return ".".join(labels[-5:] if labels[-2] == "in-addr" else labels[-18:])  # of a network of 24 or of 64 bits


def _dhcp() -> list[str]:
    return [
        f"dhcp-range={places.ENGINE_ADDRESS},static",
        f"dhcp-host={places.ENGINE_MAC},{places.ENGINE_ADDRESS},engine",
        f"dhcp-option=option:router,{places.GATEWAY}",
        f"dhcp-option=option:dns-server,{places.GATEWAY}",
        f"dhcp-option=option:domain-search,{places.ZONE}",
    ]


def _dhcp6() -> list[str]:
    """The router says where it is and that addresses come by DHCP."""
    return [
        "enable-ra",
        f"dhcp-range={places.ENGINE_ADDRESS6},static,{places.PREFIX6}",
        f"dhcp-host={places.ENGINE_MAC},[{places.ENGINE_ADDRESS6}],engine",
        f"dhcp-option=option6:dns-server,[{places.GATEWAY6}]",
        f"dhcp-option=option6:domain-search,{places.ZONE}",
    ]


def ensure_network(inside: Inside, lab: places.Places, topology: Topology) -> None:
    """Make what is missing of bridges and dnsmasq; raises CommandFailed."""
    inside.run("ip", "link", "set", "lo", "up")
    ensure_bridge(inside, places.BRIDGE)
    if topology.ipv4:
        inside.run("ip", "address", "replace", f"{places.GATEWAY}/{places.PREFIX}", "dev", places.BRIDGE)
    if topology.ipv6:
        inside.run("ip", "address", "replace", f"{places.GATEWAY6}/{places.PREFIX6}", "dev", places.BRIDGE, "nodad")
    for link in topology.links:
        ensure_bridge(inside, topology.bridge(link.network))
    if topology.vlan is not None:
        trunk.ensure(inside, lab, topology.vlan)
    _ensure_dnsmasq(inside, lab.state / "dnsmasq.conf", dnsmasq_config(lab.state / "dnsmasq.leases", topology))


def ensure_bridge(inside: Inside, name: str) -> None:
    """A switch; raises CommandFailed."""
    if not inside.run("ip", "link", "show", name, check=False).ok:
        # A bridge without an address of its own has that of one of its ports, and another one when that host goes away: the hosts
        # that stay would send to the old one until they ask again.
        address = f"02:{hashlib.sha256(name.encode()).digest()[:5].hex(':')}"
        kind = ("type", "bridge", "forward_delay", "0", "stp_state", "0")
        inside.run("ip", "link", "add", name, "address", address, *kind)
    inside.run("ip", "link", "set", name, "up")


def _ensure_dnsmasq(inside: Inside, config: Path, text: str) -> None:
    space = inside.keeper.namespace("pid")
    for found in processes():
        if found.name == "dnsmasq" and found.namespace("pid") == space:
            return
    config.write_text(text)
    inside.run("dnsmasq", f"--conf-file={config}", "--pid-file=")
