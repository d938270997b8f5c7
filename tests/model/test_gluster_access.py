"""How a VM reaches a disk of a gluster domain: by VDSM's rule, from the state of the volume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from ovirt_hc_setup.formats.gluster.gluster_xml import read_volumes
from ovirt_hc_setup.model.disk_access import DiskAccess, LocalDisk, NetworkDisk, Server, Transport
from ovirt_hc_setup.model.gluster_access import network_form
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.storage_path import StoragePath

GOLDEN = Path(__file__).parent.parent / "golden" / "gluster"
INSIDE = "6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1/images/11111111-2222-4333-8444-555555555555/7a0e7c1e-2c0d-4e8f-8d2a-9b8c7d6e5f40"


def volume(name: str = "info-engine") -> GlusterVolume:
    return read_volumes((GOLDEN / f"{name}.xml").read_text())[0]


def access(storage: StoragePath, kind: Literal["file", "network"] = "file") -> DiskAccess:
    disk = storage.mount_point / INSIDE
    return DiskAccess(path=disk, kind=kind, network=network_form(volume(), storage, disk))


def test_a_vm_is_given_the_file_on_the_mount() -> None:
    storage = StoragePath.parse("hc1.hc.test:/engine")
    found = access(storage)
    assert found.source == LocalDisk(Path("/rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine") / INSIDE)


def test_a_disk_that_the_engine_sends_as_a_network_disk_goes_past_the_mount() -> None:
    storage = StoragePath.parse("hc2.hc.test:/engine")
    found = access(storage, "network").source
    assert isinstance(found, NetworkDisk)
    assert (found.protocol, found.path) == ("gluster", f"engine/{INSIDE}")
    assert found.servers == tuple(Server(name=f"hc{number}.hc.test", port=0) for number in (2, 1, 3)), "the mounted one first"


def test_a_server_without_a_brick_stands_before_all_that_have_one() -> None:
    storage = StoragePath.parse("[2001:db8::5]:/engine")
    found = network_form(volume("info-arbiter"), storage, storage.mount_point / INSIDE)
    assert [server.name for server in found.servers] == ["2001:db8::5", "hc1.hc.test", "hc2.hc.test", "hc3.hc.test"]


@pytest.mark.parametrize(("number", "transport"), [(0, Transport.TCP), (1, Transport.RDMA), (2, Transport.TCP)])
def test_the_transport_is_the_first_of_the_volumes(number: int, transport: Transport) -> None:
    text = (GOLDEN / "info-engine.xml").read_text().replace("<transport>0<", f"<transport>{number}<")
    storage = StoragePath.parse("hc1:/engine")
    found = network_form(read_volumes(text)[0], storage, storage.mount_point / INSIDE)
    assert {server.transport for server in found.servers} == {transport}


def test_either_way_leads_to_the_same_disk_and_no_other_does() -> None:
    storage = StoragePath.parse("hc1.hc.test:/engine")
    disk = access(storage)
    form = network_form(volume(), storage, storage.mount_point / INSIDE)
    assert disk.is_reached_by(LocalDisk(disk.path))
    assert disk.is_reached_by(replace(form, servers=form.servers[:1]))
    assert not disk.is_reached_by(LocalDisk(Path("/disk")))
    assert not disk.is_reached_by(replace(form, path="other/disk"))
    assert not disk.is_reached_by(replace(form, servers=(Server(name="stranger"),)))
