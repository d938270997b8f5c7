"""The index of external leases is VDSM's own, and a lease put in is found again where VDSM looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.vdsm import xleases

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"
SPACE = "6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"
MIB = 1 << 20


def test_an_empty_index_has_the_bytes_that_vdsm_writes() -> None:
    index = xleases.empty_index(SPACE, 1700000000)
    assert len(index) == 253952
    assert index[:4096] == (GOLDEN / "xleases-first-4096.index").read_bytes()
    assert index.count(xleases.EMPTY) == 3960
    assert xleases.read(index) == xleases.XLeaseIndex(SPACE, 1700000000, ())


@settings(max_examples=20)
@given(st.lists(st.uuids(), min_size=1, max_size=5, unique=True), st.sampled_from([MIB, 8 * MIB]))
def test_leases_put_in_are_read_back_in_their_slots(names: list[object], alignment: int) -> None:
    index = xleases.empty_index(SPACE, 1)
    for number, name in enumerate(names):
        index, lease = xleases.add_record(index, str(name), alignment)
        assert (lease.number, lease.offset) == (number, (3 + number) * alignment)
    assert [lease.resource for lease in xleases.read(index).leases] == [str(name) for name in names]


def test_a_lease_is_not_put_in_twice() -> None:
    index, _ = xleases.add_record(xleases.empty_index(SPACE, 1), "vm", MIB)
    with pytest.raises(ValueRefused, match="already"):
        xleases.add_record(index, "vm", MIB)


def test_an_index_left_in_the_middle_of_an_update_is_not_used() -> None:
    index = bytearray(xleases.empty_index(SPACE, 1))
    index[70] = ord("u")
    with pytest.raises(FormatError, match="middle of an update"):
        xleases.read(bytes(index))


@pytest.mark.parametrize("data", [b"", b"\0" * xleases.INDEX_SIZE, b"\xff" * xleases.INDEX_SIZE])
def test_other_bytes_are_no_index(data: bytes) -> None:
    with pytest.raises(FormatError):
        xleases.read(data)


FULL = xleases.add_record(xleases.add_record(xleases.empty_index(SPACE, 1700000000), "vm-1", MIB)[0], "vm-2", MIB)[0]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1024), st.binary(min_size=1, max_size=70)), min_size=1, max_size=3))
def test_a_damaged_index_is_read_or_refused_but_never_crashes(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(FULL)
    for at, value in changes:
        data[at : at + len(value)] = value
    try:
        found = xleases.read(bytes(data[: xleases.INDEX_SIZE]))
    except FormatError:
        return
    assert all(lease.offset >= 0 and lease.resource for lease in found.leases)


def test_a_slot_that_became_free_is_taken_again() -> None:
    data = FULL[:512] + xleases.EMPTY + FULL[576:]
    _, lease = xleases.add_record(data, "vm-3", MIB)
    assert (lease.number, lease.offset) == (0, 3 * MIB)


@pytest.mark.parametrize("name", ["", "x" * 49, "a\nb", "\u00e4"])
def test_a_name_that_sanlock_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueRefused, match="name for sanlock"):
        xleases.add_record(FULL, name, MIB)
