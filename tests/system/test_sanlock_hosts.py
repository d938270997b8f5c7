"""Whether another host has a number, seen from its lease alone, long before sanlock refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.formats.sanlock import Lockspace
from ovirt_hc_setup.system.sanlock_hosts import Watch
from tests.storages import lockspace

OURS, OTHER = "hc3.hc.test", "hc2.hc.test"


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    return tmp_path / "ids"


def looks(ids: Path, *leases: tuple[str, int]) -> list[str]:
    """Whom each look calls the holder, the lease being written anew before each."""
    watch, found = Watch(Lockspace("ours", 2, str(ids)), OURS), []
    for lease in leases:
        ids.write_bytes(lockspace("ours", {2: lease}, 512))
        watch.look()
        found.append(watch.holder)
    return found


def test_a_lease_that_its_owner_writes_again_is_that_of_a_living_host(ids: Path) -> None:
    assert looks(ids, (OTHER, 100), (OTHER, 100), (OTHER, 120)) == ["", "", OTHER]


@pytest.mark.parametrize(
    "leases",
    [
        [(OTHER, 100), (OTHER, 100)],  # silent
        [(OTHER, 100), ("hc4.hc.test", 200)],  # somebody else tries to have it
        [(OTHER, 100), (OTHER, 0)],  # given back
        [(OURS, 100), (OURS, 120)],  # that is us
    ],
)
def test_nothing_else_shows_a_living_host(ids: Path, leases: list[tuple[str, int]]) -> None:
    assert not any(looks(ids, *leases))


def test_what_cannot_be_read_shows_nothing(ids: Path) -> None:
    watch = Watch(Lockspace("ours", 2, str(ids)), OURS)
    assert not watch.look()
    ids.write_bytes(b"garbage")
    assert not watch.look()
