"""The options that a GlusterFS volume is mounted with."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.gluster_volume import GlusterVolume

_BACKUP = ("backup-volfile-servers", "backupvolfile-server")
_INET6 = "xlator-option=transport.address-family=inet6"


def mount_options(volume: GlusterVolume, server: str, given: str = "", *, only_ipv6: bool = False) -> str:
    """What VDSM would mount with: the operator's options, the backup servers unless given, IPv6 where the server is one or its
    name leads to IPv6 alone.

    Raises ValueRefused for options that are not words separated by commas.
    """
    options = [part.strip() for part in given.split(",") if part.strip()]
    for option in options:
        if any(char.isspace() or not char.isprintable() for char in option):
            raise ValueRefused(f"{option!r} cannot be a mount option", hint="Separate options by commas, without spaces.")
    if not any(option.partition("=")[0] in _BACKUP for option in options):
        options += _backup_servers(volume, server)
    if (only_ipv6 or ":" in server) and _INET6 not in options:
        options.append(_INET6)
    return ",".join(dict.fromkeys((*options, "_netdev")))


def _backup_servers(volume: GlusterVolume, server: str) -> list[str]:
    # Colons separate the servers, so an address that has some stands in brackets.
    others = (f"[{host}]" if ":" in host else host for host in volume.backup_servers(server))
    joined = ":".join(others)
    return [f"{_BACKUP[0]}={joined}"] if joined else []
