"""Each kind of resource on a host that loses its power before, at and after the commit point: brought to its end, and taken back.

The process is killed at its point, and the power goes right after it: nothing is written back on its own meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.resources.account import Account
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.libvirt_conf import LibvirtConf
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.sanlock_host_name import SanlockHostName
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.resources.watchdog import Watchdog
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, MOUNT, PATH, SPACE

pytestmark = pytest.mark.power

HOST = "hc2"
BOUND = 120
"""Seconds until the pool is whole again after a host has come back."""

ALONE: tuple[Resource, ...] = (
    File(name="file", path=Path("/etc/hc-test/a.conf"), content="a = 1\n"),
    Account(name="accounts"),
    Unit(name="unit", unit="hc-test.service"),
    SanlockHostName(name="sanlock-name", host_name="hc2.hc.test"),
    LibvirtConf(name="libvirt-conf", host_id=Number.of(2)),
    Watchdog(name="watchdog", device="softdog"),
    Bridge(name="bridge", bridge="ovirtmgmt", nic="host0", gateway="10.90.0.1", way_back_after=30),
)
TRACES = """
cat /etc/passwd /etc/group /etc/default/sanlock
find /etc -xdev -not -path '/etc/lvm/*' -not -name '*-' -not -name '.pwd.lock' -printf '%p %m %u:%g %l\\n' | sort
find /rhev -xdev 2>&1
find /etc/libvirt /etc/sanlock /etc/systemd -type f -exec md5sum {} + | sort
ip -br addr | sed 's/@[^ ]*//'; findmnt -rn -o TARGET -t fuse.glusterfs; true
"""
_UNIT = "[Service]\nExecStart=/bin/sleep 100000\n[Install]\nWantedBy=multi-user.target\n"
MOMENTS = ("kept", "before", "at", "after")


@pytest.fixture(scope="module", autouse=True)
def storage(own: Lab) -> None:
    make_engine_volume(own, print)
    for name in HOSTS:  # glusterd syncs nothing of what it writes: its volume is to be one of before
        units.write_unit(own.host(name), "hc-test.service", _UNIT)
        own.exec(name, "sync")


def traces(lab: Lab) -> str:
    return lab.exec(HOST, "sh", "-c", TRACES).out


def cut_power(lab: Lab) -> None:
    lab.kill(HOST)
    lab.start(HOST)


def whole(lab: Lab) -> None:
    """Wait until the bricks are back: what stands on them is another matter."""
    host = lab.host("hc1")
    wait_for("the bricks", BOUND, lambda: all(brick.online for brick in glusterd.brick_states(host, "engine")), poll=1)


@contextmanager
def chain(lab: Lab, *resources: Resource) -> Iterator[list[InHost]]:
    """Runs of resources, all but the last applied; undone at the end, whatever the test did."""
    runs = [InHost(lab, HOST, resource) for resource in resources]
    try:
        for run in runs[:-1]:
            run.apply()
        yield runs
    finally:
        for run in reversed(runs):
            run.undo()


def cut_and_go_on(lab: Lab, runs: list[InHost], moment: str) -> None:
    """The last of the runs is brought to its end over a power failure; then it is taken back over another one."""
    runs[-1].killed("apply", moment)
    cut_power(lab)
    whole(lab)
    for run in runs:  # as the command does that is given again: what the power has taken with it is made once more
        run.apply()
    runs[-1].killed("undo", "begun")
    cut_power(lab)
    whole(lab)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("resource", ALONE, ids=lambda resource: resource.name)
def test_what_stands_alone(own: Lab, resource: Resource, moment: str) -> None:
    before = traces(own)
    with chain(own, resource) as runs:
        cut_and_go_on(own, runs, moment)
    assert traces(own) == before


def the_mount(lab: Lab) -> Mount:
    options = mount_options(glusterd.volume_info(lab.host("hc1"), "engine"), PATH.server)
    after = ("glusterd.service",)
    return Mount(name="mount", source=str(PATH), point=MOUNT, kind="glusterfs", options=options, order_after=after)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_mount(own: Lab, moment: str) -> None:
    before = traces(own)
    with chain(own, the_mount(own)) as runs:
        cut_and_go_on(own, runs, moment)
    assert traces(own) == before


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_domain(own: Lab, moment: str) -> None:
    before = traces(own)
    with chain(own, the_mount(own), DOMAIN) as runs:
        cut_and_go_on(own, runs, moment)
    assert traces(own) == before


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_host_id(own: Lab, moment: str) -> None:
    name = SanlockHostName(name="sanlock-name", host_name="hc2.hc.test")
    held = HostId(name="host-id", lockspace=str(SPACE), path=DOMAIN.layout.ids, host_id=Number.of(2))
    before = traces(own)
    with chain(own, the_mount(own), DOMAIN, name, held) as runs:
        cut_and_go_on(own, runs, moment)
    assert traces(own) == before
