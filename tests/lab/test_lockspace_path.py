"""HA's lockspace is held by the path that VDSM and HA use: sanlock does not know that two paths are one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.host_number import HOSTED_ENGINE
from ovirt_hc_setup.model.host_number import HostNumber as Number
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.image_link import ImageLink
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

HOST = "hc1"
FOLDER = Path("/var/lib/hc-test-domain/4f2d0a3e-51f5-4c61-9e0b-0c6d0a1b2c3d")
IMAGE, VOLUME = UUID("aaaaaaaa-0002-4000-8000-000000000001"), UUID("aaaaaaaa-0002-4000-8000-000000000002")
LAYOUT = FileStore.of(FOLDER)
ON_STORAGE, PREPARED = LAYOUT.volume(IMAGE, VOLUME).data, LAYOUT.prepared(IMAGE, VOLUME)
LINK = ImageLink(name="lockspace-link", domain=LAYOUT, image=IMAGE)
HELD = HostId(name="host-id-hosted-engine", lockspace=HOSTED_ENGINE, path=PREPARED, host_id=Number.of(1))
FORMER = replace(HELD, path=ON_STORAGE)


@pytest.fixture(scope="module", autouse=True)
def volume(lab: Lab) -> Iterator[None]:
    """A lockspace on this host's own disk, in the folders of a domain."""
    make = f"mkdir -p {ON_STORAGE.parent} && cd {ON_STORAGE.parent} && truncate -s 1M {VOLUME}"
    init = f"sanlock direct init -s {HOSTED_ENGINE}:0:{VOLUME}:0"
    lab.exec(HOST, "sh", "-c", f"{make} && {init} && chown -R 36:36 {FOLDER.parent}")
    yield
    lab.exec(HOST, "rm", "-rf", str(FOLDER.parent))


@pytest.fixture
def link(lab: Lab) -> Iterator[InHost]:
    run = InHost(lab, HOST, LINK)
    yield run
    run.undo()
    assert not lab.exec(HOST, "test", "-e", "/run/vdsm", check=False).ok


def path_held(lab: Lab) -> str:
    space = sanlock_client.known(sanlock_client.status(lab.host(HOST)), HOSTED_ENGINE)
    return space.path if space is not None else ""


@pytest.mark.parametrize("moment", ["kept", "before"])
def test_the_link_is_made_as_vdsm_makes_it_and_leaves_nothing_behind(lab: Lab, link: InHost, moment: str) -> None:
    link.killed("apply", moment)
    link.apply()
    for folder in (LINK.link, *LINK.link.parents[:3]):
        assert lab.exec(HOST, "stat", "-c", "%u:%g", str(folder)).out.strip() == "36:36"
    assert lab.exec(HOST, "readlink", str(LINK.link)).out.strip() == str(ON_STORAGE.parent)
    assert lab.exec(HOST, "stat", "-L", "-c", "%s", str(PREPARED)).out.strip() == str(1 << 20)


def test_a_link_that_root_owns_is_given_to_vdsm(lab: Lab, link: InHost) -> None:
    """As a kill between the two leaves it."""
    link.apply()
    lab.exec(HOST, "chown", "-h", "0:0", str(LINK.link))
    link.apply()
    assert lab.exec(HOST, "stat", "-c", "%u:%g", str(LINK.link)).out.strip() == "36:36"


def test_a_link_to_somewhere_else_is_left_alone(lab: Lab, link: InHost) -> None:
    lab.exec(HOST, "sh", "-c", f"mkdir -p {LINK.link.parent} && ln -s /srv {LINK.link}")
    outcome = link.act("apply")
    assert (outcome.code, "leads to /srv" in outcome.err) == (4, True), outcome.describe()
    link.undo()
    assert lab.exec(HOST, "readlink", str(LINK.link)).out.strip() == "/srv"
    lab.exec(HOST, "rm", "-r", "/run/vdsm")


def test_a_host_that_holds_the_former_path_is_moved_and_either_is_given_back(lab: Lab, link: InHost) -> None:
    former, run = InHost(lab, HOST, FORMER), InHost(lab, HOST, HELD)
    former.apply()
    assert path_held(lab) == str(ON_STORAGE)
    link.apply()
    run.killed("apply", "before")
    run.apply()
    assert path_held(lab) == str(PREPARED)
    asked = f"{HOSTED_ENGINE}:1:{PREPARED}:0"
    assert "done 0" in lab.exec(HOST, "sanlock", "client", "inq_lockspace", "-s", asked, check=False).out
    refused = link.act("undo")
    assert (refused.code, "sanlock holds the lockspace hosted-engine through" in refused.err) == (4, True)
    # The run that took it by its former path gives it back too.
    former.undo()
    assert path_held(lab) == ""
    run.undo()
