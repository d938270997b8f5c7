"""A whole domain on disks with sectors of 4096 bytes: found as such, and laid out, locked, written and read accordingly."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.formats.hosted_engine import shared_configuration
from ovirt_hc_setup.formats.vdsm import domain_metadata, xleases
from ovirt_hc_setup.lab.lab_volume import join_pool
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.model.size import Size
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.resources.config_archive import ConfigArchive
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.resources.lockspace import Lockspace
from ovirt_hc_setup.resources.metadata_block import MetadataBlock
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.storage_domain import StorageDomain
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.sanlock import sanlock_client
from ovirt_hc_setup.system.storage import blocks, domain_files
from ovirt_hc_setup.system.storage.storage_reading import engine_files
from tests.lab.in_host import InHost
from tests.lab.vm_in_host import shell
from tests.storages import CONF, SPACE, configuration, place

pytestmark = pytest.mark.lab

HOST = "hc1"
BRICKS = Path("/gluster_bricks/four")
PATH = StoragePath.parse("hc1.hc.test:/four")
MIB = 1 << 20
VM = UUID(int=77)
DOMAIN = StorageDomain(
    name="domain",
    mount_point=PATH.mount_point,
    remote_path=str(PATH),
    domain=SPACE,
    domain_name="hosted_storage",
    created=1700000000,
    domain_type="GLUSTERFS",
    disk_sector=4096,
)



def volume(role: VolumeRole) -> HostedEngineVolume:
    image, number = place(role)
    size = Size.parse("8MiB")
    return HostedEngineVolume(name=role.alias, domain=DOMAIN.layout, image=image, volume=number, role=role, size=size, created=1)


SPACES, BOARD, CONFIGURATION = (
    volume(role) for role in (VolumeRole.LOCKSPACE, VolumeRole.METADATA, VolumeRole.CONFIGURATION)
)


@contextmanager
def disk(file: Path) -> Iterator[str]:
    """A disk of 2 GiB with sectors of 4096 bytes, brought into the host."""
    with file.open("wb") as out:
        out.truncate(2 << 30)
    command = ("losetup", "--find", "--show", "--direct-io=on", "--sector-size=4096", str(file))
    device = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


@contextmanager
def gluster_volume(lab: Lab, device: str) -> Iterator[None]:
    """The volume `four`: three bricks, all on this one disk, with the options that a domain has to have."""
    set_up = f"mknod {device} b 7 {device.removeprefix('/dev/loop')} && mkfs.xfs -q -K {device} && mkdir -p {BRICKS}"
    shell(lab, HOST, f"{set_up} && mount {device} {BRICKS}")
    host, bricks = lab.host(HOST), [f"hc1.hc.test:{BRICKS}/brick{number}" for number in (1, 2, 3)]
    words = [
        ("create", "four", "replica", "3", *bricks, "force"),
        ("set", "four", "group", "virt"),
        ("set", "four", "storage.owner-uid", "36"),
        ("set", "four", "storage.owner-gid", "36"),
        ("start", "four"),
    ]
    try:
        for word in words:
            host.run("gluster", "--mode=script", "volume", *word)
        yield
    finally:
        for last in (("stop", "four", "force"), ("delete", "four")):
            host.run("gluster", "--mode=script", "volume", *last, check=False)
        shell(lab, HOST, f"umount {BRICKS}; rmdir {BRICKS}; rm {device}")


@contextmanager
def applied(lab: Lab, resource: Resource) -> Iterator[None]:
    run = InHost(lab, HOST, resource)
    run.apply()
    try:
        yield
    finally:
        run.undo()


@pytest.fixture(scope="module")
def storage(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The volume `four`, mounted on hc1."""
    join_pool(lab)
    with disk(tmp_path_factory.mktemp("disk") / "image") as device, gluster_volume(lab, device):
        options = mount_options(glusterd.volume_info(lab.host(HOST), "four"), PATH.server)
        point, after = PATH.mount_point, ("glusterd.service",)
        mount = Mount(name="mount", source=str(PATH), point=point, kind="glusterfs", options=options, order_after=after)
        with applied(lab, mount):
            yield lab


