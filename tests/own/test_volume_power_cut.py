"""A volume that was just built, and the power of all three hosts: glusterd syncs nothing of what it writes, so we do."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS, fqdn
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.peer import Peer
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units
from tests.lab.in_host import InHost

pytestmark = pytest.mark.own

POINT = Path("/gluster_bricks/built")
OTHERS = tuple(OtherHost(fqdn(name)) for name in HOSTS[1:])
VOLUME = Volume(
    name="volume",
    volume="built",
    bricks=tuple(f"{fqdn(name)}:{POINT / 'built'}" for name in HOSTS),
    arbiter=False,
    mark=uuid4(),
    others=OTHERS,
)


def test_a_volume_that_was_just_built_outlives_the_power_of_all_hosts(own: Lab) -> None:
    for name in HOSTS:
        units.enable(own.host(name), "glusterd.service")
        units.start(own.host(name), "glusterd.service")
        disk = own.disks(name)[0]
        InHost(own, name, Brick(name="brick", device=disk, uuid=uuid4(), point=POINT, folder=POINT / "built")).apply()
    for other in OTHERS:
        InHost(own, "hc1", Peer(name=f"peer-{other.host}", other=other, own_name=fqdn("hc1"))).apply()
    InHost(own, "hc1", VOLUME).apply()
    for name in HOSTS:
        own.kill(name)
    for name in HOSTS:
        own.start(name)
    first = own.host("hc1")
    for name in HOSTS:
        assert units.state(own.host(name), "glusterd.service").is_active, own.exec(name, "systemctl", "status", "glusterd").out
    wait_for("all bricks", 90, lambda: all(brick.online for brick in glusterd.brick_states(first, "built")))
    found = glusterd.volume_info(first, "built")
    assert found.started and found.deviations() == ()
