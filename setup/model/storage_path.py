"""Where a storage domain's volume is served from: `server:/volume`, and where VDSM would mount it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.file_tree import MOUNTS, vdsm_folder
from ovirt_hc_setup.model.noun import Noun

GLUSTER_MOUNTS = MOUNTS / "glusterSD"
"""VDSM's parent of gluster mounts; HA looks for domains of type `glusterfs` below it and nowhere else."""

HINT = "write it as server:/volume, for example host1.example.com:/engine or [2001:db8::5]:/engine"

# Underscores are no part of a host name by RFC 1123, and yet in use; glusterd and the resolver take them.
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
# glusterd: GD_VOLUME_NAME_MAX is 256 with the closing zero; a hyphen in front would be an option.
_VOLUME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,254}")


class StoragePath(Noun):
    """A GlusterFS volume as it is mounted: `host1.example.com:/engine`.

    `host:engine` is the same volume as `host:/engine` but VDSM would mount the two in different folders, so the text
    always has the slash.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused with what is wrong: no colon, a bad server, no volume, a folder inside a volume."""
        server, tail = _split(text.strip())
        parts = [part for part in tail.split("/") if part not in ("", ".")]
        if not parts:
            raise ValueRefused(f"{text!r} names no volume after the colon", hint=HINT)
        if len(parts) > 1:
            raise ValueRefused(f"{text!r} names a folder inside a volume, which cannot hold a domain", hint=HINT)
        if not _VOLUME.fullmatch(parts[0]):
            raise ValueRefused(f"{parts[0]!r} cannot be the name of a GlusterFS volume", hint=HINT)
        return cls._of(f"{_checked_server(server)}:/{parts[0]}")

    @classmethod
    def of(cls, server: str, volume: str) -> Self:
        """The volume on a server as GlusterFS prints it, an IPv6 address without brackets. Raises ValueRefused."""
        return cls.parse(f"{server}:/{volume}")

    @property
    def server(self) -> str:
        """Host name or address, IPv6 without its brackets."""
        return self._text.rpartition(":/")[0].strip("[]")

    @property
    def is_own_host(self) -> bool:
        """Whether the server is this very host, whichever host reads it."""
        try:
            return ipaddress.ip_address(self.server).is_loopback
        except ValueError:
            return self.server.split(".", 1)[0] in ("localhost", "localhost4", "localhost6")

    @property
    def volume(self) -> str:
        return self._text.rpartition(":/")[2]

    @property
    def mount_point(self) -> Path:
        return vdsm_folder(self._text, GLUSTER_MOUNTS)


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        server, found, tail = text[1:].partition("]:")
        if found and ":" not in server:
            raise ValueRefused(f"{server!r} stands in brackets but is not an IPv6 address", hint=HINT)
    elif _is_bare_ipv6(text.partition(":/")[0]):
        server, found, tail = text.partition(":/")  # as gluster writes it in the names of bricks
    else:
        server, found, tail = text.partition(":")
        if found and ":" in tail:
            raise ValueRefused(f"{text!r} has more than one colon; an IPv6 address stands in brackets", hint=HINT)
    if not found:
        raise ValueRefused(f"{text!r} has no colon between server and volume", hint=HINT)
    return server, tail


def _is_bare_ipv6(text: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(text)) and "%" not in text
    except ValueError:
        return False


def _checked_server(server: str) -> str:
    if ":" in server:
        try:
            return f"[{ipaddress.IPv6Address(server)}]"
        except ValueError as error:
            raise ValueRefused(f"{server!r} is not an IPv6 address", hint=HINT) from error
    labels = server.split(".")
    if len(server) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueRefused(f"{server!r} is neither a host name nor an address", hint=HINT)
    if all(label.isdigit() for label in labels):
        try:
            ipaddress.IPv4Address(server)
        except ValueError as error:
            raise ValueRefused(f"{server!r} is not an IPv4 address", hint=HINT) from error
    return server.lower()
