"""A storage domain on real GlusterFS with the real sanlock: as VDSM has it, killed at any moment, resumed, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.vdsm import domain_metadata, xleases
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.lab.in_host import InHost
from tests.lab.storage_places import DOMAIN, MOUNT, PATH, SPACE, mounted, names, tree

pytestmark = pytest.mark.lab

# Without its lockspace, without its lease, whole but for its name.
HALF_WAY = ("before sanlock direct init -s", "before sanlock direct init -r", "before mv --no-target-directory")
MOMENTS = ("kept", *HALF_WAY, "before", "at", "after")
OTHER = UUID("99999999-0000-4000-8000-000000000000")


@pytest.fixture(scope="module", autouse=True)
def storage(lab: Lab) -> Iterator[None]:
    make_engine_volume(lab, print)
    with mounted(lab, "hc1"):
        yield


@pytest.fixture
def run(lab: Lab) -> Iterator[InHost]:
    """A run on hc1 that is undone at the end, whatever the test did."""
    begun = InHost(lab, "hc1", DOMAIN)
    yield begun
    begun.undo()


def test_a_fresh_domain_has_the_files_that_vdsm_makes(lab: Lab, run: InHost) -> None:
    run.apply()
    form = ("-type", "f", "-printf", r"%P %m %U:%G %s\n", "-o", "-printf", r"%P/ %m %U:%G\n")
    said = lab.exec("hc1", "find", str(DOMAIN.layout.folder), *form).out
    assert sorted(said.splitlines()) == [
        "/ 755 36:36",
        "dom_md/ 755 36:36",
        "dom_md/ids 660 36:36 1048576",
        "dom_md/inbox 660 36:36 16777216",
        "dom_md/leases 660 36:36 2097152",
        f"dom_md/metadata 644 36:36 {len(lab.host('hc1').read(DOMAIN.layout.metadata))}",
        "dom_md/outbox 660 36:36 16777216",
        "dom_md/xleases 660 36:36 1302528",
        "images/ 755 36:36",
    ]
    assert names(lab) == [str(SPACE)]


def test_its_metadata_and_leases_can_be_read(lab: Lab, run: InHost) -> None:
    run.apply()
    host, layout = lab.host("hc1"), DOMAIN.layout
    found = domain_metadata.read(host.read(layout.metadata))
    assert (found.sd_uuid, found.name, found.remote_path, found.block_size) == (SPACE, "hosted_storage", str(PATH), 512)
    assert sanlock_client.holds_lockspace(host, layout.ids, str(SPACE), 512)
    assert not sanlock_client.holds_lockspace(host, layout.ids, str(OTHER), 512)
    leader = sanlock_client.resource_leader(host, layout.leases, str(SPACE), "SDM", 1 << 20, 512)
    assert leader is not None
    assert (leader.timestamp, leader.sector_size) == (0, 512)
    index = host.read(layout.xleases)[1 << 20 :]
    assert xleases.read(index) == xleases.XLeaseIndex(str(SPACE), 1700000000, ())


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_is_resumed_to_the_same_and_taken_back(lab: Lab, run: InHost, moment: str) -> None:
    before = tree(lab)
    run.apply()
    whole = tree(lab)
    run.undo()
    assert tree(lab) == before
    run.killed("apply", moment)
    there = [name for name in names(lab) if not name.startswith(".")]
    assert there in {"after": [[str(SPACE)]], "at": [[], [str(SPACE)]]}.get(moment, [[]])
    if there:
        assert tree(lab) == whole
    run.apply()
    assert tree(lab) == whole
    run.undo()
    assert tree(lab) == before


@pytest.mark.parametrize("moment", ["before cat", "before sanlock client status", "before sanlock direct dump"])
def test_an_undo_that_was_killed_goes_on(lab: Lab, run: InHost, moment: str) -> None:
    before = tree(lab)
    run.apply()
    run.killed("undo", moment)
    run.undo()
    assert tree(lab) == before


def test_killed_before_its_commit_and_not_resumed_nothing_is_left(lab: Lab, run: InHost) -> None:
    before = tree(lab)
    run.killed("apply", "before")
    assert names(lab) == [f".{SPACE}.new"]
    run.undo()
    assert tree(lab) == before


def test_what_an_interrupted_removal_left_is_swept(lab: Lab, run: InHost) -> None:
    before = tree(lab)
    run.apply()
    lab.exec("hc1", "mv", str(DOMAIN.layout.folder), str(MOUNT / f".{SPACE}.old"))
    run.undo()
    assert tree(lab) == before


def test_a_volume_with_another_domain_is_left_alone(lab: Lab, run: InHost) -> None:
    run.apply()
    whole = tree(lab)
    outcome = InHost(lab, "hc1", replace(DOMAIN, domain=OTHER)).act("apply")
    assert outcome.code == 4
    assert f"already holds the storage domain {SPACE}" in outcome.err
    assert tree(lab) == whole


def test_a_volume_that_is_not_empty_is_left_alone(lab: Lab) -> None:
    lab.exec("hc1", "sh", "-c", f"echo data > {MOUNT}/letters")
    try:
        outcome = InHost(lab, "hc1", DOMAIN).act("apply")
        assert "is not empty: letters" in outcome.err
        assert names(lab) == ["letters"]
    finally:
        lab.exec("hc1", "rm", str(MOUNT / "letters"))


def test_damage_is_told_and_not_painted_over(lab: Lab, run: InHost) -> None:
    run.apply()
    metadata = DOMAIN.layout.metadata
    lab.exec("hc1", "sh", "-c", f"cp -p {metadata} /root/kept && sed -i s/Regular/Master/ {metadata}")
    try:
        outcome = run.act("apply")
        assert outcome.code == 4
        assert "damaged" in outcome.err
    finally:
        lab.exec("hc1", "cp", "-p", "/root/kept", str(metadata))


def test_a_domain_with_somebody_elses_image_is_not_taken_back(lab: Lab, run: InHost) -> None:
    run.apply()
    lab.exec("hc1", "mkdir", str(DOMAIN.layout.images / str(OTHER)))
    outcome = run.act("undo")
    assert outcome.code == 4
    assert "1 images that this run did not make" in outcome.err
    assert names(lab) == [str(SPACE)]
    lab.exec("hc1", "rmdir", str(DOMAIN.layout.images / str(OTHER)))


def test_a_domain_that_an_engine_has_taken_is_not_taken_back(lab: Lab, run: InHost) -> None:
    run.apply()
    host, path = lab.host("hc1"), DOMAIN.layout.metadata
    kept = host.read(path)
    host.write(path, domain_metadata.write(replace(domain_metadata.read(kept), pool_uuids=(OTHER,))), owner=(36, 36))
    outcome = run.act("undo")
    assert "an engine has attached the storage domain" in outcome.err
    host.write(path, kept, owner=(36, 36))
