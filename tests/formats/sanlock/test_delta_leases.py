"""Who has which host id, read from the bytes that sanlock wrote, by a host that has no sanlock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.sanlock import delta_leases
from tests.storages import golden, lockspace

WRITTEN = golden("ids-two-of-three.sanlock")
SPACE = WRITTEN[56:92].decode()


def test_what_sanlock_wrote_is_read() -> None:
    found = delta_leases.read(WRITTEN, SPACE, 512)
    assert [(lease.host_id, lease.owner, lease.taken) for lease in found.values()] == [
        (1, "hc1.hc.test", True),
        (2, "hc2.hc.test", False),
        (3, "hc3.hc.test", True),
    ]


@pytest.mark.parametrize("sector", [512, 4096])
def test_a_whole_lockspace_has_250_numbers_whatever_its_sector(sector: int) -> None:
    found = delta_leases.read(lockspace("ours", {250: ("last", 7)}, sector), "ours", sector)
    assert len(found) == 250
    assert (found[250].owner, found[250].timestamp) == ("last", 7)


def test_another_lockspace_is_named() -> None:
    with pytest.raises(FormatError, match=r"host id 1 of the lockspace ours .* there is the lockspace 'theirs'"):
        delta_leases.read(lockspace("theirs", {}), "ours", 512)


@pytest.mark.parametrize("data", [b"", bytes(511), bytes(1 << 20)])
def test_what_is_no_lockspace_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        delta_leases.read(data, "ours", 512)


@given(st.binary(max_size=4096))
def test_no_bytes_do_harm(data: bytes) -> None:
    with pytest.raises(FormatError):
        delta_leases.read(data, "ours", 512)


def test_a_name_with_terminal_codes_is_shown_without_them() -> None:
    assert delta_leases.read(lockspace("ours", {1: ("\x1b[31mred", 1)}), "ours", 512)[1].owner == "red"
