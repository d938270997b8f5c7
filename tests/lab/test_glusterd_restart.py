"""glusterd is restarted, as apt does it with an update, on a host that has a brick, the mount and a host id: on Debian its brick
goes down with it. The mount, its keeper and the host id live through that, and nobody else takes a brick away meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.system.gluster import glusterd, volume_look
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, MOUNT, SPACE, mounted

pytestmark = pytest.mark.lab

HOST = "hc1"
WRITER = "hc-test-writer.service"
# A line each 0.2 s, synced; the longest time between two lines is the pause.
_WRITE = f"while :; do date +%s.%N >>'{MOUNT}/.written'; sync '{MOUNT}/.written'; sleep 0.2; done"


@pytest.fixture(scope="module")
def held(lab: Lab) -> Iterator[Lab]:
    make_engine_volume(lab, print)
    host_id = HostId(name="host-id", lockspace=str(SPACE), path=DOMAIN.layout.ids, host_id=Number.of(1))
    with mounted(lab, HOST):
        domain, held = InHost(lab, HOST, DOMAIN), InHost(lab, HOST, host_id)
        domain.apply()
        try:
            held.apply()
            yield lab
            held.undo()
        finally:
            domain.undo()


def started(host: Host, *names: str) -> list[str]:
    """When each unit was last started: another time says that it was restarted."""
    return [units.show(host, name, "InvocationID")["InvocationID"] for name in names]


def ours(host: Host) -> list[str]:
    said = host.run("systemctl", "list-units", "--all", "--no-legend", "--plain", "*glusterSD*", "ovirt-hc-*").out
    return [line.split()[0] for line in said.splitlines() if line.split()]


def online(host: Host) -> int:
    return sum(brick.online for brick in glusterd.brick_states(host, "engine"))


def test_mount_and_host_id_live_through_a_restart_of_glusterd(held: Lab) -> None:
    host, other = held.host(HOST), held.host("hc2")
    names = ours(host)
    assert any(name.endswith(".mount") for name in names) and any("ovirt-hc-mount" in name for name in names), names
    was = started(host, *names)
    host.run("systemd-run", "--quiet", "--collect", f"--unit={WRITER}", "sh", "-c", _WRITE)
    try:
        host.run("systemctl", "restart", "glusterd")
        assert started(host, *names) == was
        wait_for("all bricks", 60, lambda: online(other) == len(HOSTS))
        wait_for("their healing", 60, lambda: volume_look.why_not_to_leave(other) == ())
    finally:
        host.run("systemctl", "stop", WRITER)
    times = [float(line) for line in host.read(MOUNT / ".written").decode().split()]
    host.run("rm", str(MOUNT / ".written"))
    assert max(after - before for before, after in itertools.pairwise(times)) < 10
    space = sanlock_client.known(sanlock_client.status(host), str(SPACE))
    assert space is not None and space.held
    assert started(host, *names) == was


def test_while_a_brick_is_away_no_other_host_leaves(held: Lab) -> None:
    host, other = held.host(HOST), held.host("hc2")
    host.run("systemctl", "stop", "glusterd")
    try:
        wait_for("the brick to be seen offline", 30, lambda: volume_look.why_not_to_leave(other) != ())
        assert "offline" in volume_look.why_not_to_leave(other)[0]
    finally:
        host.run("systemctl", "start", "glusterd")
        wait_for("all bricks", 60, lambda: volume_look.why_not_to_leave(other) == ())


def test_at_a_shutdown_the_mount_goes_first_then_the_bricks_and_the_network_last(held: Lab) -> None:
    """Bricks that end while the network is there say so to the other hosts; killed after it, they are waited for by everybody."""
    host = held.host(HOST)
    (mount,) = [name for name in ours(host) if name.endswith(".mount")]
    after = {name: units.show(host, name, "After")["After"].split() for name in (mount, "glusterd.service")}
    assert "glusterd.service" in after[mount]
    assert "network.target" in after["glusterd.service"] or "network-online.target" in after["glusterd.service"]
    assert units.show(host, "glusterd.service", "KillMode")["KillMode"] == "control-group"
