"""Accounts, libvirt's configuration, seed and VM on a real host: killed, resumed, undone."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.libvirt import domain_definition, domain_xml
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.disk_access import DiskAccess, NetworkDisk, Server, Transport
from ovirt_hc_setup.model.engine_vm import Accelerator, EngineVm, LeasePlace
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.seed import Seed
from ovirt_hc_setup.resources.account import Account
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.libvirt_conf import LibvirtConf
from ovirt_hc_setup.resources.libvirt_domain import LibvirtDomain
from ovirt_hc_setup.resources.seed_iso import SeedIso, seed_path
from ovirt_hc_setup.resources.seed_removed import SeedRemoved
from tests.lab.vm_in_host import VmInHost, shell

pytestmark = pytest.mark.lab

HOST = "hc1"
FOLDER = Path("/var/lib/hc-test-vm")
SPACE, KEY = UUID("4f2d0a3e-51f5-4c61-9e0b-0c6d0a1b2c3d"), UUID("7a0e7c1e-2c0d-4e8f-8d2a-9b8c7d6e5f40")
SEED = Seed(
    instance_id=UUID("0d7b9c7e-6f0a-4a55-8a3b-2f1e0d9c8b7a"), fqdn=Fqdn("engine.hc.test"), mac=MacAddress("00:16:3e:00:77:01")
)
VM = EngineVm(
    uuid=SEED.instance_id,
    memory=256,
    vcpus=1,
    cpu=CpuModel("qemu64"),
    accelerator=Accelerator.TCG,
    disk=DiskAccess(path=FOLDER / str(KEY)),
    bridge="hctestbr",
    mac=SEED.mac,
    lease=LeasePlace(lockspace=SPACE, key=KEY, path=FOLDER / f"{KEY}.lease"),
    seed=seed_path(SEED),
    nic=UUID("3c1a0f52-0000-4000-8000-000000000001"),
    cdrom=UUID("3c1a0f52-0000-4000-8000-000000000002"),
    console=UUID("3c1a0f52-0000-4000-8000-000000000003"),
)
ACCOUNT = Account(name="accounts")
CONF = LibvirtConf(name="libvirt-conf", host_id=Number.of(1))
ISO = SeedIso(
    name="seed", path=seed_path(SEED), seed=SEED, admin_password="admin", root_password="root", rounds=5000
)
DOMAIN = LibvirtDomain(name="engine-vm", vm=VM, shutdown_limit=3)
REMOVED = SeedRemoved(name="seed-removed", path=seed_path(SEED), vm=VM.uuid)


def accounts_of(lab: Lab) -> str:
    return shell(lab, HOST, "getent passwd | sort; getent group | sort")


def conf_of(lab: Lab) -> str:
    look = "test -e $file && stat -c '%n %a' $file && cat $file"
    return shell(lab, HOST, f"cd /etc/libvirt; for file in qemu.conf qemu-sanlock.conf; do {look}; done; true")


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Iterator[Lab]:
    """Accounts and libvirt as a deployment makes them, a bridge, a disk, and a lockspace on a local file with its id held."""
    runs = [VmInHost(lab, HOST, ACCOUNT), VmInHost(lab, HOST, CONF)]
    for run in runs:
        run.apply()
    init = f"sanlock direct init -s {SPACE}:0:ids:0 && sanlock direct init -r {SPACE}:{KEY}:{KEY}.lease:0"
    files = f"truncate -s 64M {KEY} && truncate -s 1M ids {KEY}.lease"
    mode = "chmod 0755 . && chown 36:36 * && chmod 0660 *"
    shell(lab, HOST, f"mkdir -p {FOLDER} && cd {FOLDER} && {files} && {init} && {mode}")
    shell(lab, HOST, "ip link add hctestbr type bridge && ip link set hctestbr up")
    held = VmInHost(lab, HOST, HostId(name="host-id", lockspace=str(SPACE), path=FOLDER / "ids", host_id=Number.of(1)))
    held.apply()
    yield lab
    held.undo()
    shell(lab, HOST, f"ip link del hctestbr; rm -rf {FOLDER}")
    for run in reversed(runs):
        run.undo()


# --- accounts


@pytest.fixture
def account(lab: Lab) -> Iterator[VmInHost]:
    run = VmInHost(lab, HOST, ACCOUNT)
    yield run
    run.undo()


def test_qemu_and_sanlock_get_group_36(lab: Lab, account: VmInHost) -> None:
    account.apply()
    for user in ("libvirt-qemu", "sanlock"):
        assert "36" in shell(lab, HOST, f"id -G {user}").split()
    assert shell(lab, HOST, "id -u vdsm; id -g vdsm").split() == ["36", "36"]


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after", "before useradd", "before gpasswd --add sanlock"])
def test_accounts_killed_and_applied_again_and_undone(lab: Lab, account: VmInHost, moment: str) -> None:
    before = accounts_of(lab)
    account.killed("apply", moment)
    account.apply()
    account.undo()
    assert accounts_of(lab) == before


# --- libvirt's configuration


@pytest.fixture
def conf(lab: Lab) -> Iterator[VmInHost]:
    run = VmInHost(lab, HOST, CONF)
    yield run
    run.undo()


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_libvirts_configuration_killed_and_applied_again_and_undone(lab: Lab, conf: VmInHost, moment: str) -> None:
    before = conf_of(lab)
    conf.killed("apply", moment)
    conf.apply()
    assert 'lock_manager = "sanlock"' in conf_of(lab).splitlines()
    conf.undo()
    assert conf_of(lab) == before


def test_a_configuration_that_was_edited_since_is_left_alone(lab: Lab) -> None:
    run = VmInHost(lab, HOST, CONF)
    run.apply()
    shell(lab, HOST, "cp -p /etc/libvirt/qemu.conf /root/kept; echo '# mine' >> /etc/libvirt/qemu.conf")
    outcome = run.act("undo")
    assert outcome.code == 4
    assert "edited since" in outcome.err
    shell(lab, HOST, "mv /root/kept /etc/libvirt/qemu.conf")
    run.undo()


# --- seed


@pytest.fixture
def seed(ready: Lab) -> Iterator[VmInHost]:
    run = VmInHost(ready, HOST, ISO)
    yield run
    run.undo()


def test_only_qemu_can_read_the_seed(ready: Lab, seed: VmInHost) -> None:
    seed.apply()
    assert shell(ready, HOST, f"stat -c '%a %U' {ISO.path}").split() == ["600", "libvirt-qemu"]
    shell(ready, HOST, f"setpriv --reuid libvirt-qemu --regid libvirt-qemu --clear-groups head -c 1 {ISO.path} >/dev/null")
    refused = ready.exec(HOST, "setpriv", "--reuid", "nobody", "--clear-groups", "cat", str(ISO.path), check=False)
    assert not refused.ok


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_a_seed_is_whole_or_not_there(ready: Lab, seed: VmInHost, moment: str) -> None:
    seed.killed("apply", moment)
    there = ready.exec(HOST, "test", "-e", str(ISO.path), check=False).ok
    assert seed.verdict() == ("done" if there else "needed")
    seed.apply()
    seed.undo()
    assert shell(ready, HOST, "ls -A /var/lib/ovirt-hc-setup/seed 2>/dev/null || true") == ""


def test_no_password_stands_anywhere_but_in_the_seed(ready: Lab, seed: VmInHost) -> None:
    seed.apply()
    assert shell(ready, HOST, f"grep -l '100% a' -r {seed.folder} /var/log /run/ovirt-hc-setup 2>/dev/null || true") == ""


# --- the VM


@pytest.fixture
def vm(seed: VmInHost) -> Iterator[VmInHost]:
    seed.apply()
    run = VmInHost(seed.lab, HOST, DOMAIN)
    yield run
    run.undo()


def leases(lab: Lab) -> list[str]:
    said = shell(lab, HOST, "sanlock client status")
    return [line for line in said.splitlines() if line.startswith("r ")]


def test_the_vm_runs_with_its_lease_and_leaves_the_disk_to_36(ready: Lab, vm: VmInHost) -> None:
    vm.apply()
    assert shell(ready, HOST, "virsh list --name").split() == ["HostedEngine"]
    assert [line for line in leases(ready) if f"{SPACE}:{KEY}" in line]
    assert shell(ready, HOST, f"stat -c '%u:%g' {VM.disk.path}").strip() == "36:36"
    assert "HostedEngine" not in shell(ready, HOST, "virsh list --autostart --name")


def test_libvirt_keeps_the_ids_by_which_ovirt_knows_devices_while_the_vm_runs(ready: Lab, vm: VmInHost) -> None:
    vm.apply()
    running = ET.fromstring(shell(ready, HOST, "virsh dumpxml HostedEngine"))
    names = {"interface": VM.nic, "disk[@device='cdrom']": VM.cdrom, "serial": VM.console, "console": VM.console}
    for device, wanted in names.items():
        alias = running.find(f"devices/{device}/alias")
        assert alias is not None and alias.get("name") == f"ua-{wanted}", device


def test_a_user_of_the_host_does_not_get_the_console_by_vnc(ready: Lab, vm: VmInHost) -> None:
    """The RFB handshake: the server names the ways in that it has, and 1 would be the one without a password."""
    vm.apply()
    (port,) = shell(ready, HOST, "virsh domdisplay HostedEngine | sed 's/.*://'").split()
    connect = f"exec 3<>/dev/tcp/127.0.0.1/{5900 + int(port)}"
    ask = f"{connect}; head -c 12 <&3; printf 'RFB 003.008\\n' >&3; head -c 2 <&3 | od -An -tu1"
    said = ready.exec(HOST, "setpriv", "--reuid", "nobody", "--clear-groups", "bash", "-c", ask).out
    assert said.split() == ["RFB", "003.008", "1", "2"]


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_a_vm_killed_on_its_way_is_started_once(ready: Lab, vm: VmInHost, moment: str) -> None:
    vm.killed("apply", moment)
    vm.apply()
    assert len(leases(ready)) == 1
    vm.undo()
    assert shell(ready, HOST, "virsh list --all --name").split() == []
    assert leases(ready) == []
    vm.undo()


def test_libvirt_gives_every_kind_of_network_disk_back_as_it_was_written(lab: Lab) -> None:
    servers = (
        Server(name="hc1.hc.test", port=24007),
        Server(name="2001:db8::3", port=24009, transport=Transport.RDMA),
        Server(transport=Transport.UNIX, socket=Path("/run/glusterd.socket")),
    )
    network = NetworkDisk(path=f"engine/{SPACE}/images/{KEY}/{KEY}", servers=servers)
    vm = replace(VM, name="network-disk", uuid=UUID(int=9), seed=None, disk=replace(VM.disk, kind="network", network=network))
    lab.exec(HOST, "virsh", "define", "--validate", "/dev/stdin", stdin=domain_xml.build(vm).encode())
    try:
        found = domain_definition.read(shell(lab, HOST, f"virsh dumpxml --inactive {vm.uuid}"))
        assert found.disks == (network,)
        assert domain_definition.differences(vm, found) == ()
    finally:
        shell(lab, HOST, f"virsh undefine {vm.uuid}")


def test_a_foreign_vm_of_that_name_is_not_touched(ready: Lab, seed: VmInHost) -> None:
    seed.apply()
    other = replace(VM, uuid=UUID(int=VM.uuid.int ^ 1))
    theirs = VmInHost(ready, HOST, replace(DOMAIN, vm=other))
    theirs.apply()
    try:
        ours = VmInHost(ready, HOST, DOMAIN)
        assert ours.verdict() == "conflict"
        assert ours.act("apply").code == 4
        ours.undo()
        assert str(other.uuid) in shell(ready, HOST, "virsh list --uuid")
    finally:
        theirs.undo()


def test_a_vm_that_was_stopped_is_started_again(ready: Lab, vm: VmInHost) -> None:
    vm.apply()
    shell(ready, HOST, "virsh destroy HostedEngine")
    assert vm.verdict() == "needed"
    vm.apply()


def test_without_its_host_id_the_vm_does_not_start_and_says_why(ready: Lab, seed: VmInHost) -> None:
    seed.apply()
    assert VM.lease is not None
    elsewhere = replace(VM, lease=replace(VM.lease, lockspace=UUID(int=7)))
    run = VmInHost(ready, HOST, replace(DOMAIN, vm=elsewhere))
    outcome = run.act("apply")
    assert outcome.code == 4
    assert "host id is not held" in outcome.err
    run.undo()
    assert shell(ready, HOST, "virsh list --all --name").split() == []


# --- the seed's end


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_the_seed_is_out_of_the_drive_and_gone(ready: Lab, vm: VmInHost, seed: VmInHost, moment: str) -> None:
    vm.apply()
    end = VmInHost(ready, HOST, REMOVED)
    try:
        outcome = end.act("apply", moment)
        assert outcome.code in (-9, 0), outcome.describe()
        end.apply()
        for view in ("", "--inactive"):
            assert str(ISO.path) not in shell(ready, HOST, f"virsh dumpxml {view} HostedEngine")
        assert not ready.exec(HOST, "test", "-e", str(ISO.path), check=False).ok
        assert seed.verdict() == vm.verdict() == "done", "what comes before the end of the seed is not done again"
    finally:
        end.undo()


def test_a_vm_whose_seed_was_used_starts_without_it(ready: Lab, vm: VmInHost) -> None:
    vm.apply()
    end = VmInHost(ready, HOST, REMOVED)
    end.apply()
    for described in ("virsh dumpxml", "virsh dumpxml --inactive"):
        drive = ET.fromstring(shell(ready, HOST, f"{described} HostedEngine")).find("devices/disk[@device='cdrom']")
        assert drive is not None
        assert drive.find("source[@file]") is None, ET.tostring(drive)
        alias = drive.find("alias")
        assert alias is not None and alias.get("name") == f"ua-{VM.cdrom}", "without its medium it is the same drive"
    shell(ready, HOST, "virsh destroy HostedEngine")
    vm.apply()
    time.sleep(1)
    assert shell(ready, HOST, "virsh list --name").split() == ["HostedEngine"]
    end.undo()
