"""A disk's source in libvirt's domain XML: a file, a block device, or a file in a GlusterFS volume with its servers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from ovirt_hc_setup.model.disk_access import DiskSource, LocalDisk, NetworkDisk, Server, Transport

MOST_SERVERS = 64
_ATTRIBUTES = {"file": "file", "block": "dev"}


def type_of(source: DiskSource) -> str:
    """The `type` of the `<disk>`."""
    return "network" if isinstance(source, NetworkDisk) else source.kind


def add_source(disk: ET.Element, source: DiskSource, **attributes: str) -> None:
    """Put the `<source>` into a `<disk>` of the type that `type_of` says."""
    if isinstance(source, NetworkDisk):
        element = ET.SubElement(disk, "source", {"protocol": source.protocol, "name": source.path, **attributes})
        for server in source.servers:
            ET.SubElement(element, "host", _server(server))
        return
    element = ET.SubElement(disk, "source", {_ATTRIBUTES[source.kind]: str(source.path), **attributes})
    # The owner of a file on the storage is 36:36 for all hosts: libvirt must not give it to this host's QEMU.
    ET.SubElement(element, "seclabel", model="dac", relabel="no")


def _server(server: Server) -> dict[str, str]:
    if server.socket is not None:
        return {"transport": server.transport.value, "socket": str(server.socket)}
    # As VDSM writes it: port 0 stands there too, and QEMU takes the protocol's own for it.
    return {"name": server.name, "port": str(server.port), "transport": server.transport.value}


def read_source(disk: ET.Element) -> DiskSource | None:
    """The source of a `<disk>`; None for an empty drive and for kinds that are none of ours (an iSCSI target, a storage pool's
    volume). Raises ValueError (ValueRefused among them) or KeyError for one of our kinds that libvirt would not take."""
    source, kind = disk.find("source"), disk.get("type", "file")
    if source is None:
        return None
    if kind in _ATTRIBUTES:
        path = source.get(_ATTRIBUTES[kind])
        return LocalDisk(Path(path), "block" if kind == "block" else "file") if path else None
    if kind == "network" and source.get("protocol") == "gluster":
        return _network(source)
    return None


def _network(source: ET.Element) -> NetworkDisk:
    hosts = source.findall("host")
    if len(hosts) > MOST_SERVERS:
        raise ValueError(f"a disk with {len(hosts)} servers")
    return NetworkDisk(path=source.attrib["name"], servers=tuple(_read_server(host) for host in hosts))


def _read_server(host: ET.Element) -> Server:
    transport = Transport(host.get("transport", "tcp"))
    if transport is Transport.UNIX:
        return Server(transport=transport, socket=Path(host.attrib["socket"]))
    return Server(name=host.attrib["name"], port=int(host.get("port", "0")), transport=transport)
