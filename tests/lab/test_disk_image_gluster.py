"""The appliance's disk on real GlusterFS: copied, killed in the middle, taken back, and left alone while another host uses it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality
from ovirt_hc_setup.lab.lab_volume import BRICKS, make_engine_volume
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.system.appliance.appliance_files import read_appliance
from ovirt_hc_setup.system.host.within import LIMIT
from tests.appliances import MIB, ovirt_members, qcow2_disk, raw_disk, write_ova
from tests.lab.in_host import KILLED, InHost
from tests.lab.storage_places import DOMAIN, PATH, mounted

pytestmark = pytest.mark.lab

SIZE = 320 * MIB
APPLIANCE = Path("/root/engine.ova")
IMAGE, VOLUME = UUID("5a0b0d8e-13f6-4a52-8f20-0f9f1c9f2f01"), UUID("5a0b0d8e-13f6-4a52-8f20-0f9f1c9f2f02")
DISK = HostedEngineVolume(
    name="engine-disk",
    domain=DOMAIN.layout,
    image=IMAGE,
    volume=VOLUME,
    role=VolumeRole.DISK,
    size=Size.of(SIZE),
    created=1700000000,
    legal=False,
)
WORKER = Path(__file__).with_name("disk_image_worker.py")
HELD = "held-by-qemu"


@dataclass(frozen=True)
class Wanted:
    """The appliance in hc1, and the sum of what the volume has to hold in the end."""

    resource: DiskImage
    digest: str


@pytest.fixture(scope="module")
def wanted(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Wanted:
    folder = tmp_path_factory.mktemp("appliance")
    raw = raw_disk(folder / "disk.raw", 256 * MIB, 90 * MIB)
    ova = write_ova(folder / "engine.ova", ovirt_members(qcow2_disk(raw, folder / "disk.qcow2", "-c").read_bytes()))
    lab.host("hc1").write(APPLIANCE, ova.read_bytes())
    resource = DiskImage(
        name="appliance-copy",
        appliance=replace(read_appliance(ova), path=APPLIANCE),
        domain=DOMAIN.layout,
        image=IMAGE,
        volume=VOLUME,
        size=SIZE,
        spool=Path("/var/tmp"),
    )
    return Wanted(resource, hashlib.sha256(raw.read_bytes() + bytes(SIZE - 256 * MIB)).hexdigest())


@pytest.fixture(scope="module", autouse=True)
def storage(lab: Lab) -> Iterator[None]:
    make_engine_volume(lab, print)
    with mounted(lab, "hc1"), mounted(lab, "hc2"):
        domain, disk = InHost(lab, "hc1", DOMAIN), InHost(lab, "hc1", DISK)
        domain.apply()
        try:
            disk.apply()
            yield
            disk.undo()
        finally:
            domain.undo()


@pytest.fixture
def run(lab: Lab, wanted: Wanted) -> Iterator[InHost]:
    """A run on hc1 that is undone at the end, whatever the test did."""
    begun = InHost(lab, "hc1", wanted.resource)
    yield begun
    begun.undo()


def digest(lab: Lab, host: str = "hc1") -> str:
    return lab.exec(host, "sha256sum", str(DISK.layout.data), timeout=120).out.split()[0]


def legality(lab: Lab) -> Legality:
    return volume_metadata.read(lab.host("hc1").read(DISK.layout.meta)).legality


def on_brick(lab: Lab) -> int:
    """Bytes that the disk and its shards take on hc1's brick: the mount itself does not tell for a sharded file."""
    brick = BRICKS / "engine" / "engine"
    found = lab.exec("hc1", "sh", "-c", f"find {brick} -type f \\( -name '{VOLUME}' -o -path '*/.shard/*' \\) -printf '%b\\n'")
    return sum(int(blocks) * 512 for blocks in found.out.split())


def files(lab: Lab) -> list[str]:
    said = lab.exec("hc1", "find", str(DISK.layout.folder), "-type", "f", "-printf", r"%f %m %U:%G\n").out
    return sorted(said.splitlines())


def killed_at(run: InHost, place: str) -> None:
    plan = run.folder / "plan.json"
    run.lab.host("hc1").write(plan, json.dumps(to_plain(run.resource)).encode())
    argv = (sys.executable, str(WORKER), str(plan), str(run.folder / "journal.jsonl"), place)
    assert run.lab.exec("hc1", *argv, timeout=120, check=False).code in KILLED


