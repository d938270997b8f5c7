"""After a reboot a host has its mount and its host ids back by itself, and before one it gives them back."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.host import host_unit
from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.resources.lockspace import Lockspace
from ovirt_hc_setup.resources.sanlock_host_name import SanlockHostName
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.system.host.units import unit_file
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, PATH, SPACE, mounted

pytestmark = pytest.mark.lab

HOST = "hc1"
IMAGE, VOLUME = UUID("aaaaaaaa-0002-4000-8000-000000000001"), UUID("aaaaaaaa-0002-4000-8000-000000000002")
OTHER = (UUID(int=5), UUID(int=6))
CONF = HostedEngineConf(
    fqdn="engine.hc.test",
    vm_disk=OTHER,
    vm=UUID(int=9),
    storage=str(PATH),
    domain=SPACE,
    host_id=1,
    metadata=OTHER,
    lockspace=(IMAGE, VOLUME),
    configuration=OTHER,
    gateway="10.90.0.1",
)
RESOURCES = (
    SanlockHostName(name="sanlock-name", host_name="hc1.hc.test"),
    DOMAIN,
    HostedEngineVolume(
        name="space",
        domain=DOMAIN.layout,
        image=IMAGE,
        volume=VOLUME,
        role=VolumeRole.LOCKSPACE,
        size=Size.of(VolumeRole.LOCKSPACE.size),
        created=1700000000,
    ),
    Lockspace(name="lockspace", domain=DOMAIN.layout, image=IMAGE, volume=VOLUME),
    File(name="conf", path=Path("/etc/ovirt-hosted-engine/hosted-engine.conf"), content=hosted_engine_conf.write(CONF)),
    File(name="unit-file", path=unit_file(host_unit.NAME), content=host_unit.text((sys.executable, "-m", "ovirt_hc_setup"))),
    Unit(name="unit", unit=host_unit.NAME),
)


@pytest.fixture(scope="module")
def joined(lab: Lab) -> Iterator[Lab]:
    make_engine_volume(lab, print)
    with mounted(lab, HOST):
        runs = [InHost(lab, HOST, resource) for resource in RESOURCES]
        for run in runs:
            run.apply()
        yield lab
        for run in reversed(runs):
            run.undo()
        lab.exec(HOST, "rm", "-rf", "/run/vdsm")  # the unit made it, and a reboot would end it


def held(lab: Lab) -> dict[str, bool]:
    found = sanlock_client.status(lab.host(HOST))
    return {space.name: space.held for space in found.lockspaces} if found else {}


def ha_path(lab: Lab) -> str:
    space = sanlock_client.known(sanlock_client.status(lab.host(HOST)), HOSTED_ENGINE)
    return space.path if space is not None else ""


FORMER, PREPARED = str(DOMAIN.layout.volume(IMAGE, VOLUME).data), str(DOMAIN.layout.prepared(IMAGE, VOLUME))
BOTH = {str(SPACE): True, HOSTED_ENGINE: True}


def test_the_unit_takes_both_host_ids(joined: Lab) -> None:
    assert held(joined) == BOTH
    assert ha_path(joined) == PREPARED


def test_a_host_that_holds_the_former_path_is_moved_to_that_of_vdsm(joined: Lab) -> None:
    for verb, path in (("rem", PREPARED), ("add", FORMER)):
        escaped = path.replace(":", "\\:")
        joined.exec(HOST, "sanlock", "client", f"{verb}_lockspace", "-s", f"{HOSTED_ENGINE}:1:{escaped}:0", timeout=60)
    assert ha_path(joined) == FORMER
    joined.exec(HOST, sys.executable, "-m", "ovirt_hc_setup", "host-up", timeout=120)
    assert (ha_path(joined), held(joined)) == (PREPARED, BOTH)


def test_a_second_start_finds_them(joined: Lab) -> None:
    joined.exec(HOST, sys.executable, "-m", "ovirt_hc_setup", "host-up", timeout=60)
    assert held(joined) == BOTH


def test_stopped_it_gives_them_back(joined: Lab) -> None:
    joined.exec(HOST, "systemctl", "stop", host_unit.NAME, timeout=120)
    assert held(joined) == {}
    joined.exec(HOST, "systemctl", "start", host_unit.NAME, timeout=300)


def test_after_a_reboot_both_are_back_by_themselves(joined: Lab) -> None:
    begun = time.monotonic()
    joined.reboot(HOST)
    # Two host ids take 42 s of it; a host that hangs takes minutes.
    assert time.monotonic() - begun < 100, "the host hung on its way down with a host id held"
    deadline = time.monotonic() + 180
    while held(joined) != BOTH:
        assert time.monotonic() < deadline, joined.exec(HOST, "journalctl", "-b", "-u", host_unit.NAME, check=False).out
        time.sleep(2)
    assert ha_path(joined) == PREPARED


def test_a_host_without_a_deployment_has_nothing_to_do(lab: Lab) -> None:
    assert "nothing to do" in lab.exec("hc3", sys.executable, "-m", "ovirt_hc_setup", "host-up").out
