"""What a qcow2 image wants besides its own file is known before QEMU opens it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.qcow2_header import MAGIC, parse_qcow2_header
from tests.appliances import qcow2_header


@pytest.mark.parametrize("version", [2, 3])
def test_a_whole_image_is_accepted_with_its_virtual_size(version: int) -> None:
    found = parse_qcow2_header(qcow2_header(version=version, size=61 << 30), "a.qcow2")
    found.refuse_unsafe("a.qcow2")
    assert (found.version, found.virtual_size, found.cluster_size) == (version, 61 << 30, 65536)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (qcow2_header(backing=512), "has a backing file"),
        (qcow2_header(incompatible=1 << 2), "has an external data file"),
        (qcow2_header(crypt=2), "is encrypted"),
        (qcow2_header(incompatible=1 << 1), "is marked as corrupt"),
        (qcow2_header(incompatible=1 << 40), "features that are not known"),
        (qcow2_header(version=4), "qcow2 version 4"),
        (qcow2_header(bits=3), "3 cluster bits"),
        (qcow2_header(size=0), "a disk of 0 bytes"),
        (qcow2_header()[:60], "truncated"),
        (qcow2_header()[:72], "truncated"),
        (b"\x1f\x8b" + qcow2_header(), "not a qcow2 image"),
    ],
)
def test_an_image_that_is_not_whole_in_one_file_is_refused_by_name(head: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as refused:
        parse_qcow2_header(head, "engine.qcow2").refuse_unsafe("engine.qcow2")
    assert "engine.qcow2" in str(refused.value)


@given(st.binary(max_size=128), st.booleans())
def test_no_bytes_give_a_traceback(data: bytes, with_magic: bool) -> None:
    try:
        parse_qcow2_header(MAGIC + data if with_magic else data, "x").refuse_unsafe("x")
    except FormatError:
        pass
