"""A storage domain's metadata is byte for byte what VDSM writes, and anything VDSM would refuse is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.vdsm import domain_metadata
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
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


def changed(**values: str | None) -> bytes:
    """Metadata with other values (None: without that key), sealed anew: what somebody else could have written."""
    pairs = dict(line.split("=", 1) for line in domain_metadata.write(DOMAIN).decode().splitlines()[:-1])
    for key, value in values.items():
        pairs.pop(key, None)
        pairs |= {key: value} if value is not None else {}
    lines = [f"{key}={value}" for key, value in pairs.items()]
    return "\n".join([*lines, f"_SHA_CKSUM={domain_metadata.checksum(lines)}", ""]).encode()


def test_a_wrong_checksum_is_told_with_both() -> None:
    data = domain_metadata.write(DOMAIN).replace(b"ROLE=Regular", b"ROLE=Master")
    with pytest.raises(FormatError, match=r"is damaged: its checksum says '[0-9a-f]{40}', its content gives [0-9a-f]{40}"):
        domain_metadata.read(data)


def test_lines_in_another_order_and_blanks_round_a_key_are_read() -> None:
    lines = domain_metadata.write(DOMAIN).decode().splitlines()
    assert domain_metadata.read("\n".join(f" {line}" for line in reversed(lines)).encode()) == DOMAIN


@pytest.mark.parametrize("version", ["3", "4"])
def test_before_version_5_there_is_one_sector_and_one_alignment(version: str) -> None:
    found = domain_metadata.read(changed(VERSION=version, BLOCK_SIZE=None, ALIGNMENT=None))
    assert (found.version, found.block_size, found.alignment) == (int(version), 512, 1 << 20)
    with pytest.raises(FormatError, match=f"not possible in version {version}"):
        domain_metadata.read(changed(VERSION=version, BLOCK_SIZE="4096", ALIGNMENT="1048576"))


@pytest.mark.parametrize("megabytes", [1, 2, 4, 8])
def test_large_sectors_go_with_every_alignment_of_sanlock(megabytes: int) -> None:
    found = domain_metadata.read(changed(BLOCK_SIZE="4096", ALIGNMENT=str(megabytes << 20)))
    assert (found.block_size, found.alignment) == (4096, megabytes << 20)


def test_what_belongs_to_a_master_domain_is_passed_over() -> None:
    master = changed(ROLE="Master", MASTER_VERSION="1", POOL_DESCRIPTION="Default", POOL_DOMAINS="x:Active", POOL_SPM_LVER="-1")
    assert domain_metadata.read(master).role == "Master"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("VERSION", "6", "is of version 6"),
        ("VERSION", "0", "is of version 0"),
        ("VERSION", "five", "VERSION is 'five', which is not a number"),
        ("VERSION", "\u0665", "which is not a number"),
        ("BLOCK_SIZE", "1024", "BLOCK_SIZE 1024"),
        ("BLOCK_SIZE", "9" * 5000, "which is not a number"),
        ("BLOCK_SIZE", None, "has no BLOCK_SIZE"),
        ("ALIGNMENT", "2097152", "BLOCK_SIZE 512 and ALIGNMENT 2097152 are not possible"),
        ("ALIGNMENT", "0", "not possible"),
        ("SDUUID", "../../etc", "which is not a UUID"),
        ("SDUUID", "{6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1}", "which is not a UUID"),
        ("POOL_UUID", "x", "which is not a UUID"),
        ("TYPE", "GLUSTER", "none of NFS"),
        ("CLASS", "data", "none of Data"),
        ("ROLE", None, "has no ROLE"),
    ],
)
def test_a_value_that_vdsm_never_writes_is_named(key: str, value: str | None, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        domain_metadata.read(changed(**{key: value}))


def test_a_file_of_any_size_costs_nothing() -> None:
    with pytest.raises(FormatError, match="more than the 65536"):
        domain_metadata.read(b"A=1\n" * 20_000)


@pytest.mark.parametrize("name", ["", "x" * 51, " padded", "two\nlines", "bell\x07"])
def test_a_name_that_a_domain_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(ValueRefused, match="name of a storage domain"):
        domain_metadata.write(replace(DOMAIN, name=name))


@pytest.mark.parametrize(("sector", "alignment"), [(1024, 1 << 20), (512, 2 << 20), (4096, 3 << 20)])
def test_a_sector_or_an_alignment_that_there_is_not_is_refused(sector: int, alignment: int) -> None:
    with pytest.raises(ValueRefused, match="not possible"):
        domain_metadata.write(replace(DOMAIN, block_size=sector, alignment=alignment))
