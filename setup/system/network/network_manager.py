"""Which program manages an interface, and what can be done about it."""

from __future__ import annotations

from enum import Enum

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.system.network import networkd_files


class Manager(Enum):
    """Who sets an interface up, now and after a reboot. NONE: somebody typed `ip`, and a reboot forgets it."""

    NETWORKD = "systemd-networkd"
    NETWORK_MANAGER = "NetworkManager"
    IFUPDOWN = "ifupdown"
    NONE = "nothing"


def manager_of(host: Host, nic: str) -> Manager:
    """Who manages an interface of this host."""
    if networkd_files.managed(host, nic) is not None:
        return Manager.NETWORKD
    if _by_network_manager(host, nic):
        return Manager.NETWORK_MANAGER
    if _by_ifupdown(host, nic):
        return Manager.IFUPDOWN
    return Manager.NONE


def _by_network_manager(host: Host, nic: str) -> bool:
    script = 'command -v nmcli >/dev/null && nmcli -g GENERAL.STATE device show -- "$1"'
    outcome = host.run("sh", "-c", script, "-", nic, check=False)
    # States of NetworkManager's D-Bus interface: 10 is unmanaged, 20 unavailable, 100 activated.
    number = outcome.out.split(" ")[0].strip()
    return outcome.ok and number.isdigit() and int(number) > 10


def _by_ifupdown(host: Host, nic: str) -> bool:
    script = 'command -v ifquery >/dev/null && ifquery -- "$1"'
    return host.run("sh", "-c", script, "-", nic, check=False).ok


def why_no_bridge(manager: Manager, nic: str) -> tuple[str, str] | None:
    """Reason and remedy when a bridge over `nic` cannot be made in a way that takes itself back; None when it can."""
    if manager in (Manager.NETWORKD, Manager.NETWORK_MANAGER):
        return None
    remedy = (
        f"Let systemd-networkd manage {nic} (a file in /etc/systemd/network, `systemctl enable --now systemd-networkd`), "
        "or create the bridge yourself: an existing one with the interface in it is used as it is."
    )
    if manager is Manager.IFUPDOWN:
        return f"{nic} is managed by ifupdown, which cannot roll back a change by itself", remedy
    return f"{nic} is managed by no service that would restore the bridge after a reboot", remedy
