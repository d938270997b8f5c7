"""A reset is told, before it takes anything back, that a domain holds what is not this run's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.vdsm import domain_metadata
from ovirt_hc_setup.resources.storage_domain import StorageDomain

DOMAIN, OURS, THEIRS, POOL = (UUID(int=number) for number in (1, 2, 3, 4))


@pytest.fixture
def domain(tmp_path: Path) -> StorageDomain:
    made = StorageDomain(
        name="domain",
        mount_point=tmp_path,
        remote_path="h:/engine",
        domain=DOMAIN,
        domain_name="hosted_storage",
        created=1,
        domain_type="GLUSTERFS",
    )
    (made.layout.images / str(OURS)).mkdir(parents=True)
    made.layout.dom_md.mkdir()
    return made


def write(domain: StorageDomain, *pools: UUID) -> None:
    plain = domain_metadata.DomainMetadata(sd_uuid=DOMAIN, name="hosted_storage", remote_path="h:/engine")
    domain.layout.metadata.write_bytes(domain_metadata.write(replace(plain, pool_uuids=pools)))


def test_a_domain_with_our_images_only_can_go(domain: StorageDomain) -> None:
    write(domain)
    assert domain._held_by_others({str(OURS)}) == ""


def test_an_image_that_is_not_ours_is_named(domain: StorageDomain) -> None:
    write(domain)
    (domain.layout.images / str(THEIRS)).mkdir()
    assert str(THEIRS) in domain._held_by_others({str(OURS)})
    assert str(OURS) not in domain._held_by_others({str(OURS)})


def test_a_pool_that_an_engine_took_the_domain_into_is_named(domain: StorageDomain) -> None:
    write(domain, POOL)
    assert str(POOL) in domain._held_by_others({str(OURS)})
