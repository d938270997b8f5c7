"""A volume's `.meta` is byte for byte what VDSM writes; old ones are read; a torn one is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats import volume_metadata
from ovirt_hc_setup.formats.volume_metadata import Allocation, Legality, VolumeMetadata

GOLDEN = Path(__file__).parent.parent / "golden" / "storage"
LOCKSPACE = VolumeMetadata(
    domain=UUID("6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"),
    image=UUID("11111111-2222-4333-8444-555555555555"),
    capacity=1 << 30,
    created=1700000000,
    description=volume_metadata.described("he_sanlock", "Hosted-Engine sanlock disk"),
    disk_type="HESD",
    allocation=Allocation.PREALLOCATED,
)


def test_a_fresh_volume_has_the_bytes_that_vdsm_writes() -> None:
    assert volume_metadata.write(LOCKSPACE) == (GOLDEN / "volume-v5-lockspace.meta").read_bytes()


def test_a_volume_of_version_4_is_read_in_bytes() -> None:
    found = volume_metadata.read((GOLDEN / "volume-v4-engine.meta").read_bytes())
    assert (found.capacity, found.version, found.disk_type) == (20971520 * 512, 4, "2")
    assert volume_metadata.alias_of(found.description) == "Hosted Engine Image"


@given(st.integers(min_value=0, max_value=1 << 50), st.uuids(), st.sampled_from(Legality), st.sampled_from(Allocation))
def test_what_is_written_is_read_back(capacity: int, image: UUID, legality: Legality, allocation: Allocation) -> None:
    volume = replace(LOCKSPACE, capacity=capacity, image=image, allocation=allocation).judged(legality)
    assert volume_metadata.read(volume_metadata.write(volume)) == volume


@given(st.integers(min_value=0, max_value=400))
def test_a_torn_file_is_noticed(kept: int) -> None:
    data = volume_metadata.write(LOCKSPACE)
    with pytest.raises(FormatError):
        volume_metadata.read(data[: min(kept, len(data) - 5)])


@given(st.binary(max_size=600))
def test_garbage_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        volume_metadata.read(data + b"\nEOF\n")


def test_a_description_too_long_for_the_block_is_refused() -> None:
    with pytest.raises(ValueRefused, match="210"):
        volume_metadata.write(replace(LOCKSPACE, description="x" * 211))


def test_descriptions_are_the_engines_json() -> None:
    assert LOCKSPACE.description == '{"DiskAlias":"he_sanlock","DiskDescription":"Hosted-Engine sanlock disk"}'
    assert volume_metadata.alias_of(LOCKSPACE.description) == "he_sanlock"
    with pytest.raises(ValueRefused):
        volume_metadata.described("Gäste", "x")


@pytest.mark.parametrize("text", ["[]", "{}", "7", '{"DiskAlias":7}', "hosted-engine.lockspace"])
def test_a_description_without_an_alias_stands_for_itself(text: str) -> None:
    assert volume_metadata.alias_of(text) == text
