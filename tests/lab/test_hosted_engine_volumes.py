"""The hosted engine's volumes and what is written into them, on real GlusterFS with the real sanlock and the real tar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.hosted_engine import configuration_volume, ha_metadata
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import MEMBERS, SharedConfiguration
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.resources.config_archive import ConfigArchive
from ovirt_hc_setup.resources.global_maintenance import GlobalMaintenance
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.resources.lockspace import Lockspace
from ovirt_hc_setup.resources.metadata_block import MetadataBlock
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, SPACE, mounted, tree

pytestmark = pytest.mark.lab

GOLDEN = Path(__file__).parent.parent / "golden" / "storage"

MOMENTS = ["kept", "before", "at", "after"]
CREATED = 1700000000


def ids(number: int) -> tuple[UUID, UUID]:
    return UUID(f"aaaaaaaa-000{number}-4000-8000-000000000001"), UUID(f"aaaaaaaa-000{number}-4000-8000-000000000002")


def volume(role: VolumeRole, number: int, size: Size, legal: bool = True) -> HostedEngineVolume:
    image, volume = ids(number)
    return HostedEngineVolume(
        name=role.alias, domain=DOMAIN.layout, image=image, volume=volume, role=role, size=size, created=CREATED, legal=legal
    )


DISK = volume(VolumeRole.DISK, 1, Size.parse("50GiB"), legal=False)
SPACES = volume(VolumeRole.LOCKSPACE, 2, Size.of(VolumeRole.LOCKSPACE.size))
BOARD = volume(VolumeRole.METADATA, 3, Size.of(VolumeRole.METADATA.size))
CONFIGURATION = volume(VolumeRole.CONFIGURATION, 4, Size.of(VolumeRole.CONFIGURATION.size))
VOLUMES = [DISK, SPACES, BOARD, CONFIGURATION]

LOCKSPACE = Lockspace(name="lockspace", domain=DOMAIN.layout, image=ids(2)[0], volume=ids(2)[1])
HOST_ID = HostId(name="he-id", lockspace=HOSTED_ENGINE, path=SPACES.layout.data, host_id=Number.of(1))
SHARED = SharedConfiguration(
    version="2.5.2\n",
    fhanswers=(GOLDEN / "fhanswers.conf").read_text(),
    hosted_engine=(GOLDEN / "hosted-engine.conf").read_text(),
    broker=(GOLDEN / "broker.conf").read_text(),
    vm=(GOLDEN / "vm.conf").read_text(),
)
ARCHIVE = ConfigArchive(name="archive", domain=DOMAIN.layout, image=ids(4)[0], volume=ids(4)[1], configuration=SHARED)
MAINTENANCE = GlobalMaintenance(name="maintenance", domain=DOMAIN.layout, image=ids(3)[0], volume=ids(3)[1])
BLOCK = MetadataBlock(
    name="block", domain=DOMAIN.layout, image=ids(3)[0], volume=ids(3)[1], host_id=Number.of(1), host_name="hc1.hc.test"
)


@pytest.fixture(scope="module", autouse=True)
def domain(lab: Lab) -> Iterator[None]:
    make_engine_volume(lab, print)
    with mounted(lab, "hc1"), applied(lab, DOMAIN):
        yield


@contextmanager
def applied(lab: Lab, *resources: Resource) -> Iterator[None]:
    """These resources on hc1 for as long as this lasts, then taken back in the other order."""
    runs = [InHost(lab, "hc1", resource) for resource in resources]
    try:
        for run in runs:
            run.apply()
        yield
    finally:
        for run in reversed(runs):
            run.undo()


def content(lab: Lab, path: Path) -> tuple[str, ...]:
    """The size of a volume and the sum of its first MiBs, where everything is that anybody writes here."""
    script = f"stat -c %s {path}; head -c 2M {path} | sha256sum"
    return tuple(lab.exec("hc1", "sh", "-c", script).out.split())


@pytest.mark.parametrize("resource", VOLUMES, ids=lambda found: found.name)
def test_a_volume_has_the_files_that_vdsm_makes(lab: Lab, resource: HostedEngineVolume) -> None:
    with applied(lab, resource):
        host, layout = lab.host("hc1"), resource.layout
        said = lab.exec("hc1", "find", str(layout.folder), "-type", "f", "-printf", r"%f %m %U:%G %s\n").out
        meta = host.read(layout.meta)
        assert sorted(said.splitlines()) == [
            f"{layout.volume} 660 36:36 {resource.size.bytes}",
            f"{layout.volume}.lease 660 36:36 1048576",
            f"{layout.volume}.meta 644 36:36 {len(meta)}",
        ]
        found = volume_metadata.read(meta)
        assert (found.capacity, found.disk_type, found.created) == (resource.size.bytes, resource.role.value, CREATED)
        assert found.legality is (Legality.ILLEGAL if resource is DISK else Legality.LEGAL)
        assert volume_metadata.alias_of(found.description) == resource.role.alias
        assert sanlock_client.resource_leader(host, layout.lease, str(SPACE), str(layout.volume), 0, 512) is not None
        taken = int(lab.exec("hc1", "stat", "-c", "%b", str(layout.data)).out) * 512
        assert taken == 0 if resource is DISK else taken >= resource.size.bytes


@pytest.mark.parametrize("resource", [DISK, BOARD], ids=lambda found: found.name)
@pytest.mark.parametrize("moment", [*MOMENTS, "before write"])
def test_a_volume_killed_at_any_moment_is_resumed_to_the_same_and_taken_back(
    lab: Lab, resource: HostedEngineVolume, moment: str
) -> None:
    before = tree(lab, below=str(SPACE))
    with applied(lab, resource):
        whole = tree(lab, below=str(SPACE))
    run = InHost(lab, "hc1", resource)
    run.killed("apply", moment)
    if moment not in ("at", "after"):
        assert not lab.exec("hc1", "test", "-e", str(resource.layout.meta), check=False).ok
    run.apply()
    assert tree(lab, below=str(SPACE)) == whole
    run.undo()
    assert tree(lab, below=str(SPACE)) == before


@pytest.mark.parametrize("moment", ["before sanlock client status", "before sanlock direct read_leader"])
def test_removing_a_volume_goes_on_after_a_kill(lab: Lab, moment: str) -> None:
    before, run = tree(lab, below=str(SPACE)), InHost(lab, "hc1", BOARD)
    run.apply()
    run.killed("undo", moment)
    run.undo()
    assert tree(lab, below=str(SPACE)) == before


def test_a_volume_of_another_size_is_a_conflict(lab: Lab) -> None:
    with applied(lab, BOARD):
        outcome = InHost(lab, "hc1", replace(BOARD, size=Size.parse("256MiB"))).act("apply")
        assert outcome.code == 4
        assert "not RAW with 268435456" in outcome.err


def test_more_than_the_bricks_have_is_a_clear_error_and_leaves_no_volume(lab: Lab) -> None:
    run = InHost(lab, "hc1", replace(CONFIGURATION, size=Size.parse("4TiB")))
    outcome = run.act("apply")
    assert outcome.code == 4
    assert "no room for" in outcome.err
    assert not lab.exec("hc1", "test", "-e", str(CONFIGURATION.layout.meta), check=False).ok
    run.undo()


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_lockspace_killed_at_any_moment_is_written_and_taken_back(lab: Lab, moment: str) -> None:
    with applied(lab, SPACES):
        before, run = content(lab, SPACES.layout.data), InHost(lab, "hc1", LOCKSPACE)
        run.killed("apply", moment)
        run.apply()
        assert sanlock_client.holds_lockspace(lab.host("hc1"), SPACES.layout.data, HOSTED_ENGINE, 512)
        assert lab.exec("hc1", "stat", "-c", "%s", str(SPACES.layout.data)).out.strip() == str(1 << 30)
        run.undo()
        assert content(lab, SPACES.layout.data) == before


def test_a_lockspace_in_use_is_neither_written_over_nor_taken_back(lab: Lab) -> None:
    with applied(lab, SPACES, LOCKSPACE, HOST_ID):
        run = InHost(lab, "hc1", LOCKSPACE)
        # The last host id is missing: a torn lockspace, which would be written again if nobody were in it.
        lab.exec("hc1", "dd", "if=/dev/zero", f"of={SPACES.layout.data}", "bs=512", "seek=1999", "count=1", "conv=notrunc,fsync")
        outcome = run.act("apply")
        assert outcome.code == 4
        assert "with host ids of" in outcome.err
        refused = InHost(lab, "hc1", SPACES)
        refused.folder = Path("/var/lib/hc-test/in-use")
        host = lab.host("hc1")
        host.run("mkdir", "-p", str(refused.folder))
        line = b'{"resource": "he_sanlock", "kind": "record", "at": 1.0, "image": {"image": "x"}}\n'
        host.write(refused.folder / "journal.jsonl", line)
        assert "this host holds host id 1 in it" in refused.act("undo").err
        lab.exec("hc1", "test", "-e", str(SPACES.layout.meta))


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_shared_configuration_killed_at_any_moment_is_what_ha_reads(lab: Lab, moment: str) -> None:
    with applied(lab, CONFIGURATION):
        data, run = CONFIGURATION.layout.data, InHost(lab, "hc1", ARCHIVE)
        before = content(lab, data)
        run.killed("apply", moment)
        run.apply()
        for name, text in SHARED.members().items():
            script = f"dd if={data} bs=4k 2>/dev/null | tar -xOf - {name}"
            assert lab.exec("hc1", "sh", "-c", script).out == text
        listed = lab.exec("hc1", "sh", "-c", f"dd if={data} bs=4k 2>/dev/null | tar -tf -").out
        assert listed.split() == list(MEMBERS)
        assert lab.exec("hc1", "stat", "-c", "%s", str(data)).out.strip() == str(1 << 30)
        run.undo()
        assert content(lab, data) == before


def test_a_configuration_that_was_changed_since_is_done_and_not_taken_back(lab: Lab) -> None:
    with applied(lab, CONFIGURATION):
        run = InHost(lab, "hc1", ARCHIVE)
        run.apply()
        changed = configuration_volume.write(replace(SHARED, broker="[email]\nsmtp-server=mail\n"))
        # As HA writes it: without keeping the size of the file.
        lab.exec("hc1", "dd", f"of={CONFIGURATION.layout.data}", "bs=4k", "conv=fsync", stdin=changed)
        assert run.act("apply").ok
        outcome = run.act("undo")
        assert outcome.code == 4
        assert "was changed since it was written" in outcome.err


def test_another_deployments_configuration_is_a_conflict(lab: Lab) -> None:
    with applied(lab, CONFIGURATION, ARCHIVE):
        other = replace(SHARED, hosted_engine=SHARED.hosted_engine.replace("vmid=bbbb", "vmid=cccc"))
        outcome = InHost(lab, "hc1", replace(ARCHIVE, configuration=other)).act("apply")
        assert outcome.code == 4
        assert "belongs to another deployment" in outcome.err


@pytest.mark.parametrize("moment", MOMENTS)
def test_global_maintenance_killed_at_any_moment_is_set_and_what_others_wrote_stays(lab: Lab, moment: str) -> None:
    with applied(lab, BOARD):
        before, run = content(lab, BOARD.layout.data), InHost(lab, "hc1", MAINTENANCE)
        run.killed("apply", moment)
        run.apply()
        assert ha_metadata.read(lab.host("hc1").read(BOARD.layout.data)[: 10 * 4096]).maintenance
        run.undo()
        assert content(lab, BOARD.layout.data) == before
        run.apply()
        lifted = ha_metadata.write_global_block(maintenance=False)
        lab.exec("hc1", "dd", f"of={BOARD.layout.data}", "bs=4096", "conv=notrunc,fsync", stdin=lifted)
        run.apply()
        run.undo()
        assert lab.host("hc1").read(BOARD.layout.data)[:4096] == lifted


def test_the_ha_metadata_is_written_only_while_the_host_id_is_held(lab: Lab) -> None:
    with applied(lab, SPACES, BOARD, LOCKSPACE):
        before, run = content(lab, BOARD.layout.data), InHost(lab, "hc1", BLOCK)
        outcome = run.act("apply")
        assert outcome.code == 4
        assert "host id 1 in hosted-engine is not held by this host" in outcome.err
        assert content(lab, BOARD.layout.data) == before
        with applied(lab, HOST_ID):
            for moment in MOMENTS:
                run.killed("apply", moment)
                run.apply()
                found = ha_metadata.read(lab.host("hc1").read(BOARD.layout.data)[: 10 * 4096])
                block = found.hosts[1]
                assert (block.hostname, block.score, block.stopped) == ("hc1.hc.test", 0, True)
                assert (list(found.hosts), found.damaged) == ([1], {})
                run.undo()
                assert content(lab, BOARD.layout.data) == before
            run.apply()
            other = InHost(lab, "hc1", replace(BLOCK, host_name="hc2.hc.test")).act("apply")
            assert "belongs to hc1.hc.test" in other.err
            run.undo()
