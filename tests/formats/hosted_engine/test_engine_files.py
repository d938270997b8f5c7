"""A hosted engine is found by the descriptions of its volumes, old ones and new ones; everything else is told apart from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ovirt_hc_setup.base.errors import FormatError, NotDeployed
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineVolumes, choose, read_listing
from ovirt_hc_setup.formats.vdsm import domain_metadata, volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality
from ovirt_hc_setup.model.volume_role import VolumeRole
from tests.storages import DOMAIN, SPACE, WHERE, listing, meta, place, record

OLD = {
    VolumeRole.DISK: "Hosted Engine Image",
    VolumeRole.LOCKSPACE: "hosted-engine.lockspace",
    VolumeRole.METADATA: "hosted-engine.metadata",
    VolumeRole.CONFIGURATION: "HostedEngineConfigurationImage",
}


def found(text: str) -> EngineVolumes:
    return choose(read_listing(text), WHERE)


@pytest.mark.parametrize("old", [False, True])
def test_volumes_are_found_by_their_descriptions(old: bool) -> None:
    metas = {role: meta(role, OLD[role] if old else "") for role in VolumeRole}
    assert found(listing(metas)).volumes == {role: place(role) for role in VolumeRole}


def test_what_is_read_next_is_named_by_uuids_only() -> None:
    pieces = found(listing()).pieces()
    assert set(pieces) == {f"{SPACE}/dom_md/ids"} | {
        f"{SPACE}/images/{place(role)[0]}/{place(role)[1]}" for role in VolumeRole if role is not VolumeRole.DISK
    }
    assert max(pieces.values()) <= 1 << 20


def test_an_empty_storage_holds_no_hosted_engine() -> None:
    with pytest.raises(NotDeployed, match="no hosted engine on hc1:/engine: it holds no storage domain"):
        found("")


def test_a_domain_without_the_configuration_volume_is_no_hosted_engine() -> None:
    with pytest.raises(NotDeployed, match=r"has no volume 'HostedEngineConfigurationImage'") as refused:
        found(listing({VolumeRole.DISK: meta(VolumeRole.DISK)}))
    assert "deploy" in refused.value.hint


def test_a_deployment_that_broke_off_is_told_from_none() -> None:
    metas = {role: meta(role) for role in (VolumeRole.CONFIGURATION, VolumeRole.LOCKSPACE)}
    with pytest.raises(FormatError, match="lacks the volume he_metadata"):
        found(listing(metas))


def test_a_domain_with_a_wrong_checksum_is_refused_and_named() -> None:
    with pytest.raises(FormatError, match=rf"(?s)damaged:\n  {SPACE}: .*checksum"):
        found(listing(domain=domain_metadata.write(DOMAIN).replace(b"hosted_storage", b"hosted_storagf")))


def test_a_domain_in_the_folder_of_another_is_refused() -> None:
    other = "0" * 8 + str(SPACE)[8:]
    with pytest.raises(FormatError, match=f"its metadata is of the domain {SPACE}"):
        found(listing(folder=other))


def test_an_illegal_volume_is_as_good_as_none() -> None:
    metas = {role: meta(role) for role in VolumeRole}
    illegal = volume_metadata.read(metas[VolumeRole.CONFIGURATION]).judged(Legality.ILLEGAL)
    with pytest.raises(NotDeployed):
        found(listing(metas | {VolumeRole.CONFIGURATION: volume_metadata.write(illegal)}))


def test_a_volume_whose_metadata_is_of_another_image_is_none() -> None:
    metas = {role: meta(role) for role in VolumeRole}
    foreign = replace(volume_metadata.read(metas[VolumeRole.METADATA]), image=place(VolumeRole.DISK)[0])
    with pytest.raises(FormatError, match="lacks the volume he_metadata"):
        found(listing(metas | {VolumeRole.METADATA: volume_metadata.write(foreign)}))


@pytest.mark.parametrize("role", [VolumeRole.CONFIGURATION, VolumeRole.METADATA, VolumeRole.LOCKSPACE])
@pytest.mark.parametrize("wrong", [b"", b"\xff" * 20, b"CAP=1\nCTIME=17"])
def test_a_volume_whose_metadata_is_damaged_does_not_make_the_engine_absent(role: VolumeRole, wrong: bytes) -> None:
    metas = {one: meta(one) for one in VolumeRole}
    with pytest.raises(FormatError, match="damaged metadata") as told:
        found(listing(metas | {role: wrong}))
    assert not isinstance(told.value, NotDeployed)
    assert f"{place(role)[1]}.meta" in told.value.message
    assert "Restore" in told.value.hint


def test_damaged_metadata_of_somebody_elses_volume_is_not_in_the_way() -> None:
    image = place(VolumeRole.CONFIGURATION)[0]
    other = record(f"M{SPACE}/images/{image}/{'f' * 8}-0000-4000-8000-000000000009.meta", b"torn")
    assert set(found(listing() + other).volumes) == set(VolumeRole)


def test_two_configuration_volumes_are_not_chosen_between() -> None:
    image = place(VolumeRole.CONFIGURATION)[0]
    second = f"M{SPACE}/images/{image}/{'f' * 8}-0000-4000-8000-000000000009.meta"
    twice = listing() + record(second, meta(VolumeRole.CONFIGURATION))
    with pytest.raises(FormatError, match="two volumes 'HostedEngineConfigurationImage'"):
        found(twice)


@pytest.mark.parametrize("torn", ["Dx", "Dx\0", "Dx\0AAAA", "Dx\0?\0"])
def test_a_listing_that_broke_off_is_refused(torn: str) -> None:
    with pytest.raises(FormatError):
        read_listing(torn)
