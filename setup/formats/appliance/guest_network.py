"""The engine VM's static address, set in the guest whatever its appliance does with the seed's network configuration.

Appliances since July 2022 have cloud-init's network configuration disabled in /etc/cloud/cloud.cfg.d and leave the network to
NetworkManager, which then asks for an address by DHCP. So the seed brings a profile for it, as the predecessor does.
"""

from __future__ import annotations

import ipaddress

from ovirt_hc_setup.model.seed import Seed, StaticNetwork

NAME = "hosted-engine"
PROFILE = f"/etc/NetworkManager/system-connections/{NAME}.nmconnection"

# $1: the address with its prefix length, $2: the profile. An appliance whose cloud-init made the network has the address already.
SCRIPT = f"""\
ip -o address show | grep -qF " $1 " && exit 0
umask 077
printf "%s" "$2" > {PROFILE}
nmcli connection load {PROFILE} && nmcli --wait 60 connection up {NAME} && exit 0
echo "The address $1 could not be set: NetworkManager did not take the profile {PROFILE}."
exit 1
"""


def command(seed: Seed, static: StaticNetwork) -> list[str]:
    """The command that sets the address in the guest, now and for every later boot."""
    return ["sh", "-c", SCRIPT, "sh", static.address, profile(seed, static)]


def profile(seed: Seed, static: StaticNetwork) -> str:
    """NetworkManager's profile (nm-settings-keyfile) for the VM's one card, found by its MAC address."""
    version = ipaddress.ip_interface(static.address).version
    ours, other = ("ipv4", "ipv6") if version == 4 else ("ipv6", "ipv4")
    servers = "".join(f"{server};" for server in seed.dns if server.version == version)
    sections = {
        "connection": {"id": NAME, "type": "ethernet", "autoconnect-priority": "100"},
        "ethernet": {"mac-address": str(seed.mac)},
        ours: {
            "method": "manual",
            "address1": static.address,
            "gateway": str(static.gateway),
            **({"dns": servers} if servers else {}),
            "dns-search": f"{seed.fqdn.domain};",
        },
        # A server of the other IP version could not be reached: there is no address for it.
        other: {"method": "disabled"},
    }
    return "\n".join(_section(name, values) for name, values in sections.items())


def _section(name: str, values: dict[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in values.items())