@contextmanager
def opened_on(lab: Lab, host: str) -> Iterator[None]:
    """QEMU has the volume open to write there, as it has while a VM runs."""
    script = f"sleep 300 | qemu-io -f raw '{DISK.layout.data}'"
    lab.exec(host, "systemd-run", "--quiet", "--collect", f"--unit={HELD}", "sh", "-c", script)
    lab.exec(
        host,
        "sh",
        "-c",
        f"for i in $(seq 50); do ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q {VOLUME} && exit 0; sleep 0.1; done; exit 1",
    )
    try:
        yield
    finally:
        lab.exec(host, "systemctl", "stop", HELD)


def test_the_disk_is_on_every_host_and_stays_sparse_and_vdsms(lab: Lab, run: InHost, wanted: Wanted) -> None:
    before = files(lab)
    run.apply()
    assert digest(lab, "hc2") == wanted.digest
    assert legality(lab) is Legality.LEGAL
    assert files(lab) == before == [f"{VOLUME} 660 36:36", f"{VOLUME}.lease 660 36:36", f"{VOLUME}.meta 644 36:36"]
    assert 60 * MIB < on_brick(lab) < 150 * MIB


@pytest.mark.parametrize("place", ["copying", "comparing", "committing"])
def test_killed_on_the_way_it_starts_over_and_ends_whole(lab: Lab, run: InHost, wanted: Wanted, place: str) -> None:
    killed_at(run, place)
    assert legality(lab) is Legality.ILLEGAL
    run.apply()
    assert (digest(lab), legality(lab)) == (wanted.digest, Legality.LEGAL)


@contextmanager
def away_while(lab: Lab, moment: str, folder: Path) -> Iterator[None]:
    """Two of three bricks are killed as soon as the run in `folder` says so, and are back afterwards."""
    look = f"for i in $(seq 600); do grep -qs {moment} {folder}/runs/*/events.jsonl && exit 0; sleep 0.05; done; exit 1"
    with ThreadPoolExecutor(1) as pool:

        def kill() -> None:
            lab.exec("hc1", "sh", "-c", look, timeout=60)
            for host in ("hc2", "hc3"):
                lab.exec(host, "pkill", "-KILL", "-x", "glusterfsd")

        killed = pool.submit(kill)
        try:
            yield
            killed.result()
        finally:
            make_engine_volume(lab, print)
            again = ("head", "-c1", str(DISK.layout.meta))
            wait_for("the mount to have its bricks again", 60, lambda: lab.exec("hc1", *again, check=False, timeout=60).ok)


def test_two_bricks_killed_in_the_middle_are_a_failure_of_the_world_and_the_same_run_goes_on_when_they_are_back(
    lab: Lab, run: InHost, wanted: Wanted
) -> None:
    with away_while(lab, "copying", run.folder):
        failed = run.work("apply", patience=5)
    assert failed.code == SetupError.exit_code, failed.describe()
    assert str(DISK.layout.folder) in failed.err
    assert "run the same command again" in failed.err
    assert legality(lab) is Legality.ILLEGAL
    again = run.work("apply", patience=60)
    assert again.ok, again.describe()
    assert (digest(lab), legality(lab)) == (wanted.digest, Legality.LEGAL)
    assert run.work("undo", patience=60).ok


def test_a_mount_whose_process_hangs_is_not_waited_for_without_an_end(lab: Lab, run: InHost, wanted: Wanted) -> None:
    lab.exec("hc1", "pkill", "-STOP", "-f", f"glusterfs .*{PATH.mount_point}")
    begun = time.monotonic()
    try:
        failed = run.work("apply", patience=5)
    finally:
        lab.exec("hc1", "pkill", "-CONT", "-f", f"glusterfs .*{PATH.mount_point}")
    assert failed.code == SetupError.exit_code, failed.describe()
    assert re.search(rf"{DISK.layout.folder}\S*: no answer within {LIMIT:.0f} s", failed.err), failed.err
    assert LIMIT < time.monotonic() - begun < 2 * LIMIT + 30
    assert run.work("apply", patience=60).ok
    assert run.work("undo", patience=60).ok


def test_undone_it_is_blank_and_takes_no_space(lab: Lab, run: InHost) -> None:
    run.apply()
    run.undo()
    assert legality(lab) is Legality.ILLEGAL
    assert lab.exec("hc1", "stat", "-c", "%s", str(DISK.layout.data)).out.strip() == str(SIZE)
    assert on_brick(lab) < 20 * MIB


def test_a_vm_on_another_host_keeps_it_from_being_taken_away(lab: Lab, run: InHost, wanted: Wanted) -> None:
    run.apply()
    with opened_on(lab, "hc2"):
        refused = run.act("undo")
        assert not refused.ok
        assert "is in use" in refused.err
        assert (digest(lab), legality(lab)) == (wanted.digest, Legality.LEGAL)
