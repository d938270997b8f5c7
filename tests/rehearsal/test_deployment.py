"""What a deployment leaves: an engine that answers, leases that are held, files that VDSM and HA read, and no secrets."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ovirt_hc_setup.formats.hosted_engine import configuration_volume, hosted_engine_conf
from ovirt_hc_setup.formats.sanlock.sanlock_output import PAXOS_MAGIC
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import ENGINE_MAC
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.resources.engine_ready import EngineReady
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.fingerprint import assert_golden
from tests.lab.in_host import InHost
from tests.rehearsal.saved_deployment import SeenDeployment

pytestmark = pytest.mark.rehearsal

MIB = 1 << 20
IMAGES = ("vm_disk_id", "lockspace_image_UUID", "metadata_image_UUID", "conf_image_UUID")
VOLUMES = ("vm_disk_vol_id", "lockspace_volume_UUID", "metadata_volume_UUID", "conf_volume_UUID")
SECRETS = ("OVEHOSTED_VM/cloudinitRootPwd", "OVEHOSTED_ENGINE/adminPassword")


def shell(lab: Lab, command: str, host: str = "hc1", timeout: float = 120) -> str:
    return lab.exec(host, "sh", "-c", command, timeout=timeout).out


def guest(lab: Lab, command: str) -> str:
    options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=20"
    return shell(lab, f"ssh {options} root@engine.hc.test '{command}'").strip()


def conf(lab: Lab) -> dict[str, str]:
    return dict(hosted_engine_conf.read_values(shell(lab, "cat /etc/ovirt-hosted-engine/hosted-engine.conf")))


def volume(lab: Lab, image: str, name: str) -> str:
    found = conf(lab)
    return f"/rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine/{found['sdUUID']}/images/{found[image]}/{found[name]}"


def secrets(lab: Lab) -> dict[str, str]:
    lines = shell(lab, f"cat {rehearsal.SECRETS_FILE}").splitlines()
    return {name: line.split("=str:", 1)[1] for name in SECRETS for line in lines if line.startswith(name)}


def wait_health(lab: Lab, limit: float = 900) -> None:
    until = time.monotonic() + limit
    while not (first := rehearsal.verdicts(lab)[0]).ok:
        assert time.monotonic() < until, first.seen
        time.sleep(3)


def test_everything_that_a_rehearsal_promises_is_seen_from_outside(deployed: Lab) -> None:
    assert [verdict for verdict in rehearsal.verdicts(deployed) if not verdict.ok] == []


def test_the_host_is_another_than_before_in_what_the_golden_fingerprint_says(rehearsed: tuple[Lab, SeenDeployment]) -> None:
    """Looked at when the deployment had just ended: what other tests have left since is no matter of it."""
    assert_golden("deployed", rehearsed[1].difference)


def test_an_engine_at_this_name_that_is_not_our_vm_counts_for_nothing(deployed: Lab) -> None:
    fqdn, ours = Fqdn("engine.hc.test"), UUID(shell(deployed, "virsh domuuid HostedEngine").strip())
    for vm, verdict in ((ours, "done"), (uuid4(), "needed")):
        guest = EngineGuest(uuid=vm, fqdn=fqdn, mac=MacAddress(ENGINE_MAC), bridge="ovirtmgmt")
        disk = VolumeLayout(Path("/nowhere"), uuid4())
        seen = InHost(deployed, "hc1", EngineReady(name="engine-setup", guest=guest, disk=disk)).act("probe")
        assert json.loads(seen.out)["verdict"] == verdict, seen.describe()


def test_the_rehearsal_said_what_it_found_and_how_it_ended(rehearsed: tuple[Lab, SeenDeployment]) -> None:
    said = rehearsed[1].said
    if not said:
        pytest.skip("the deployment was there already")
    assert "GlusterFS replica 3 Volume detected" in said
    assert "Hosted Engine successfully deployed." in said
    assert "Rehearsal succeeded" in said


def test_the_guest_has_what_the_seed_asked_for(deployed: Lab) -> None:
    assert guest(deployed, "hostname -f") == "engine.hc.test"
    assert guest(deployed, "test -e /root/heanswers.conf || echo gone") == "gone"
    assert guest(deployed, "test -e /etc/cloud/cloud-init.disabled && echo disabled") == "disabled"
    assert int(guest(deployed, "cat /sys/block/vda/size")) * 512 == 5 * 2**30
    assert guest(deployed, "grep ^root: /etc/shadow").startswith("root:$6$")


def test_the_admin_password_reached_the_engine_and_stays_nowhere_in_the_guest(deployed: Lab) -> None:
    password = secrets(deployed)["OVEHOSTED_ENGINE/adminPassword"]
    login = "http://engine.hc.test/ovirt-engine/lab/login"
    command = f"curl -s -o /dev/null -w '%{{http_code}}' --config - {login}"
    config = f'user = "admin@internal:{password}"\n'.encode()
    assert deployed.exec("hc1", "sh", "-c", command, stdin=config).out == "200"
    searched = f"grep -rlsF -e {password} /etc /root /var /tmp || echo nowhere"
    assert guest(deployed, searched) == "nowhere"


def test_no_secret_is_in_a_file_a_journal_or_an_argument_on_the_host(deployed: Lab) -> None:
    for password in secrets(deployed).values():
        where = "/etc /var/lib/ovirt-hc-setup /var/log /run /var/lib/libvirt /tmp /var/tmp"
        assert shell(deployed, f"grep -rlsF -D skip -e '{password}' {where} || true") == ""
        assert shell(deployed, f"journalctl --no-pager | grep -cF -e '{password}' || true").strip() == "0"


def test_the_seed_is_gone_from_the_host_and_from_the_definition(deployed: Lab) -> None:
    assert shell(deployed, "ls /var/lib/ovirt-hc-setup/seed/*.iso 2>/dev/null || true") == ""
    for which in ("", "--inactive"):
        assert ".iso" not in shell(deployed, f"virsh dumpxml HostedEngine {which}")


def test_disks_stay_with_vdsm_while_qemu_uses_them(deployed: Lab) -> None:
    assert shell(deployed, f"stat -c %u:%g:%a {volume(deployed, 'vm_disk_id', 'vm_disk_vol_id')}").strip() == "36:36:660"


def test_the_archive_is_read_as_the_ha_agent_reads_it(deployed: Lab) -> None:
    """By the user vdsm, with dd into tar, member by member."""
    path = volume(deployed, "conf_image_UUID", "conf_volume_UUID")
    read = f"setpriv --reuid 36 --regid 36 --clear-groups dd if='{path}' bs=4k 2>/dev/null"
    listed = shell(deployed, f"{read} | tar -tvf -")
    assert [line.split()[-1] for line in listed.splitlines()] == list(configuration_volume.MEMBERS)
    start = deployed.exec("hc1", "sh", "-c", f"head -c {configuration_volume.SIZE} '{path}' | base64 -w0").out
    shared = configuration_volume.read(base64.b64decode(start)).members()
    for name in configuration_volume.MEMBERS:
        assert shell(deployed, f"{read} | tar -xOf - {name}").strip() == shared[name].strip()
    assert hosted_engine_conf.read_values(shared["hosted-engine.conf"]) == conf(deployed)
    assert int(shell(deployed, f"stat -c %s '{path}'")) == 2**30


def test_an_ha_agent_on_any_host_would_leave_the_vm_alone(deployed: Lab) -> None:
    path = volume(deployed, "metadata_image_UUID", "metadata_volume_UUID")
    assert shell(deployed, f"head -c 4096 '{path}' | tr -d '\\0'") == "maintenance=1"
    assert "global maintenance until an HA service runs" in shell(deployed, "ovirt-hc-setup status")


def test_sanlock_reads_every_lease_of_the_deployment(deployed: Lab) -> None:
    """Each file by `sanlock direct dump` and `read_leader`, with the names that VDSM, HA and libvirt look for."""
    host, found = deployed.host("hc1"), conf(deployed)
    domain = FileStore.of(Path(volume(deployed, "vm_disk_id", "vm_disk_vol_id")).parents[2])
    space, spaces = found["sdUUID"], domain.volume(UUID(found["lockspace_image_UUID"]), UUID(found["lockspace_volume_UUID"]))
    for path, name in ((domain.ids, space), (spaces.data, "hosted-engine")):
        assert sanlock_client.holds_lockspace(host, path, name, 512)
        first = sanlock_client.dump(host, path, 512)[0]
        assert (first.offset, first.lockspace, first.resource, first.owner) == (0, name, "hc1.hc.test", 1)
        assert first.timestamp > 0
    # The first area of `leases` is a hole: without its size sanlock would show nothing.
    (master,) = sanlock_client.dump(host, domain.leases, 512, size=2 * MIB)
    assert (master.offset, master.lockspace, master.resource, master.timestamp) == (MIB, space, "SDM", 0)
    held = {}
    for image, name in zip(IMAGES, VOLUMES, strict=True):
        one = domain.volume(UUID(found[image]), UUID(found[name]))
        (lease,) = sanlock_client.dump(host, one.lease, 512)
        assert (lease.offset, lease.lockspace, lease.resource) == (0, space, str(one.volume))
        leader = sanlock_client.resource_leader(host, one.lease, space, str(one.volume), 0, 512)
        assert leader is not None and (leader.magic, leader.sector_size) == (PAXOS_MAGIC, 512)
        held[name] = leader.owner_id if leader.timestamp else 0
    assert held == {**dict.fromkeys(VOLUMES, 0), "vm_disk_vol_id": 1}, "the engine VM runs, with its lease"


def test_a_bundle_has_what_a_report_needs_and_no_secrets(deployed: Lab) -> None:
    said = shell(deployed, "rm -rf /root/b; mkdir /root/b; cd /root/b; ovirt-hc-setup bundle --to all.tar.gz --output plain")
    assert "all.tar.gz" in said
    assert shell(deployed, "stat -c %a /root/b/all.tar.gz").strip() == "600"
    content = shell(deployed, "cd /root/b; tar -xzf all.tar.gz; rm all.tar.gz; cat $(find . -type f)")
    for part in ("<name>HostedEngine</name>", "<volName>engine</volName>", '"type": "run-ended"', "is held"):
        assert part in content
    assert not shell(deployed, "cd /root/b; find . -name 'secrets*' -o -name 'backups*'")
    assert "$6$" not in content
    for password in secrets(deployed).values():
        assert password not in content


def test_a_second_deploy_says_that_it_is_deployed_and_changes_nothing(deployed: Lab) -> None:
    before = shell(deployed, "ls -la --time-style=full-iso /var/lib/ovirt-hc-setup/runs")
    said = shell(deployed, "ovirt-hc-setup deploy --unattended --output plain")
    assert "already deployed" in said
    assert shell(deployed, "ls -la --time-style=full-iso /var/lib/ovirt-hc-setup/runs") == before


def test_after_a_reboot_mount_host_ids_and_definition_are_back_by_themselves(deployed: Lab) -> None:
    deployed.reboot("hc1", timeout=120)
    until = time.monotonic() + 120
    while sum(line.startswith("s ") for line in shell(deployed, "sanlock client status").splitlines()) != 2:
        assert time.monotonic() < until, shell(deployed, "systemctl status ovirt-hc-setup-host.service || true")
        time.sleep(2)
    assert "fuse.glusterfs" in shell(deployed, "findmnt -n /rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine")
    assert "ovirtmgmt" in shell(deployed, "ip -br addr show ovirtmgmt")
    assert "shut off" in shell(deployed, "virsh list --all")
    shell(deployed, "virsh start HostedEngine")
    wait_health(deployed)
    assert all(verdict.ok for verdict in rehearsal.verdicts(deployed))
