"""What a host's network is set up with: files of systemd-networkd as an operator writes them, and the name server.

A bond looks for its gateway by ARP: the cards of hosts with kernels of their own never lose their carrier, so a cable that is
cut outside would not be noticed by it.
"""

from __future__ import annotations

from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.topologies import BOND, HOST_LINK, SECOND_LINK, STORAGE, Topology

_FOLDER = "/etc/systemd/network"
_BOND_NETDEV = f"""\
[NetDev]
Name={BOND}
Kind=bond

[Bond]
Mode=active-backup
ARPIntervalSec=2
ARPIPTargets={places.GATEWAY}
"""
_BOND_PORTS = f"[Match]\nName={HOST_LINK} {SECOND_LINK}\n\n[Network]\nBond={BOND}\n"

# Debian's own without its comments, and with the one line that GlusterFS needs where there is no IPv4.
_GLUSTERD = """\
volume management
    type mgmt/glusterd
    option working-directory /var/lib/glusterd
    option transport-type socket
    option transport.address-family inet6
    option transport.socket.keepalive-time 10
    option transport.socket.keepalive-interval 2
    option transport.socket.read-fail-log off
    option transport.socket.listen-port 24007
    option ping-timeout 0
    option event-threads 1
    option max-port  60999
end-volume
"""


def network_files(topology: Topology, host: str) -> dict[str, str]:
    """The files of a host, by their paths: fixed addresses, as most oVirt hosts have."""
    files = {f"10-{topology.top}.network": _top(topology, host)}
    if topology.stacked:
        files |= {f"10-{BOND}.netdev": _BOND_NETDEV, f"10-{BOND}-ports.network": _BOND_PORTS}
    if topology.vlan is not None:
        files[f"10-{topology.top}.netdev"] = f"[NetDev]\nName={topology.top}\nKind=vlan\n\n[VLAN]\nId={topology.vlan}\n"
        files[f"10-{BOND}.network"] = f"[Match]\nName={BOND}\n\n[Network]\nVLAN={topology.top}\n{_no_own(ipv6=False)}"
    for link in topology.links:
        if link.network == STORAGE:
            files[f"20-{link.name}.network"] = _storage(link.name, host)
    other = {} if topology.ipv4 else {"/etc/glusterfs/glusterd.vol": _GLUSTERD}
    return {**{f"{_FOLDER}/{name}": text for name, text in files.items()}, **other}


def resolver_config(topology: Topology) -> str:
    """resolv.conf: no resolver service, the gateway is the only server."""
    return f"search {places.ZONE}\nnameserver {topology.gateway}\n"


def _top(topology: Topology, host: str) -> str:
    lines = [f"[Match]\nName={topology.top}\n\n[Network]"]
    if topology.ipv4:
        lines += [f"Address={places.HOST_ADDRESSES[host]}/{places.PREFIX}", f"Gateway={places.GATEWAY}"]
    if topology.ipv6:
        lines += [f"Address={places.HOST_ADDRESSES6[host]}/{places.PREFIX6}", f"Gateway={places.GATEWAY6}"]
    lines += [f"DNS={topology.gateway}", f"Domains={places.ZONE}"]
    return "\n".join(lines) + "\n" + _no_own(ipv6=topology.ipv6)


def _storage(link: str, host: str) -> str:
    address = f"{places.STORAGE_ADDRESSES[host]}/{places.PREFIX}"
    return f"[Match]\nName={link}\n\n[Network]\nAddress={address}\n{_no_own(ipv6=False)}"


def _no_own(*, ipv6: bool) -> str:
    """No address that nobody wrote down, but for IPv6's own of the link, without which there is no IPv6."""
    return f"LinkLocalAddressing={'ipv6' if ipv6 else 'no'}\nIPv6AcceptRA=no\n"
