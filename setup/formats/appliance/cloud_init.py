"""The three documents of a NoCloud seed: user-data, meta-data and network-config.

Every document is a value dumped by PyYAML, never text with values put in, so that no password or name can end a line of it.
Understood by cloud-init 22.3 and later (`chpasswd: users` with hashes came with 22.3).
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance import engine_setup, guest_network
from ovirt_hc_setup.model.seed import HostsLine, Seed

VOLUME_ID = "cidata"
"""The label that cloud-init's NoCloud source looks for."""

LINK = "eth0"
"""What cloud-init calls the card with the VM's MAC address."""

HEADER = "#cloud-config\n"
# crypt(5), sha512crypt: optional rounds, a salt of at most 16 characters, 86 characters of hash.
_HASH = re.compile(r"\$6\$(?:rounds=[0-9]+\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86}")


def user_data(seed: Seed, *, root_hash: str, admin_password: Secret | None) -> str:
    """The cloud-config. `root_hash` is a SHA-512 crypt hash, or empty for no password; the admin password is needed when the
    seed runs engine-setup. Raises ValueRefused."""
    document: dict[str, Any] = {
        "hostname": seed.fqdn.short,
        "fqdn": str(seed.fqdn),
        "prefer_fqdn_over_hostname": True,
        "preserve_hostname": False,
        "disable_root": False,
        "ssh_pwauth": bool(root_hash),
    }
    if root_hash:
        document["chpasswd"] = {"expire": False, "users": [_root(root_hash)]}
    if seed.ssh_keys:
        document["ssh_authorized_keys"] = list(seed.ssh_keys)
    if seed.time_zone:
        document["timezone"] = seed.time_zone
    if at_boot := _at_boot(seed):
        document["bootcmd"] = at_boot
    if seed.engine_setup:
        document["write_files"] = [_answers_file(seed, admin_password)]
    document["runcmd"] = _commands(seed)
    return HEADER + _dump(document)


def meta_data(seed: Seed) -> str:
    """The instance: its id is the VM's UUID, so that a seed is used once for a VM."""
    return _dump({"instance-id": str(seed.instance_id), "local-hostname": str(seed.fqdn)})


def network_config(seed: Seed) -> str:
    """Network configuration version 1, which every renderer of cloud-init knows: one card, found by its MAC address."""
    subnet: dict[str, Any] = {"type": "dhcp"}
    if seed.static is not None:
        version = ipaddress.ip_interface(seed.static.address).version
        subnet = {
            "type": "static" if version == 4 else "static6",
            "address": seed.static.address,
            "gateway": str(seed.static.gateway),
        }
    if seed.dns:
        subnet["dns_nameservers"] = [str(server) for server in seed.dns]
    if seed.static is not None:
        subnet["dns_search"] = [seed.fqdn.domain]
    card = {"type": "physical", "name": LINK, "mac_address": str(seed.mac), "subnets": [subnet]}
    return _dump({"version": 1, "config": [card]})


def documents(seed: Seed, *, root_hash: str, admin_password: Secret | None) -> dict[str, bytes]:
    """The files of the seed by their names."""
    return {
        "meta-data": meta_data(seed).encode(),
        "network-config": network_config(seed).encode(),
        "user-data": user_data(seed, root_hash=root_hash, admin_password=admin_password).encode(),
    }


def _root(root_hash: str) -> dict[str, str]:
    if not _HASH.fullmatch(root_hash):
        raise ValueRefused("root's password for the engine VM is not a SHA-512 crypt hash", hint="This is a bug: report it.")
    return {"name": "root", "password": root_hash, "type": "hash"}


def _at_boot(seed: Seed) -> list[list[str]]:
    watching = [["sh", "-c", engine_setup.BOOT_SCRIPT]] if seed.engine_setup else []
    return [*watching, *(_hosts_command(line) for line in seed.hosts)]


def _hosts_command(line: HostsLine) -> list[str]:
    # bootcmd runs at every boot, so a line that is there is not added again.
    script = 'grep -qxF -e "$1" /etc/hosts || printf "%s\\n" "$1" >> /etc/hosts'
    return ["sh", "-c", script, "sh", str(line)]


def _answers_file(seed: Seed, admin_password: Secret | None) -> dict[str, str]:
    if admin_password is None:
        raise ValueRefused("engine-setup needs the engine's admin password", hint="Give OVEHOSTED_ENGINE/adminPassword.")
    return {
        "path": engine_setup.OUR_ANSWERS,
        "owner": "root:root",
        "permissions": "0640",
        "content": engine_setup.answers(seed.fqdn, admin_password),
    }


def _commands(seed: Seed) -> list[list[str]]:
    network = [guest_network.command(seed, seed.static)] if seed.static is not None else []
    # engine-setup's script disables cloud-init itself, before it says that it has ended.
    last = ["sh", "-c", engine_setup.SCRIPT] if seed.engine_setup else ["touch", engine_setup.CLOUD_INIT_DISABLED]
    return [*network, last]


def _dump(value: Any) -> str:
    import yaml  # here, because no question waits for it

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10_000)
    return text
