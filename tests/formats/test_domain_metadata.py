"""A storage domain's metadata is byte for byte what VDSM writes, and anything VDSM would refuse is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats import domain_metadata
from ovirt_hc_setup.formats.domain_metadata import DomainMetadata

GOLDEN = Path(__file__).parent.parent / "golden" / "storage"
DOMAIN = DomainMetadata(
    sd_uuid=UUID("6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"), name="hosted_storage", remote_path="host1.example.com:/engine"
)
names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=50)


def test_a_fresh_domain_has_the_bytes_that_vdsm_writes() -> None:
    assert domain_metadata.write(DOMAIN) == (GOLDEN / "domain-v5.metadata").read_bytes()


def test_an_attached_domain_of_version_3_is_read() -> None:
    found = domain_metadata.read((GOLDEN / "domain-v3-attached.metadata").read_bytes())
    assert (found.version, found.name, found.block_size, found.alignment) == (3, "Gästespeicher", 512, 1 << 20)
    assert found.attached
    assert not DOMAIN.attached


@given(names.filter(str.isprintable), st.uuids(), st.sampled_from([512, 4096]), st.lists(st.uuids(), max_size=2))
def test_what_is_written_is_read_back(name: str, sd_uuid: UUID, sector: int, pools: list[UUID]) -> None:
    domain = replace(DOMAIN, name=name, sd_uuid=sd_uuid, block_size=sector, pool_uuids=tuple(pools))
    assert domain_metadata.read(domain_metadata.write(domain)) == domain


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_goes_unnoticed(at: int, change: int) -> None:
    data = bytearray(domain_metadata.write(DOMAIN))
    data[at % len(data)] ^= change
    try:
        found = domain_metadata.read(bytes(data))
    except FormatError:
        return
    assert found == DOMAIN


@given(st.binary(max_size=600))
def test_garbage_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        domain_metadata.read(data)


def test_a_missing_checksum_is_noticed() -> None:
    lines = domain_metadata.write(DOMAIN).splitlines(keepends=True)
    with pytest.raises(FormatError, match="no checksum"):
        domain_metadata.read(b"".join(lines[:-1]))


def test_a_newer_version_is_not_guessed_at() -> None:
    lines = [line for line in domain_metadata.write(DOMAIN).decode().splitlines() if not line.startswith("_SHA")]
    lines[lines.index("VERSION=5")] = "VERSION=6"
    text = "\n".join([*lines, f"_SHA_CKSUM={domain_metadata.checksum(lines)}"])
    with pytest.raises(FormatError, match="version 6"):
        domain_metadata.read(text.encode())


@pytest.mark.parametrize("name", ["", "x" * 51, " padded", "two\nlines", "bell\x07"])
def test_a_name_that_a_domain_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(ValueRefused, match="name of a storage domain"):
        domain_metadata.write(replace(DOMAIN, name=name))


def test_a_sector_that_no_disk_has_is_refused() -> None:
    with pytest.raises(ValueRefused, match="1024"):
        domain_metadata.write(replace(DOMAIN, block_size=1024))
