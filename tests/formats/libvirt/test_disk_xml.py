"""A disk's source as libvirt's XML has it: every form is written and read back, and what libvirt would not take is an error."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.formats.libvirt import disk_xml
from ovirt_hc_setup.model.disk_access import DiskAccess, DiskSource, LocalDisk, NetworkDisk, Server, Transport

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="/"), min_size=1, max_size=12)
parts = words.filter(lambda text: text not in (".", "..") and text.isprintable())
paths = st.lists(parts, min_size=1, max_size=4).map(lambda found: Path("/", *found))
names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True) | st.ip_addresses().map(str)
by_name = st.builds(
    Server, name=names, port=st.integers(0, 65535), transport=st.sampled_from([Transport.TCP, Transport.RDMA])
)
by_socket = st.builds(Server, transport=st.just(Transport.UNIX), socket=paths)
in_volume = st.lists(parts, min_size=2, max_size=5).map("/".join)
network = st.builds(
    NetworkDisk, path=in_volume, servers=st.lists(by_name | by_socket, min_size=1, max_size=5).map(tuple)
)
sources = network | st.builds(LocalDisk, paths, st.sampled_from(["file", "block"]))


def written(source: DiskSource) -> ET.Element:
    disk = ET.Element("disk", type=disk_xml.type_of(source))
    disk_xml.add_source(disk, source)
    return ET.fromstring(ET.tostring(disk, encoding="unicode"))


def network_disk(hosts: str, name: str = "engine/disk") -> ET.Element:
    return ET.fromstring(f'<disk type="network"><source protocol="gluster" name="{name}">{hosts}</source></disk>')


@given(sources)
def test_every_source_is_read_back(source: DiskSource) -> None:
    assert disk_xml.read_source(written(source)) == source


def test_libvirts_own_way_of_writing_it_is_read() -> None:
    """libvirt leaves out what goes without saying: the transport tcp, and the port where it was not given."""
    hosts = "<host name='hc1' port='24007'/><host name='hc2' transport='rdma'/><host transport='unix' socket='/run/g.sock'/>"
    found = disk_xml.read_source(network_disk(hosts))
    assert isinstance(found, NetworkDisk)
    assert found.servers == (
        Server(name="hc1", port=24007),
        Server(name="hc2", transport=Transport.RDMA),
        Server(transport=Transport.UNIX, socket=Path("/run/g.sock")),
    )
    assert str(found) == "gluster://hc1,hc2,/run/g.sock/engine/disk"


@pytest.mark.parametrize(
    "text",
    [
        '<disk type="file" device="cdrom"/>',
        '<disk type="file"><source startupPolicy="optional"/></disk>',
        '<disk type="network"><source protocol="rbd" name="pool/image"/></disk>',
        '<disk type="volume"><source pool="default" volume="disk"/></disk>',
    ],
)
def test_an_empty_drive_and_other_kinds_are_none(text: str) -> None:
    assert disk_xml.read_source(ET.fromstring(text)) is None


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        ("", "engine/disk"),
        ("<host name='hc1'/>" * 65, "engine/disk"),
        ("<host/>", "engine/disk"),
        ("<host name='a b'/>", "engine/disk"),
        ("<host name='fe80::1%eth0'/>", "engine/disk"),
        ("<host name='hc1' port='65536'/>", "engine/disk"),
        ("<host name='hc1' port='-1'/>", "engine/disk"),
        (f"<host name='hc1' port='{'9' * 5000}'/>", "engine/disk"),
        ("<host name='hc1' transport='carrier-pigeon'/>", "engine/disk"),
        ("<host transport='unix'/>", "engine/disk"),
        ("<host transport='unix' socket='relative'/>", "engine/disk"),
        ("<host name='hc1'/>", "engine"),
        ("<host name='hc1'/>", "/engine/disk"),
        ("<host name='hc1'/>", "engine/../../etc/shadow"),
    ],
)
def test_what_libvirt_would_not_take_is_an_error(hosts: str, name: str) -> None:
    with pytest.raises((ValueRefused, ValueError, KeyError)):
        disk_xml.read_source(network_disk(hosts, name))


@pytest.mark.parametrize("path", ["relative", "/a/../etc/shadow", "/a\nb"])
def test_a_path_that_could_lead_elsewhere_is_no_disk(path: str) -> None:
    with pytest.raises(ValueRefused, match="absolute"):
        DiskAccess(path=Path(path))


def test_a_disk_without_a_network_form_is_not_reached_through_the_network() -> None:
    with pytest.raises(ValueRefused, match="cannot be reached through the network"):
        DiskAccess(path=Path("/disk"), kind="network")
