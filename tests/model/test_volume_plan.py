"""The volume that is to be built: hosts, disks, and what can be known of it beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.volume_plan import BrickDevices, VolumeHosts, VolumePlan

THREE = "host1.example.com,host2.example.com,host3.example.com:2222"


def plan(*, arbiter: bool = False) -> VolumePlan:
    hosts = VolumeHosts.parse(THREE)
    return VolumePlan("engine", hosts.hosts, {name: Path("/dev/sdb") for name in hosts.names}, arbiter)


@pytest.mark.parametrize("text", [THREE, "h1,h2,h3"])
def test_three_hosts_are_read_and_written_back(text: str) -> None:
    assert str(VolumeHosts.parse(text)) == text


@pytest.mark.parametrize("text", ["", "h1", "h1,h2", "h1,h2,h3,h4", "h1,h2,h1", "h1,admin@h2,h3"])
def test_anything_but_three_different_hosts_reached_as_root_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        VolumeHosts.parse(text)


@pytest.mark.parametrize("text", ["/dev/sdb", "/dev/disk/by-id/wwn-0x5000", "h1=/dev/sdb,h2=/dev/nvme0n1,h3=/dev/sdb"])
def test_disks_are_read_and_written_back(text: str) -> None:
    assert str(BrickDevices.parse(text)) == text


NOT_DISKS = ["", "sdb", "/etc/passwd", "/dev/../etc", "/dev/sdb,/dev/sdc", "h1=/dev/sdb,h1=/dev/sdc", "/dev/sdb -f"]


@pytest.mark.parametrize("text", NOT_DISKS)
def test_what_is_no_disk_or_not_one_for_each_host_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        BrickDevices.parse(text)


def test_each_host_has_its_disk_and_one_without_is_refused() -> None:
    assert BrickDevices.parse("/dev/sdb").of("h3") == Path("/dev/sdb")
    several = BrickDevices.parse("h1=/dev/sdb,h2=/dev/sdc")
    assert several.of("h2") == Path("/dev/sdc")
    with pytest.raises(ValueRefused, match="no disk is named for h3"):
        several.of("h3")


def test_bricks_lie_one_level_below_their_mount_point() -> None:
    assert plan().bricks[2] == "host3.example.com:/gluster_bricks/engine/engine"


def test_the_volume_is_mounted_with_the_other_hosts_as_backup_before_it_is_there() -> None:
    options = mount_options(plan().as_built(), "host1.example.com")
    assert options == "backup-volfile-servers=host2.example.com:host3.example.com,_netdev"


@pytest.mark.parametrize(("arbiter", "words"), [(False, "replica 3"), (True, "replica 3 (2 + 1 arbiter)")])
def test_it_is_called_what_glusterd_will_call_it(arbiter: bool, words: str) -> None:
    assert plan(arbiter=arbiter).description == words
    assert plan(arbiter=arbiter).as_built().description == words
