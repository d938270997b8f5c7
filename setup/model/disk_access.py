"""How a VM reaches a disk: by a file or device of its host, or through the network, past the mount."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Literal

from ovirt_hc_setup.base.errors import ValueRefused

GLUSTERD_PORT = 24007
"""Where glusterd gives a volume's description out; VDSM and libvirt mean it by port 0."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


class Transport(Enum):
    """What carries the blocks. VDSM knows the first and the last; `unix` is a socket on this host, for libvirt and QEMU only."""

    TCP = "tcp"
    UNIX = "unix"
    RDMA = "rdma"


@dataclass(frozen=True, kw_only=True)
class Server:
    """One that serves a volume: `name` (or address) and `port`, 0 being the protocol's own; with `unix` a `socket` instead.

    Raises ValueRefused for what cannot stand in a definition.
    """

    name: str = ""
    port: int = 0
    transport: Transport = Transport.TCP
    socket: Path | None = None

    def __post_init__(self) -> None:
        if self.transport is Transport.UNIX:
            if self.socket is None or not is_plain(self.socket) or self.name or self.port:
                raise ValueRefused(f"{self.socket} cannot be a server's socket", hint="It has to be an absolute path, alone.")
        elif self.socket is not None or not _is_name(self.name):
            raise ValueRefused(f"{self.name!r} cannot be the server of a disk", hint="It is a host name or an IP address.")
        if not 0 <= self.port <= 65535:
            raise ValueRefused(f"{self.port} is not a port", hint=f"Ports go to 65535; 0 means {GLUSTERD_PORT}.")

    def __str__(self) -> str:
        if self.socket is not None:
            return str(self.socket)
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port in (0, GLUSTERD_PORT) else f"{name}:{self.port}"

    @property
    def settled(self) -> Server:
        """With the port that 0 stands for, and the name in small letters: equal when it is the same server."""
        if self.transport is Transport.UNIX:
            return self
        return replace(self, name=self.name.lower(), port=self.port or GLUSTERD_PORT)


@dataclass(frozen=True, kw_only=True)
class NetworkDisk:
    """A file in a GlusterFS volume: `path` is `<volume>/<path in it>`, `servers` are tried in this order."""

    path: str
    servers: tuple[Server, ...]
    protocol: Literal["gluster"] = "gluster"

    def __post_init__(self) -> None:
        parts = self.path.split("/")
        if len(parts) < 2 or not self.path.isprintable() or {"", ".", ".."} & set(parts):
            raise ValueRefused(f"{self.path!r} cannot be a disk in a volume", hint="It is written as volume/path/of/the/file.")
        if not self.servers:
            raise ValueRefused(f"the disk {self.path} has no server")

    def __str__(self) -> str:
        transport = self.servers[0].transport
        kind = "" if transport is Transport.TCP else f"+{transport.value}"
        return f"{self.protocol}{kind}://{','.join(map(str, self.servers))}/{self.path}"


@dataclass(frozen=True)
class LocalDisk:
    """A file or block device of the host; a file on a mount too."""

    path: Path
    kind: Literal["file", "block"] = "file"

    def __str__(self) -> str:
        return str(self.path)


DiskSource = LocalDisk | NetworkDisk


@dataclass(frozen=True, kw_only=True)
class DiskAccess:
    """A volume of a storage domain, with every way to it. `path` is its file or device on this host, which sanlock and the
    programs here use in any case; `kind` says what a VM is given; `network` is how it could do without the mount, if it could.
    """

    path: Path
    kind: Literal["file", "block", "network"] = "file"
    network: NetworkDisk | None = None

    def __post_init__(self) -> None:
        if not is_plain(self.path):
            raise ValueRefused(f"{str(self.path)!r} cannot be the path of the disk", hint="It has to be absolute, without `..`.")
        if self.kind == "network" and self.network is None:
            raise ValueRefused(f"{self.path} cannot be reached through the network")

    @property
    def source(self) -> DiskSource:
        """What stands in the VM's definition."""
        if self.kind == "network":
            assert self.network is not None
            return self.network
        return LocalDisk(self.path, self.kind)

    def is_reached_by(self, found: DiskSource) -> bool:
        """Whether a definition's disk is this one, whichever way it takes: the same file by the same server."""
        if isinstance(found, LocalDisk):
            return found.path == self.path
        if self.network is None or found.path != self.network.path:
            return False
        known = {server.settled for server in self.network.servers}
        return all(server.settled in known for server in found.servers)


def is_plain(path: Path) -> bool:
    """Whether a path is absolute, has no `..` in it and no control characters."""
    return path.is_absolute() and ".." not in path.parts and not any(ord(character) < 32 for character in str(path))


def _is_name(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _NAME.fullmatch(text) is not None
    return "%" not in text