def test_where_direct_writes_stop_at_the_client_no_domain_is_made(storage: Lab) -> None:
    """GlusterFS then takes 512 bytes although the disks do not, and says so to VDSM too."""
    host = storage.host(HOST)
    assert blocks.sector_size(host, BRICKS / "brick1") == 4096
    host.run("gluster", "--mode=script", "volume", "set", "four", "network.remote-dio", "enable")
    try:
        outcome = InHost(storage, HOST, DOMAIN).act("apply")
        assert outcome.code == 4
        assert "accepts direct writes of 512 bytes, but its disks have 4096" in outcome.err
        assert "network.remote-dio disable" in outcome.err
        assert shell(storage, HOST, f"ls -A {PATH.mount_point}").split() in ([], [".trashcan"])
    finally:
        host.run("gluster", "--mode=script", "volume", "set", "four", "network.remote-dio", "disable")


def test_everything_is_laid_out_for_sectors_of_4096(storage: Lab) -> None:
    host, layout = storage.host(HOST), DOMAIN.layout
    lockspace = Lockspace(name="lockspace", domain=DOMAIN.layout, image=SPACES.image, volume=SPACES.volume)
    host_id = HostId(name="id", lockspace=HOSTED_ENGINE, path=SPACES.layout.data, host_id=Number.of(1))
    board = MetadataBlock(
        name="block", domain=DOMAIN.layout, image=BOARD.image, volume=BOARD.volume, host_id=Number.of(1), host_name="hc1.hc.test"
    )
    archive = ConfigArchive(
        name="archive",
        domain=DOMAIN.layout,
        image=CONFIGURATION.image,
        volume=CONFIGURATION.volume,
        configuration=configuration(replace(CONF, storage=str(PATH))),
    )
    with ExitStack() as stack:
        for resource in (DOMAIN, SPACES, BOARD, CONFIGURATION, lockspace, host_id, board, archive):
            stack.enter_context(applied(storage, resource))
        assert domain_metadata.read(host.read(layout.metadata)).block_size == 4096
        assert sanlock_client.holds_lockspace(host, layout.ids, str(SPACE), 4096)
        with pytest.raises(CommandFailed, match="takes no reads of 512 bytes"):  # which is not the same as that there is none
            sanlock_client.holds_lockspace(host, layout.ids, str(SPACE), 512)
        leases = [
            sanlock_client.resource_leader(host, layout.leases, str(SPACE), domain_files.SDM, MIB, 4096),
            *(
                sanlock_client.resource_leader(host, found.layout.lease, str(SPACE), str(found.volume), 0, 4096)
                for found in (SPACES, BOARD, CONFIGURATION)
            ),
        ]
        assert [lease and lease.sector_size for lease in leases] == [4096] * 4
        # sanlock itself took host id 1, in the sector that is its own.
        (taken,) = [lease for lease in sanlock_client.dump(host, SPACES.layout.data, 4096) if lease.timestamp]
        assert (taken.offset, taken.owner) == (0, 1)
        found = shared_configuration.read(engine_files(host, FileTree(root=PATH.mount_point, source=str(PATH), kind="glusterfs")))
        assert found.ha_ids[1].taken and not found.ids[1].taken
        assert (len(found.ids), len(found.ha_ids)) == (250, 250)
        assert (found.board.hosts[1].hostname, found.conf.storage) == ("hc1.hc.test", str(PATH))
        external_lease(storage)
    assert shell(storage, HOST, f"ls -A {PATH.mount_point}").split() in ([], [".trashcan"])


def external_lease(lab: Lab) -> None:
    """A VM's lease is put where the index says, and sanlock reads it there."""
    host, path = lab.host(HOST), DOMAIN.layout.xleases
    index, lease = xleases.add_record(host.read(path)[MIB:][: xleases.INDEX_SIZE], str(VM), MIB)
    sanlock_client.init_resource(host, path, str(SPACE), str(VM), lease.offset, 4096)
    lab.exec(HOST, "dd", f"of={path}", "bs=4096", f"seek={MIB // 4096}", "conv=notrunc,fsync", stdin=index)
    assert xleases.read(host.read(path)[MIB:][: xleases.INDEX_SIZE]).leases == (lease,)
    assert sanlock_client.resource_leader(host, path, str(SPACE), str(VM), lease.offset, 4096) is not None
    dumped = {found.resource for found in sanlock_client.dump(host, path, 4096, size=lease.offset + MIB)}
    assert str(VM) in dumped
