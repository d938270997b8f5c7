"""The engine VM's definition: golden files, libvirt's own schema, and libvirt's test driver."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.libvirt import domain_definition, domain_xml
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.disk_access import DiskAccess, LocalDisk, NetworkDisk, Server, Transport
from ovirt_hc_setup.model.engine_vm import Accelerator, EngineVm, LeasePlace
from ovirt_hc_setup.model.mac_address import MacAddress

GOLDEN = Path(__file__).parents[2] / "golden" / "domain_xml"
SD, VOL = UUID("4f2d0a3e-51f5-4c61-9e0b-0c6d0a1b2c3d"), UUID("7a0e7c1e-2c0d-4e8f-8d2a-9b8c7d6e5f40")
FOLDER = Path("/rhev/data-center/mnt/glusterSD/hc1:_engine") / str(SD) / "images/11111111-2222-4333-8444-555555555555"

PLAIN = EngineVm(
    uuid=UUID("0d7b9c7e-6f0a-4a55-8a3b-2f1e0d9c8b7a"),
    memory=4096,
    vcpus=2,
    cpu=CpuModel("Nehalem"),
    accelerator=Accelerator.TCG,
    disk=DiskAccess(path=FOLDER / str(VOL)),
    bridge="ovirtmgmt",
    mac=MacAddress("00:16:3e:5a:00:64"),
    serial=UUID("11111111-2222-4333-8444-555555555555"),
    lease=LeasePlace(lockspace=SD, key=VOL, path=FOLDER / f"{VOL}.lease"),
    seed=Path("/var/lib/ovirt-hc-setup/seed/0d7b9c7e.iso"),
    nic=UUID("3c1a0f52-0000-4000-8000-000000000001"),
    cdrom=UUID("3c1a0f52-0000-4000-8000-000000000002"),
    console=UUID("3c1a0f52-0000-4000-8000-000000000003"),
)
NETWORK = NetworkDisk(
    path=f"engine/{SD}/images/11111111-2222-4333-8444-555555555555/{VOL}",
    servers=(
        Server(name="hc1"),
        Server(name="hc2.example.com", transport=Transport.RDMA),
        Server(name="2001:db8::3", port=24009),
        Server(transport=Transport.UNIX, socket=Path("/run/gluster d/glusterd.socket")),
    ),
)
UNDER_HA = replace(PLAIN, accelerator=Accelerator.KVM, on_reboot="destroy", seed=None, disk_io="native")
VMS = {"plain-host": PLAIN, "under-ha": UNDER_HA, "no-lease": replace(PLAIN, lease=None, serial=None)}
VMS["network-disk"] = replace(PLAIN, disk=replace(PLAIN.disk, kind="network", network=NETWORK))
VMS["block-disk"] = replace(PLAIN, disk=DiskAccess(path=Path("/dev/domain/disk"), kind="block"))


TEXTS = {**{name: domain_xml.build(vm) for name, vm in VMS.items()}, "for-vdsm": domain_xml.build(UNDER_HA, for_vdsm=True)}


@pytest.mark.parametrize("name", TEXTS)
def test_definition_is_the_golden_one(name: str) -> None:
    golden = GOLDEN / f"{name}.xml"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(TEXTS[name])
    assert TEXTS[name] == golden.read_text()


def aliases(xml: str) -> dict[str, str]:
    """The names of devices that are ours, by what the device is."""
    devices = ET.fromstring(xml).find("devices")
    assert devices is not None
    found = [(device, device.find("alias")) for device in devices]
    return {
        device.get("device", device.tag): alias.get("name", "")
        for device, alias in found
        if alias is not None and alias.get("name", "").startswith("ua-")
    }


OURS = {"interface": f"ua-{PLAIN.nic}", "serial": f"ua-{PLAIN.console}", "console": f"ua-{PLAIN.console}"}


def test_devices_have_the_ids_by_which_ovirt_knows_them() -> None:
    assert aliases(TEXTS["plain-host"]) == {**OURS, "cdrom": f"ua-{PLAIN.cdrom}"}
    assert aliases(TEXTS["for-vdsm"]) == OURS
    assert aliases(domain_xml.build(replace(PLAIN, nic=None, cdrom=None, console=None))) == {}


def test_vdsm_is_told_which_volume_the_disk_is() -> None:
    root = ET.fromstring(TEXTS["for-vdsm"])
    names = {"ovirt-vm": "http://ovirt.org/vm/1.0"}
    device = root.find("metadata/ovirt-vm:vm/ovirt-vm:device", names)
    assert device is not None
    target = root.find("devices/disk/target")
    assert target is not None and device.attrib == {"devtype": "disk", "name": target.attrib["dev"]}
    assert {found.tag.partition("}")[2]: found.text for found in device} == {
        "domainID": str(SD),
        "imageID": FOLDER.name,
        "poolID": "00000000-0000-0000-0000-000000000000",
        "volumeID": str(VOL),
        "shared": "exclusive",
    }


def test_vdsm_starts_the_vm_that_it_is_told() -> None:
    """It reads memory as KiB whatever the unit, wants a balloon, and its hook adds the channel of engine-setup itself."""
    root = ET.fromstring(TEXTS["for-vdsm"])
    for name in ("memory", "currentMemory"):
        memory = root.find(name)
        assert memory is not None and (memory.text, memory.attrib) == (str(4096 * 1024), {})
    assert [found.attrib for found in root.findall("devices/memballoon")] == [{"model": "virtio"}]
    ports = [found.get("name") for found in root.findall("devices/channel/target")]
    assert ports == ["org.qemu.guest_agent.0"]
    kept = root.find(".//{http://ovirt.org/vm/1.0}minGuaranteedMemoryMb")
    assert kept is not None and (kept.text, kept.attrib) == ("4096", {"type": "int"})


@pytest.mark.parametrize("name", TEXTS)
def test_vnc_lets_nobody_in_until_somebody_sets_a_password(name: str) -> None:
    (vnc,) = ET.fromstring(TEXTS[name]).findall("devices/graphics")
    assert vnc.get("passwd")
    assert datetime.fromisoformat(vnc.get("passwdValidTo", "")) < datetime(2000, 1, 1)


@pytest.mark.parametrize("name", TEXTS)
def test_libvirts_schema_accepts_the_definition(name: str, tmp_path: Path) -> None:
    if not (shutil.which("virt-xml-validate") and shutil.which("xmllint")):
        pytest.skip("virt-xml-validate (libvirt-clients, libxml2-utils) is not installed")
    path = tmp_path / "vm.xml"
    path.write_text(TEXTS[name])
    result = subprocess.run(["virt-xml-validate", path, "domain"], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", VMS)
def test_libvirt_defines_it_and_gives_the_same_parts_back(name: str) -> None:
    libvirt = pytest.importorskip("libvirt")
    connection = libvirt.open("test:///default")
    xml = domain_xml.build(VMS[name]).replace('type="kvm"', 'type="test"').replace('type="qemu"', 'type="test"')
    text = connection.defineXML(xml).XMLDesc()
    assert aliases(text) == aliases(xml)
    found = domain_definition.read(text)
    assert domain_definition.differences(VMS[name], found) == (
        f"type: test, planned was {'kvm' if VMS[name].accelerator is Accelerator.KVM else 'qemu'}",
    )
    assert found.media == ({"sda": str(PLAIN.seed)} if VMS[name].seed else {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"memory": 8192}, "memory in MiB: 4096, planned was 8192"),
        ({"vcpus": 4}, "CPUs: 2, planned was 4"),
        ({"bridge": "br0"}, "bridge: ovirtmgmt, planned was br0"),
        ({"cpu": CpuModel("EPYC")}, "CPU model: Nehalem, planned was EPYC"),
    ],
)
def test_every_difference_is_named(change: dict[str, object], said: str) -> None:
    found = domain_definition.read(domain_xml.build(PLAIN))
    assert domain_definition.differences(replace(PLAIN, **change), found) == (said,)  # type: ignore[arg-type]


def test_a_lease_that_is_gone_is_a_difference() -> None:
    found = domain_definition.read(domain_xml.build(VMS["no-lease"]))
    assert [line.split(":")[0] for line in domain_definition.differences(PLAIN, found)] == ["leases"]


def test_a_seed_that_was_detached_is_no_difference() -> None:
    assert domain_definition.differences(PLAIN, domain_definition.read(domain_xml.build(replace(PLAIN, seed=None)))) == ()


def test_the_sockets_path_is_found_in_a_live_definition() -> None:
    path = "/var/lib/libvirt/qemu/channel/target/domain-1-HostedEngine/org.ovirt.hosted-engine-setup.0"
    live = domain_xml.build(PLAIN).replace('<source mode="bind" />', f'<source mode="bind" path="{path}" />', 1)
    assert domain_definition.read(live).channels == {"org.ovirt.hosted-engine-setup.0": path}


NO_DEFINITIONS = ["", "<domain", "<pool/>", "<domain><name>x</name></domain>", "<!DOCTYPE x []><domain/>", "x" * 2_000_000]


@pytest.mark.parametrize("xml", NO_DEFINITIONS)
def test_what_is_no_definition_is_a_format_error(xml: str) -> None:
    with pytest.raises(FormatError):
        domain_definition.read(xml)


@pytest.mark.parametrize(
    "change",
    [
        {"memory": 0},
        {"vcpus": 0},
        {"bridge": "a/b"},
        {"bridge": "sixteen-letters-x"},
        {"machine": "q35,accel=kvm"},
        {"name": "a\nb"},
        {"seed": Path("/a\n/b")},
    ],
)
def test_what_cannot_stand_in_a_definition_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueRefused):
        replace(PLAIN, **change)  # type: ignore[arg-type]


def test_a_path_with_markup_in_it_stays_a_path() -> None:
    odd = replace(PLAIN, disk=DiskAccess(path=Path('/srv/a"><b & \'c/disk')))
    assert domain_definition.read(domain_xml.build(odd)).disks == (LocalDisk(odd.disk.path),)


def test_the_same_disk_by_the_other_way_is_no_difference() -> None:
    """VDSM may hand a VM its disk through the network, and names one server only."""
    first = replace(NETWORK, servers=(Server(name="HC1", port=24007),))
    found = domain_definition.read(domain_xml.build(replace(PLAIN, disk=replace(PLAIN.disk, kind="network", network=first))))
    assert domain_definition.differences(replace(PLAIN, disk=replace(PLAIN.disk, network=NETWORK)), found) == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(NETWORK, path="data/x"),
        replace(NETWORK, servers=(Server(name="elsewhere"),)),
        replace(NETWORK, servers=(Server(name="hc1", port=1),)),
    ],
)
def test_another_disk_by_the_network_is_a_difference(other: NetworkDisk) -> None:
    found = domain_definition.read(domain_xml.build(replace(PLAIN, disk=replace(PLAIN.disk, kind="network", network=other))))
    (said,) = domain_definition.differences(replace(PLAIN, disk=replace(PLAIN.disk, network=NETWORK)), found)
    assert said == f"disks: {other}, planned was {PLAIN.disk.path}"


def test_a_disk_of_a_kind_that_is_not_ours_is_told_as_one() -> None:
    text = domain_xml.build(VMS["network-disk"]).replace('protocol="gluster"', 'protocol="rbd"')
    (said,) = domain_definition.differences(PLAIN, domain_definition.read(text))
    assert said.startswith("disks: one of a kind of another kind, planned was /rhev")
