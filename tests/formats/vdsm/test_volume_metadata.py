"""A volume's `.meta` is byte for byte what VDSM writes; old ones are read; a torn one is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, Legality, VolumeMetadata

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
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


@pytest.mark.parametrize("disk_type", ["DATA", "ISOF", "MEMD", "MEMM", "OVFS", "HEVD", "HESD", "HEMD", "HECI", "SCRD", "2", "1"])
def test_every_kind_of_disk_that_oVirt_had_is_read(disk_type: str) -> None:  # noqa: N802
    data = volume_metadata.write(LOCKSPACE).replace(b"DISKTYPE=HESD", f"DISKTYPE={disk_type}".encode())
    assert volume_metadata.read(data).disk_type == disk_type


def test_what_stands_behind_the_end_is_passed_over_and_optional_keys_may_be_missing() -> None:
    data = volume_metadata.write(LOCKSPACE).replace(b"GEN=0\n", b"").replace(b"SEQ=0\n", b"")
    assert volume_metadata.read(data + b"CAP=7\n" + bytes(20)) == LOCKSPACE


@pytest.mark.parametrize(
    ("line", "other", "said"),
    [
        (b"CAP=1073741824", b"CAP=-1", "CAP is '-1', which is not a number"),
        (b"CAP=1073741824", b"CAP=" + b"9" * 50, "which is not a number"),
        (b"IMAGE=1", b"IMAGE=../", "IMAGE is .* which is not a UUID"),
        (b"LEGALITY=LEGAL", b"LEGALITY=legal", "none of LEGAL, ILLEGAL, FAKE"),
        (b"FORMAT=RAW", b"FORMAT=QCOW2", "none of RAW, COW"),
        (b"VOLTYPE=LEAF\n", b"", "has no VOLTYPE"),
        (b"EOF\n", b"", "was cut short"),
        (b"DISKTYPE", b"X=" + b"x" * 300 + b"\nDISKTYPE", "more than the 512"),
    ],
)
def test_a_value_that_vdsm_never_writes_is_named(line: bytes, other: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        volume_metadata.read(volume_metadata.write(LOCKSPACE).replace(line, other))


@pytest.mark.parametrize("text", ["[" * 200, '{"DiskAlias":' * 10, "[]", "{}", "7", '{"DiskAlias":7}', "hosted-engine.lockspace"])
def test_a_description_without_an_alias_stands_for_itself(text: str) -> None:
    assert volume_metadata.alias_of(text) == text
