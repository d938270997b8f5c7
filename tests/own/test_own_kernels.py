"""Hosts with kernels of their own: what they share with the other kind, what only they can show, and how they go wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, NotDeployed, UsageError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.lab import faults, parts
from ovirt_hc_setup.lab.host_kinds import Containers
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.system.storage.disks import stable_name
from tests.lab.traces import traces_of

pytestmark = pytest.mark.own

CHECKOUT = Path(__file__).resolve().parents[2]
def sh(host: Host, script: str) -> str:
    return host.run("sh", "-c", script).out.strip()


def test_each_host_has_a_kernel_an_id_and_an_address_of_its_own(own: Lab) -> None:
    files = "/proc/sys/kernel/random/boot_id /etc/machine-id /sys/class/net/host0/address"
    seen = [sh(own.host(name), f"cat {files}") for name in HOSTS]
    assert len({line for text in seen for line in text.splitlines()}) == 9
    assert "User Mode Linux" in own.exec("hc1", "cat", "/proc/cpuinfo").out
    assert [sh(own.host(name), "hostname -f") for name in HOSTS] == [fqdn(name) for name in HOSTS]


def test_the_link_that_commands_come_in_by_is_seen_by_nobody_in_the_host(own: Lab) -> None:
    links = sh(own.host("hc1"), "ls /sys/class/net").split()
    assert sorted(links) == ["host0", "lo"]


def test_a_command_reaches_a_host_whose_network_is_down(own: Lab) -> None:
    host = own.host("hc3")
    host.run("ip", "link", "set", "host0", "down")
    try:
        assert host.run("ping", "-c1", "-W1", "10.90.0.11", check=False).code != 0
    finally:
        host.run("systemctl", "restart", "systemd-networkd")


def test_commands_keep_their_words_exit_code_and_output(own: Lab) -> None:
    host = own.host("hc1")
    assert host.run("printf", "%s|", "a b", "$HOME", "'q'", "").out == "a b|$HOME|'q'||"
    assert host.run("sh", "-c", "echo no >&2; exit 3", check=False).code == 3
    with pytest.raises(CommandFailed, match="did not end within 1 s"):
        host.run("sleep", "30", timeout=1)
    assert "sleep 30" not in host.run("ps", "ax").out


def test_files_are_read_and_written_byte_by_byte(own: Lab) -> None:
    host, path = own.host("hc2"), Path("/root/some/bytes")
    host.write(path, bytes(range(256)), mode=0o640, owner=(36, 36))
    assert host.read(path) == bytes(range(256))
    assert sh(host, f"stat -c '%a %u %g' {path}") == "640 36 36"
    with pytest.raises(FileNotFoundError):
        host.read(Path("/root/absent"))
    with pytest.raises(OSError, match="Invalid argument"):
        host.read(Path("/sys/class/net/lo/speed"))


def test_the_program_and_the_appliance_are_there(own: Lab) -> None:
    host = own.host("hc1")
    assert host.run("ovirt-hc-setup", "--version").out.startswith("ovirt-hc-setup ")
    assert [str(disk) for disk in own.disks("hc1")] == ["/dev/ubdb", "/dev/ubdc"]


def test_what_needs_a_kernel_works(own: Lab) -> None:
    disk = own.disks("hc3")[1]
    try:
        sh(own.host("hc3"), f"vgcreate -q vg {disk} && lvcreate -q -n lv -L 400M vg && mkfs.xfs -q /dev/vg/lv")
        assert "lv" in sh(own.host("hc3"), "lvs --noheadings")
    finally:
        sh(own.host("hc3"), f"vgremove -qqf vg; pvremove -qq {disk}")


# Written by the journal of a run, as a worker does it; with `sync` off, nothing waits for the disk.
_JOURNAL = """
import os, sys
if sys.argv[1] == "no-sync":
    os.fsync = os.fdatasync = lambda _: None
