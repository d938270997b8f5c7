"""Bricks, peers and a volume by the real mkfs.xfs and glusterd: killed, resumed, undone; what is not blank is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.plugins.gluster.judgement import RULES
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.peer import Peer
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.system.gluster import glusterd, volume_look
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.storage import disks, mounts
from tests.lab.bare_hosts import make_bare
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

POINT = Path("/gluster_bricks/built")
FOLDER = POINT / "built"
MARK = UUID("4b1d6a3e-52ab-4a4f-8f3e-2d0c0a6f7a11")
BRICKS = tuple(f"{fqdn(name)}:{FOLDER}" for name in HOSTS)


def the_brick(lab: Lab, host: str, uuid: UUID | None = None) -> Brick:
    return Brick(name="brick", device=lab.disks(host)[0], uuid=uuid or uuid4(), point=POINT, folder=FOLDER)


def the_peer(host: str) -> Peer:
    return Peer(name=f"peer-{host}", other=OtherHost(fqdn(host)), own_name=fqdn("hc1"))


def the_volume(*, arbiter: bool = False) -> Volume:
    return Volume(name="volume", volume="built", bricks=BRICKS, arbiter=arbiter, mark=MARK)


@pytest.fixture(scope="module", autouse=True)
def bare(lab: Lab) -> None:
    make_bare(lab)


@pytest.fixture
def brick(lab: Lab) -> Iterator[InHost]:
    begun = InHost(lab, "hc1", the_brick(lab, "hc1"))
    yield begun
    begun.undo()


def traces(host: Host, device: Path) -> str:
    """Everything of a host that a brick touches."""
    looks = (
        "grep gluster_bricks /proc/self/mountinfo | cut -d' ' -f5,9,10",
        "find /gluster_bricks -printf '%p %m %U:%G\\n' 2>/dev/null | sort",
        "find /etc/systemd/system -name 'gluster*built*' -printf '%p %m %l\\n' | sort",
        "systemctl list-units --all --no-legend --plain 'gluster_bricks-built*' | cut -d' ' -f1-4",
    )
    said = [host.run("sh", "-c", look, check=False).out for look in looks]
    return "\n--\n".join([*said, str(disks.look(host, device).traces)])


def settled(host: Host) -> None:
    """What a killed process had started comes to its end."""
    left = ("pgrep", "-x", "mkfs.xfs|systemctl")
    wait_for("what it started to end", 60, lambda: not host.run(*left, check=False).ok, poll=0.1)


# --- a brick


@pytest.mark.parametrize("moment", ["before", "at", "after", "before install after systemctl start"])
def test_a_brick_killed_at_any_moment_is_resumed_to_the_same_and_undone_to_a_blank_disk(
    lab: Lab, brick: InHost, moment: str
) -> None:
    host, device = lab.host("hc1"), lab.disks("hc1")[0]
    before = traces(host, device)
    brick.apply()
    whole = traces(host, device)
    assert f"{FOLDER} 755 36:36" in whole
    brick.undo()
    assert traces(host, device) == before

    brick.folder = brick.folder.with_name(brick.folder.name + "-killed")
    brick.killed("apply", moment)
    settled(host)
    if moment == "before":
        assert disks.look(host, device).traces == (), "a kill before the commit point leaves the disk blank"
    brick.apply()
    assert traces(host, device) == whole
    brick.killed("undo", "before systemctl disable")
    settled(host)
    brick.undo()
    assert traces(host, device) == before


@pytest.mark.parametrize("moment", ["kept", "at", "after"])
def test_a_brick_killed_and_not_resumed_is_undone_to_a_blank_disk(lab: Lab, brick: InHost, moment: str) -> None:
    host, device = lab.host("hc1"), lab.disks("hc1")[0]
    before = traces(host, device)
    brick.killed("apply", moment)
    settled(host)
    brick.undo()
    assert traces(host, device) == before


def test_a_file_system_that_mkfs_did_not_finish_is_begun_anew(lab: Lab, brick: InHost) -> None:
    host, resource = lab.host("hc1"), brick.resource
    assert isinstance(resource, Brick)
    brick.killed("apply", "before")
    disks.make_xfs(host, resource.device, resource.uuid)
    host.run("xfs_db", "-x", "-c", "sb 0", "-c", "write inprogress 1", str(resource.device))
    assert "is incomplete" in resource.probe(host).reason
    brick.apply()
    assert mounts.mounted_at(host, POINT) is not None


def beginning(host: Host, device: str) -> str:
    return host.run("sh", "-c", 'dd if="$1" bs=1M count=1 status=none | sha256sum', "-", device).out


SPOILS = {
    "a file system": "mkfs.ext4 -q -F $1",
    "a partition table": "parted -s $1 mklabel gpt",
    "swap": "mkswap -q $1",
    "somebody else's XFS": "mkfs.xfs -q -K -f $1",
}


@pytest.mark.parametrize("what", SPOILS)
def test_a_disk_that_is_not_blank_is_refused_and_left_as_it_is(lab: Lab, what: str) -> None:
    host, run = lab.host("hc1"), InHost(lab, "hc1", the_brick(lab, "hc1"))
    device = str(lab.disks("hc1")[0])
    host.run("sh", "-ec", SPOILS[what], "-", device)
    try:
        held = beginning(host, device)
        outcome = run.act("apply")
        assert "Conflict" in outcome.err, outcome.describe()
        assert "is not blank" in outcome.err
        run.undo()
        assert beginning(host, device) == held
        assert mounts.mounted_at(host, POINT) is None
    finally:
        host.run("wipefs", "--all", "--quiet", device)


def test_a_brick_with_files_is_kept_mounted_or_not(lab: Lab, brick: InHost) -> None:
    host = lab.host("hc1")
    brick.apply()
    host.run("touch", str(FOLDER / "somebodys"))
    assert "holds somebodys" in brick.act("undo").err
    units.stop(host, "gluster_bricks-built.mount")
    assert "holds somebodys" in brick.act("undo").err
    units.start(host, "gluster_bricks-built.mount")
    host.run("rm", str(FOLDER / "somebodys"))


def test_a_disk_that_got_another_use_since_is_not_wiped(lab: Lab, brick: InHost) -> None:
    host, device = lab.host("hc1"), str(lab.disks("hc1")[0])
    brick.apply()
    units.stop(host, "gluster_bricks-built.mount")
    host.run("mkfs.ext4", "-q", "-F", device)
    assert "other content now" in brick.act("undo").err
    assert "ext4" in str(disks.look(host, lab.disks("hc1")[0]).traces)
    host.run("wipefs", "--all", "--quiet", device)


def test_a_disk_that_is_called_otherwise_since_is_still_the_brick_and_its_old_name_is_left_alone(lab: Lab, brick: InHost) -> None:
    """As after a reboot in which the kernel found its disks in another order."""
    host, (disk, other) = lab.host("hc1"), lab.disks("hc1")[:2]
    before = traces(host, disk)
    brick.apply()
    resource = brick.resource
    assert isinstance(resource, Brick)
    brick.resource = replace(resource, device=other)
    assert brick.resource.probe(host).verdict is Verdict.DONE
    brick.undo()
    assert traces(host, disk) == before
    assert disks.look(host, other).traces == ()


def test_a_disk_is_known_by_what_it_says_of_itself_before_where_it_is_plugged_in(lab: Lab) -> None:
    host, (disk, other) = lab.host("hc1"), lab.disks("hc1")[:2]
    assert disks.stable_name(host, disk) == disk
    links = {
        "by-path/pci-0000:00:1f.2-ata-1": disk,
        "by-id/ata-SAMSUNG_X1": disk,
        "by-id/dm-name-lucky": disk,
        "by-id/wwn-0x5002538d00000001": disk,
        "by-id/wwn-0x5002538d00000002": other,
    }
    script = 'mkdir -p "/dev/disk/${1%/*}" && ln -s "$2" "/dev/disk/$1"'
    try:
        for name, target in links.items():
            host.run("sh", "-ec", script, "-", name, str(target))
        assert disks.look(host, disk).stable == "/dev/disk/by-id/wwn-0x5002538d00000001"
        host.run("sh", "-ec", "rm /dev/disk/by-id/wwn-*1")
        assert disks.look(host, disk).stable == "/dev/disk/by-id/ata-SAMSUNG_X1"
        host.run("sh", "-ec", "rm /dev/disk/by-id/ata-*")
        assert disks.look(host, disk).stable == "/dev/disk/by-path/pci-0000:00:1f.2-ata-1"
    finally:
        host.run("rm", "-r", "/dev/disk/by-id", "/dev/disk/by-path")


# --- the pool and the volume


@pytest.fixture(scope="module")
def pool(lab: Lab) -> Iterator[list[InHost]]:
    """Three bricks, glusterd, one pool; all of it taken back by its own undo."""
    made = [InHost(lab, name, the_brick(lab, name)) for name in HOSTS]
    for name in HOSTS:
        units.start(lab.host(name), "glusterd.service")
    made += [InHost(lab, "hc1", the_peer(name)) for name in HOSTS[1:]]
    try:
        for run in made:
            run.apply()
        yield made
    finally:
        for run in reversed(made):
            run.undo()


def test_a_peer_that_was_there_before_stays_and_one_that_was_not_goes(lab: Lab) -> None:
    host = lab.host("hc1")
    for name in HOSTS:
        units.start(lab.host(name), "glusterd.service")
    known = {peer.host for peer in glusterd.peers(host)}
    assert known == {"localhost"}
    first = InHost(lab, "hc1", the_peer("hc2"))
    first.killed("apply", "before")
    assert {peer.host for peer in glusterd.peers(host)} == known
    first.killed("apply", "after")
    first.apply()
    assert fqdn("hc1") in {peer.host for peer in glusterd.peers(lab.host("hc2"))}
    second = InHost(lab, "hc1", the_peer("hc2"))
    second.apply()
    second.undo()
    assert fqdn("hc2") in {peer.host for peer in glusterd.peers(host)}
    first.undo()
    assert {peer.host for peer in glusterd.peers(host)} == known


@pytest.mark.parametrize("moment", ["before", "after", "before volume start"])
def test_a_volume_killed_at_any_moment_passes_the_judgement_of_its_checks_and_is_undone(
    lab: Lab, pool: list[InHost], moment: str
) -> None:
    host, run = lab.host("hc1"), InHost(lab, "hc1", the_volume())
    run.killed("apply", moment)
    if moment == "before":
        assert "built" not in [volume.name for volume in glusterd.volumes(host)]
    run.apply()
    found = glusterd.volume_info(host, "built")
    severities = {name: finding.severity for name, rule in RULES.items() if (finding := rule(found)) is not None}
    assert set(severities.values()) == {"ok"}, severities
    assert "has a brick of volume built" in pool[-1].act("undo").err
    assert "is a brick of volume built" in pool[0].act("undo").err
    run.killed("undo", "before volume delete")
    run.undo()
    assert "built" not in [volume.name for volume in glusterd.volumes(host)]


def test_a_volume_that_is_built_again_on_the_same_bricks_is_fine_and_one_with_files_stays(
    lab: Lab, pool: list[InHost]
) -> None:
    host = lab.host("hc1")
    for arbiter in (True, False):
        run = InHost(lab, "hc1", the_volume(arbiter=arbiter))
        run.apply()
        assert glusterd.volume_info(host, "built").arbiter == arbiter
        host.run("touch", str(FOLDER / "somebodys"))
        assert "holds somebodys" in run.act("undo").err
        host.run("rm", str(FOLDER / "somebodys"))
        run.undo()


def test_a_volume_of_the_same_name_that_is_not_ours_is_a_conflict(lab: Lab, pool: list[InHost]) -> None:
    host, resource = lab.host("hc1"), the_volume()
    host.run("gluster", "--mode=script", "volume", "create", "built", BRICKS[0], "force")
    try:
        assert resource.probe(host).verdict is Verdict.CONFLICT
        run = InHost(lab, "hc1", resource)
        assert "Conflict" in run.act("apply").err
        run.undo()
        assert "built" in [volume.name for volume in glusterd.volumes(host)]
    finally:
        host.run("gluster", "--mode=script", "volume", "delete", "built")


def test_a_host_whose_bricks_are_needed_is_not_to_be_away_and_one_whose_are_not_may(lab: Lab, pool: list[InHost]) -> None:
    run = InHost(lab, "hc1", the_volume())
    run.apply()
    first, last = lab.host("hc1"), lab.host("hc3")
    assert volume_look.why_not_to_leave(first) == ()
    last.run("pkill", "-KILL", "-x", "glusterfsd")
    try:
        wait_for("the brick to be seen offline", 60, lambda: volume_look.why_not_to_leave(first) != (), poll=0.5)
        assert volume_look.why_not_to_leave(first) == (f"brick {BRICKS[2]} of volume built is offline",)
        assert volume_look.why_not_to_leave(last) == (), "its brick is away already"
    finally:
        first.run("gluster", "--mode=script", "volume", "start", "built", "force")
    wait_for("all bricks, healed", 90, lambda: volume_look.why_not_to_leave(first) == (), poll=0.5)
    run.undo()


def test_a_volume_with_a_brick_on_a_dead_host_goes_when_that_host_is_given_up(lab: Lab, pool: list[InHost]) -> None:
    host, dead, run = lab.host("hc1"), lab.host("hc3"), InHost(lab, "hc1", the_volume())
    run.apply()
    try:
        units.stop(dead, "glusterd.service")
        dead.run("pkill", "-x", "glusterfsd", check=False)  # some packages let bricks go on without it
        wait_for("hc3 to be missed", 60, lambda: fqdn("hc3") in [one.host for one in glusterd.peers(host) if not one.connected])
        refused = run.act("undo")
        assert refused.code == 4
        assert f"--leave peer-{fqdn('hc3')}" in refused.err
        assert glusterd.volume_info(host, "built").started
        entry = json.dumps({"resource": f"peer-{fqdn('hc3')}", "kind": "left", "at": 0})
        host.run("sh", "-c", f"echo '{entry}' >>{run.folder}/journal.jsonl")
        run.undo()
        assert glusterd.volumes(host) == ()
        assert {peer.host for peer in glusterd.peers(host)} == {"localhost", fqdn("hc2")}
    finally:
        # As if it were installed anew, and back in the pool for the other tests.
        dead.run("sh", "-c", "rm -rf /var/lib/glusterd/vols/built /var/lib/glusterd/peers/*")
        units.start(dead, "glusterd.service")
        InHost(lab, "hc1", the_peer("hc3")).apply()


def test_after_a_reboot_the_brick_is_there_before_glusterd_and_the_volume_whole(lab: Lab, pool: list[InHost]) -> None:
    run = InHost(lab, "hc1", the_volume())
    run.apply()
    for name in HOSTS:
        units.enable(lab.host(name), "glusterd.service")
    lab.reboot("hc2")
    host = lab.host("hc2")
    assert mounts.mounted_at(host, POINT) is not None
    wait_for("all bricks", 90, lambda: all(state.online for state in glusterd.brick_states(lab.host("hc1"), "built")), poll=0.5)
    run.undo()
