"""The storage's mount, by the real glusterd and the real systemd: killed, resumed, undone, rebooted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import NotAnswering
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.storage import mounts
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

PATH = StoragePath.parse("hc1.hc.test:/engine")
# One folder made, and the others not; the units written, and not enabled.
HALF_WAY = ("before install after install", "before systemctl enable")
# The keeper stopped; unmounted, with the units there; the units gone; one folder removed, and the others not.
HALF_BACK = ("before systemctl disable", "before rm -f", "before systemctl reset-failed", "before rmdir after rmdir")


@pytest.fixture(scope="module", autouse=True)
def volume(lab: Lab) -> None:
    make_engine_volume(lab, print)


def the_mount(lab: Lab, path: StoragePath = PATH) -> Mount:
    options = mount_options(glusterd.volume_info(lab.host("hc1"), "engine"), path.server)
    after = ("glusterd.service",)
    return Mount(name="mount", source=str(path), point=path.mount_point, kind="glusterfs", options=options, order_after=after)


@pytest.fixture
def run(lab: Lab) -> Iterator[InHost]:
    """A run on hc1 that is undone at the end, whatever the test did."""
    begun = InHost(lab, "hc1", the_mount(lab))
    yield begun
    begun.undo()


def traces(host: Host) -> str:
    """Everything of the host that the mount touches."""
    looks = (
        "grep -E 'glusterSD|/rhev' /proc/self/mountinfo | cut -d' ' -f5,6,8-",
        "test -d /rhev && find /rhev -xdev -printf '%p %m %U:%G\\n' || true",
        "find /etc/systemd/system \\( -name 'rhev*' -o -name 'ovirt-hc-mount*' \\) -printf '%p %m %l\\n' | sort",
        "systemctl list-units --all --no-legend --plain 'rhev*' 'ovirt-hc-mount*' | cut -d' ' -f1-4",
    )
    return "\n--\n".join(host.run("sh", "-c", look, check=False).out for look in looks)


def mounted(host: Host, path: StoragePath = PATH) -> bool:
    return mounts.mounted_at(host, path.mount_point) is not None


def test_it_is_mounted_where_vdsm_would_and_belongs_to_it(lab: Lab, run: InHost) -> None:
    run.apply()
    said = lab.exec("hc1", "stat", "-c", "%u:%g %a %n", *map(str, (PATH.mount_point, PATH.mount_point.parent, "/rhev"))).out
    assert said.splitlines() == [f"36:36 755 {PATH.mount_point}", f"36:36 755 {PATH.mount_point.parent}", "0:0 755 /rhev"]
    found = mounts.mounted_at(lab.host("hc1"), PATH.mount_point)
    assert found is not None
    assert (found.kind, found.source) == ("fuse.glusterfs", str(PATH))


def test_undone_nothing_of_it_is_left(lab: Lab, run: InHost) -> None:
    before = traces(lab.host("hc1"))
    run.apply()
    assert traces(lab.host("hc1")) != before
    run.undo()
    assert traces(lab.host("hc1")) == before


@pytest.mark.parametrize("moment", ["kept", *HALF_WAY, "before", "at", "after"])
def test_killed_at_any_moment_it_is_resumed_to_the_same_and_undone_to_nothing(lab: Lab, run: InHost, moment: str) -> None:
    host = lab.host("hc1")
    before = traces(host)
    run.apply()
    whole = traces(host)
    run.undo()

    run.folder = run.folder.with_name(run.folder.name + "-killed")
    run.killed("apply", moment)
    if moment in ("kept", *HALF_WAY, "before"):
        assert not mounted(host), "a kill before the commit point leaves nothing mounted"
    run.apply()
    assert traces(host) == whole
    run.undo()
    assert traces(host) == before


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_killed_and_not_resumed_it_is_undone_to_nothing(lab: Lab, run: InHost, moment: str) -> None:
    host = lab.host("hc1")
    before = traces(host)
    run.killed("apply", moment)
    wait_for("a mount that systemd began to end one way or the other", 30, lambda: "activating" not in traces(host), poll=0.5)
    run.undo()
    assert traces(host) == before


@pytest.mark.parametrize("moment", HALF_BACK)
def test_an_undo_that_is_killed_is_taken_up_again(lab: Lab, run: InHost, moment: str) -> None:
    host = lab.host("hc1")
    before = traces(host)
    run.apply()
    run.killed("undo", moment)
    run.undo()
    assert traces(host) == before


def test_a_storage_that_lost_two_bricks_for_some_seconds_is_looked_at_again(lab: Lab, run: InHost) -> None:
    """As when two glusterds are restarted at once: on Debian their bricks end with them."""
    run.apply()
    for name in HOSTS[1:]:
        units.stop(lab.host(name), "glusterd.service")
    wait_for("the mount is cut off", 60, lambda: not mounts.answers(lab.host("hc1"), PATH.mount_point), poll=0.5)
    with pytest.raises(NotAnswering, match="not responding"):
        the_mount(lab).probe(lab.host("hc1"))
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(run.act, "apply")
        time.sleep(5)
        for name in HOSTS[1:]:
            units.start(lab.host(name), "glusterd.service")
        applied = outcome.result()
    assert applied.ok, applied.describe()
    assert "the storage does not answer: looking again" in applied.err
    host = lab.host("hc1")
    wait_for("all bricks", 60, lambda: all(one.online for one in glusterd.brick_states(host, "engine")), poll=0.5)


def test_it_is_not_unmounted_while_somebody_is_in_it(lab: Lab, run: InHost) -> None:
    run.apply()
    host = lab.host("hc1")
    hold = f"exec 3>{PATH.mount_point}/held; exec sleep 60 >/dev/null 2>&1"
    pid = host.run("sh", "-c", f"setsid sh -c '{hold}' >/dev/null 2>&1 </dev/null & echo $!").out.strip()
    try:
        wait_for("the file to be open", 10, lambda: host.run("test", "-e", f"{PATH.mount_point}/held", check=False).ok, poll=0.5)
        outcome = run.act("undo")
        assert not outcome.ok
        assert "in use" in outcome.err
        assert f"sleep ({pid})" in outcome.err
        assert "held" in outcome.err
        assert mounted(host)
    finally:
        host.run("kill", pid)
        host.run("rm", "-f", f"{PATH.mount_point}/held")


def test_a_unit_that_was_edited_since_is_left_alone(lab: Lab, run: InHost) -> None:
    run.apply()
    host = lab.host("hc1")
    file = Path("/etc/systemd/system") / the_mount(lab).units.mount
    text = host.read(file)
    host.write(file, text + b"# an operator's own line\n")
    outcome = run.act("undo")
    assert not outcome.ok
    assert "was changed after" in outcome.err
    assert mounted(host)
    host.write(file, text)


def test_what_was_mounted_by_hand_stays_mounted(lab: Lab, run: InHost) -> None:
    host = lab.host("hc1")
    host.run("mkdir", "-p", str(PATH.mount_point))
    host.run("mount", "-t", "glusterfs", str(PATH), str(PATH.mount_point))
    try:
        run.apply()
        run.undo()
        assert mounted(host)
    finally:
        host.run("umount", str(PATH.mount_point))
        host.run("sh", "-c", f"cd / && rmdir -p {PATH.mount_point}", check=False)


def test_something_else_mounted_there_is_a_conflict(lab: Lab, run: InHost) -> None:
    host = lab.host("hc1")
    before = traces(host)
    host.run("mkdir", "-p", str(PATH.mount_point))
    host.run("mount", "-t", "tmpfs", "none", str(PATH.mount_point))
    try:
        state = the_mount(lab).probe(host)
        assert state.verdict is Verdict.CONFLICT
        assert "tmpfs" in state.reason
        outcome = run.act("apply")
        assert "Conflict" in outcome.err
    finally:
        host.run("umount", str(PATH.mount_point))
        host.run("sh", "-c", f"cd / && rmdir -p {PATH.mount_point}", check=False)
    assert traces(host) == before


def test_a_backup_server_helps_where_the_named_one_is_down(lab: Lab) -> None:
    path = StoragePath.parse("hc2.hc.test:/engine")
    run = InHost(lab, "hc1", the_mount(lab, path))
    lab.exec("hc2", "systemctl", "stop", "glusterd.service")
    try:
        run.apply()
        assert mounted(lab.host("hc1"), path)
    finally:
        lab.exec("hc2", "systemctl", "start", "glusterd.service")
        run.undo()


def test_it_comes_back_with_the_host(lab: Lab, run: InHost) -> None:
    run.apply()
    lab.exec("hc1", "touch", f"{PATH.mount_point}/before-reboot")
    lab.reboot("hc1")
    wait_for("the mount after a reboot", 60, lambda: mounted(lab.host("hc1")), poll=0.5)
    lab.exec("hc1", "rm", f"{PATH.mount_point}/before-reboot")


def test_it_comes_back_by_itself_after_all_hosts_lost_power(lab: Lab, run: InHost) -> None:
    run.apply()
    for name in HOSTS:
        lab.kill(name)
    try:
        lab.start("hc1")
        host = lab.host("hc1")
        time.sleep(5)
        # A try that fails is to be seen as a mount for a moment.
        tried = mounted(host) and mounts.answers(host, PATH.mount_point)
    finally:
        lab.up()
    assert not tried, "one host of three has no quorum, so the first tries fail"
    wait_for("the mount after a power failure of all hosts", 120, lambda: mounted(host), poll=0.5)
    wait_for("it to answer", 60, lambda: mounts.answers(host, PATH.mount_point), poll=0.5)
    assert the_mount(lab).probe(host).verdict is Verdict.DONE
