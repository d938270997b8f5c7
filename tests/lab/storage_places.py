"""The storage that tests of a domain use: the lab's volume `engine`, mounted on a host as a deployment mounts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.storage_domain import StorageDomain
from ovirt_hc_setup.system.gluster import glusterd
from tests.lab.in_host import InHost

PATH = StoragePath.parse("hc1.hc.test:/engine")
MOUNT = PATH.mount_point
SPACE = UUID("6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1")
DOMAIN = StorageDomain(
    name="domain",
    mount_point=MOUNT,
    remote_path=str(PATH),
    domain=SPACE,
    domain_name="hosted_storage",
    created=1700000000,
    domain_type="GLUSTERFS",
)


@contextmanager
def mounted(lab: Lab, host: str) -> Iterator[None]:
    """The volume mounted on a host for as long as this lasts."""
    options = mount_options(glusterd.volume_info(lab.host("hc1"), "engine"), PATH.server)
    after = ("glusterd.service",)
    mount = Mount(name="mount", source=str(PATH), point=MOUNT, kind="glusterfs", options=options, order_after=after)
    run = InHost(lab, host, mount)
    run.apply()
    try:
        yield
    finally:
        run.undo()


def tree(lab: Lab, host: str = "hc1", below: str = "") -> list[str]:
    """Everything on the mount: kind, mode, owner, size of plain files, name; sorted."""
    form = r"%P %M %U:%G %y\n"
    said = lab.exec(host, "find", str(MOUNT / below), "-name", ".trashcan", "-prune", "-o", "-printf", form).out
    return sorted(line for line in said.splitlines() if line)


def names(lab: Lab, host: str = "hc1") -> list[str]:
    """What lies at the root of the mount, hidden or not."""
    return sorted(set(lab.exec(host, "ls", "-A", str(MOUNT)).out.split()) - {".trashcan"})
