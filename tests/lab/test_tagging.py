"""Frames on their way into a VLAN of the lab and out of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.lab.tagging import mark, unmark

FRAMES = st.binary(min_size=14, max_size=1514)
NUMBERS = st.integers(1, 4094)


@given(FRAMES, NUMBERS)
def test_a_frame_comes_out_as_it_went_in(frame: bytes, vlan: int) -> None:
    marked = mark(frame, vlan)
    assert len(marked) == len(frame) + 4
    assert marked[:12] == frame[:12]
    assert marked[12:16] == b"\x81\x00" + vlan.to_bytes(2)
    assert unmark(marked, vlan) == frame


@given(FRAMES, NUMBERS, st.integers(0, 7))
def test_a_priority_beside_the_number_changes_nothing(frame: bytes, vlan: int, priority: int) -> None:
    marked = bytearray(mark(frame, vlan))
    marked[14] |= priority << 5
    assert unmark(bytes(marked), vlan) == frame


@given(FRAMES, NUMBERS, NUMBERS)
def test_a_frame_of_another_vlan_or_of_none_does_not_come_out(frame: bytes, one: int, other: int) -> None:
    assert unmark(mark(frame, one), other) == (frame if one == other else b"")
    plain = frame[:12] + b"\x08\x00" + frame[14:]
    assert unmark(plain, one) == b""