from pathlib import Path
from ovirt_hc_setup.runner.journal import Journal
folder = Path("/root") / sys.argv[1]
folder.mkdir()
os.sync()
Journal(folder / "journal.jsonl", ()).append("a-resource", "done")
"""


def test_what_was_synced_outlives_a_power_failure_and_what_was_not_does_not(own: Lab) -> None:
    host = own.host("hc2")
    for how in ("sync", "no-sync"):
        host.run(sys.executable, "-I", "-c", _JOURNAL, how)
    own.kill("hc2")
    own.start("hc2")
    kept, lost = (own.exec("hc2", "cat", f"/root/{how}/journal.jsonl", check=False).out for how in ("sync", "no-sync"))
    assert '"a-resource"' in kept
    assert '"a-resource"' not in lost


def test_a_reboot_is_another_boot_of_the_same_host(own: Lab) -> None:
    before, machine = own.host("hc3").boot(), sh(own.host("hc3"), "cat /etc/machine-id")
    own.reboot("hc3")
    assert own.host("hc3").boot() != before
    assert sh(own.host("hc3"), "cat /etc/machine-id") == machine


def _reaches(lab: Lab, here: str, there: str) -> bool:
    return lab.exec(here, "ping", "-c", "1", "-W", "2", fqdn(there), check=False).ok


def test_one_link_of_three_is_cut_and_mended(own: Lab) -> None:
    faults.cut(own, "hc1", "hc2")
    try:
        assert [_reaches(own, *pair) for pair in (("hc1", "hc2"), ("hc2", "hc1"), ("hc1", "hc3"), ("hc3", "hc2"))] == [
            False, False, True, True,
        ]  # fmt: skip
    finally:
        faults.mend(own)
    assert _reaches(own, "hc1", "hc2")


def test_a_host_is_cut_off_from_everything_and_still_takes_commands(own: Lab) -> None:
    faults.cut(own, "hc2")
    try:
        assert not _reaches(own, "hc1", "hc2")
        assert own.exec("hc2", "ping", "-c", "1", "-W", "2", "10.90.0.1", check=False).code != 0
    finally:
        faults.mend(own)
    assert _reaches(own, "hc1", "hc2")


def test_a_host_that_is_not_there_is_not_said_to_be_cut_off(own: Lab) -> None:
    with pytest.raises(NotDeployed, match="hc7"):
        faults.cut(own, "hc1", "hc7")
    assert _reaches(own, "hc1", "hc2")


def test_a_frozen_host_goes_on_where_it_stood(own: Lab) -> None:
    before = own.host("hc3").boot()
    faults.freeze(own, "hc3")
    try:
        assert not _reaches(own, "hc1", "hc3")
    finally:
        faults.mend(own)
    assert _reaches(own, "hc1", "hc3")
    assert own.host("hc3").boot() == before


def test_a_slow_network_is_slow_and_then_is_not(own: Lab) -> None:
    faults.slow_network(own, "hc1", 300)
    try:
        assert _milliseconds(own) >= 300
    finally:
        faults.mend(own)
    assert _milliseconds(own) < 300


def _milliseconds(lab: Lab) -> float:
    said = lab.exec("hc1", "ping", "-c", "1", "-W", "5", fqdn("hc2")).out
    return float(said.split("time=")[1].split()[0])


def test_clocks_are_the_hosts_own(own: Lab) -> None:
    faults.set_clock(own, "hc3", 3600)
    try:
        ahead = float(sh(own.host("hc3"), "date +%s")) - time.time()
        assert 3500 < ahead < 3700
        assert abs(float(sh(own.host("hc1"), "date +%s")) - time.time()) < 60
    finally:
        faults.set_clock(own, "hc3", -3600)


def test_a_lab_of_one_kind_is_not_taken_for_one_of_the_other(own: Lab) -> None:
    with pytest.raises(Conflict, match="is up with hosts of the kind 'own'"):
        own.up(print, kind=Containers())


def test_memory_that_does_not_fit_is_said_and_nothing_is_left() -> None:
    before = traces_of(Lab("own-small"))
    command = "mount -t tmpfs -o size=512m tmpfs /dev/shm && exec ./ovirt-hc-setup lab up --kernel own --name own-small"
    argv = ["unshare", "-m", "sh", "-c", command]
    ended = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert "/dev/shm has 0.5 GiB free" in ended.stderr
    assert "mount -o remount,size=" in ended.stderr
    assert traces_of(Lab("own-small")) == before


def test_a_disk_is_plugged_in_stays_over_a_power_failure_and_is_pulled_out(own: Lab) -> None:
    disk = parts.add_disk(own, "hc2", Size.parse("1GiB"))
    assert disk == Path("/dev/ubdd")
    assert own.disks("hc2")[-1] == disk
    assert sh(own.host("hc2"), f"blockdev --getsize64 {disk}") == str(1 << 30)
    assert stable_name(own.host("hc2"), disk) == Path("/dev/disk/by-path/platform-uml-blkdev.3")
    sh(own.host("hc2"), f"mkfs.xfs -q {disk} && mount {disk} /mnt && echo kept >/mnt/file && sync -f /mnt/file")
    with pytest.raises(Conflict, match=f"{disk} is in use in hc2"):
        parts.remove_disk(own, "hc2", disk)
    own.kill("hc2")
    own.start("hc2")
    assert sh(own.host("hc2"), f"mount {disk} /mnt && cat /mnt/file && umount /mnt") == "kept"
    own.reboot("hc2")
    parts.remove_disk(own, "hc2", disk)
    assert str(disk) not in sh(own.host("hc2"), "lsblk -np -o NAME")
    assert disk not in own.disks("hc2")


def test_a_card_is_plugged_in_stays_over_a_reboot_and_is_pulled_out(own: Lab) -> None:
    nic = parts.add_nic(own, "hc3")
    assert nic == "host1"
    own.reboot("hc3")
    sh(own.host("hc3"), f"ip address add 10.90.0.99/24 dev {nic} && ip link set {nic} up")
    assert own.exec("hc3", "ping", "-c", "1", "-W", "2", "-I", nic, "10.90.0.1").ok
    faults.cut(own, f"hc3/{nic}")
    try:
        assert own.exec("hc3", "ping", "-c", "1", "-W", "2", "-I", nic, "10.90.0.1", check=False).code != 0
        assert _reaches(own, "hc3", "hc1")
    finally:
        faults.mend(own)
    parts.remove_nic(own, "hc3", nic)
    assert sorted(sh(own.host("hc3"), "ls /sys/class/net").split()) == ["host0", "lo"]
    with pytest.raises(UsageError, match="hc3 has no card host0 that was plugged in"):
        parts.remove_nic(own, "hc3", "host0")


@pytest.mark.parametrize(("disk", "said"), [("/dev/ubdz", "hc1 has no spare disk /dev/ubdz"), ("/dev/ubda", "no spare disk")])
def test_a_disk_that_is_not_the_labs_to_pull_is_refused(own: Lab, disk: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parts.remove_disk(own, "hc1", Path(disk))


_SYNCED = """
import os, time
file = os.open("/gluster_bricks/slow/file", os.O_CREAT | os.O_WRONLY)
begun = time.monotonic()
for _ in range(10):
    os.write(file, bytes(4096))
    os.fsync(file)
print((time.monotonic() - begun) / 10 * 1000)
"""
_IN_GLUSTERD = 'echo $$ >/sys/fs/cgroup/system.slice/glusterd.service/cgroup.procs; exec python3 -c "$1"'


def _sync_milliseconds(host: Host) -> float:
    return float(host.run("sh", "-c", _IN_GLUSTERD, "-", _SYNCED).out)


def test_a_slow_disk_makes_each_sync_of_a_brick_wait(own: Lab) -> None:
    host, disk = own.host("hc1"), own.disks("hc1")[1]
    sh(host, f"systemctl start glusterd; mkfs.xfs -q {disk}; mkdir -p /gluster_bricks/slow; mount {disk} /gluster_bricks/slow")
    try:
        before = _sync_milliseconds(host)
        faults.slow_disks(own, "hc1", 200)
        slow = _sync_milliseconds(host)
        faults.mend(own)
        assert before < 50 < 180 < slow
        assert _sync_milliseconds(host) < 50
    finally:
        faults.mend(own)
        sh(host, f"umount /gluster_bricks/slow; wipefs -qa {disk}; systemctl stop glusterd")
