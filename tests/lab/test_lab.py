"""A lab's hosts are machines of their own, and they find each other."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, NotDeployed, UsageError
from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.program import package_folder
from ovirt_hc_setup.lab.whole_lab import Lab

pytestmark = pytest.mark.lab
HOSTS = places.HOSTS


@pytest.fixture(scope="module")
def own() -> Iterator[Lab]:
    """A lab that nothing has been done to."""
    fresh = Lab("test-own")
    fresh.down()
    try:
        fresh.up(print)
        yield fresh
    finally:
        fresh.down()


def test_every_host_is_running_with_no_failed_unit(own: Lab) -> None:
    assert {host: own.wait_running(host) for host in HOSTS} == dict.fromkeys(HOSTS, "running")


def test_up_a_second_time_changes_nothing_and_is_quick(own: Lab) -> None:
    before = [own.host(host).init for host in HOSTS]
    begun = time.monotonic()
    own.up()
    assert time.monotonic() - begun < 10
    assert [own.host(host).init for host in HOSTS] == before


def test_every_host_has_an_identity_of_its_own(own: Lab) -> None:
    ids = {own.host(host).read(Path("/etc/machine-id")) for host in HOSTS}
    dbus_ids = {own.host(host).read(Path("/var/lib/dbus/machine-id")) for host in HOSTS}
    keys = {own.host(host).read(Path("/etc/ssh/ssh_host_ed25519_key.pub")) for host in HOSTS}
    assert len(ids) == len(keys) == 3
    assert dbus_ids == ids


def test_bridges_that_the_hosts_make_have_different_addresses(own: Lab) -> None:
    assert len({_bridge_address(own, host) for host in HOSTS}) == 3


def _bridge_address(lab: Lab, host: str) -> str:
    # systemd-networkd draws it from the machine id, as it will for the management bridge.
    netdev = Path("/etc/systemd/network/90-probe.netdev")
    lab.host(host).write(netdev, b"[NetDev]\nName=probe\nKind=bridge\n")
    lab.exec(host, "networkctl", "reload")

    def links() -> Outcome:
        return lab.exec(host, "ip", "-j", "link", "show", "probe", check=False)

    wait_for("the bridge", 10, lambda: links().ok)
    address: str = json.loads(links().out)[0]["address"]
    lab.exec(host, "rm", str(netdev))
    lab.exec(host, "ip", "link", "delete", "probe")
    return address


@pytest.mark.parametrize("name", [*HOSTS, "engine"])
def test_names_and_addresses_are_found_both_ways_from_every_host(own: Lab, name: str) -> None:
    address = {**places.HOST_ADDRESSES, "engine": places.ENGINE_ADDRESS}[name]
    for host in HOSTS:
        assert f"{name}.hc.test has address {address}" in own.exec(host, "host", f"{name}.hc.test").out
        assert own.exec(host, "host", address).out.rstrip().endswith(f"pointer {name}.hc.test.")
        assert own.exec(host, "getent", "hosts", name).out.split()[0] == address


def test_names_from_outside_are_refused_at_once(own: Lab) -> None:
    begun = time.monotonic()
    assert "REFUSED" in own.exec("hc1", "host", "www.ovirt.org", check=False).out
    assert time.monotonic() - begun < 4  # a resolver waits 5 s for an answer


def test_hosts_call_themselves_by_their_full_names(own: Lab) -> None:
    assert [own.exec(host, "hostname", "-f").out.strip() for host in HOSTS] == [
        "hc1.hc.test",
        "hc2.hc.test",
        "hc3.hc.test",
    ]


def test_the_gateway_answers(own: Lab) -> None:
    for host in HOSTS:
        own.exec(host, "ping", "-c1", "-W2", places.GATEWAY)


def test_the_engines_address_is_kept_for_its_mac(own: Lab) -> None:
    config = f"[Match]\nMACAddress={places.ENGINE_MAC}\n[Network]\nDHCP=ipv4\n[DHCPv4]\nUseRoutes=no\n"
    file = Path("/etc/systemd/network/05-engine.network")
    own.host("hc3").write(file, config.encode())
    link = (
        "ip",
        "link",
        "add",
        "eng",
        "link",
        "host0",
        "address",
        places.ENGINE_MAC,
        "type",
        "macvlan",
        "mode",
        "bridge",
    )
    try:
        own.exec("hc3", "networkctl", "reload")
        own.exec("hc3", *link)
        wait_for("DHCP", 20, lambda: places.ENGINE_ADDRESS in own.exec("hc3", "ip", "-4", "addr", "show", "eng").out)
    finally:
        own.exec("hc3", "ip", "link", "delete", "eng", check=False)
        own.exec("hc3", "rm", str(file))
        own.exec("hc3", "networkctl", "reload")


@pytest.mark.parametrize("target", [*HOSTS, "hc3.hc.test", "10.90.0.12"])
def test_root_of_the_first_host_reaches_all_by_ssh_without_a_question(own: Lab, target: str) -> None:
    own.exec("hc1", "ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", target, "true", timeout=20)


def test_every_host_has_two_disks_that_hold_a_file_system(own: Lab) -> None:
    for host in HOSTS:
        disks = own.disks(host)
        sizes = [int(own.exec(host, "blockdev", "--getsize64", str(disk)).out) for disk in disks]
        assert sizes == [places.DISK_BYTES] * 2
    own.exec("hc2", "mkfs.xfs", "-q", str(own.disks("hc2")[0]))
    assert own.exec("hc2", "blkid", "-o", "value", "-s", "TYPE", str(own.disks("hc2")[0])).out.strip() == "xfs"
    own.exec("hc2", "wipefs", "-qa", str(own.disks("hc2")[0]))


def test_the_program_is_there_and_cannot_be_changed(own: Lab) -> None:
    outcome = own.exec("hc2", sys.executable, "-c", "import ovirt_hc_setup as p; print(p.__path__[0])")
    assert Path(outcome.out.strip()).resolve() == package_folder()
    assert "deploy" in own.exec("hc3", "ovirt-hc-setup", "--help").out
    with pytest.raises(CommandFailed, match="Read-only file system"):
        own.exec("hc2", "touch", str(package_folder() / "cli.py"))


def test_sanlock_and_libvirt_answer(own: Lab) -> None:
    for host in HOSTS:
        assert own.exec(host, "sanlock", "client", "status").out.startswith("daemon ")
        own.exec(host, "virsh", "-c", "qemu:///system", "list", "--all")


def test_files_are_written_whole_with_mode_and_owner(own: Lab) -> None:
    path = Path("/var/lib/probe/a file")
    own.host("hc1").write(path, b"\x00secret\n", mode=0o640, owner=(36, 36))
    assert own.host("hc1").read(path) == b"\x00secret\n"
    assert own.exec("hc1", "stat", "-c", "%a %u:%g", str(path)).out.strip() == "640 36:36"
    own.exec("hc1", "rm", "-r", str(path.parent))
    with pytest.raises(FileNotFoundError):
        own.host("hc1").read(path)


def test_a_killed_host_is_off_and_comes_back_as_itself(own: Lab) -> None:
    own.exec("hc2", "touch", "/root/mark")
    others = [own.host(host).init for host in ("hc1", "hc3")]
    own.kill("hc2")
    with pytest.raises(NotDeployed, match="hc2"):
        own.exec("hc2", "true")
    own.start("hc2")
    assert own.wait_running("hc2") == "running"
    own.exec("hc2", "rm", "/root/mark")
    assert [own.host(host).init for host in ("hc1", "hc3")] == others


def test_up_mends_a_lab_with_a_dead_host(own: Lab) -> None:
    own.kill("hc3")
    own.up()
    assert own.wait_running("hc3") == "running"


def test_a_rebooted_host_comes_back_by_itself(own: Lab) -> None:
    before = own.host("hc1").init
    own.reboot("hc1")
    assert own.host("hc1").init != before
    assert own.wait_running("hc1") == "running"
    own.exec("hc1", "ssh", "-o", "BatchMode=yes", "hc2", "true", timeout=20)


def test_a_host_that_does_not_exist_is_refused(own: Lab) -> None:
    with pytest.raises(UsageError, match="hc10"):
        own.exec("hc10", "true")
    with pytest.raises(NotDeployed, match=r"hc4 of lab .* is off"):
        own.exec("hc4", "true")


def test_two_labs_do_not_know_each_other(own: Lab) -> None:
    second = Lab("test-second")
    try:
        second.up()
        assert second.host("hc1").read(Path("/etc/machine-id")) != own.host("hc1").read(Path("/etc/machine-id"))
        second.kill("hc2")
        assert own.wait_running("hc2") == "running"
    finally:
        second.down()
    assert own.is_up()
