"""A gzip'd archive is unpacked in order with either codec; damage and a missing end never pass for an end."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.system.appliance import byte_sources
from ovirt_hc_setup.system.appliance.byte_sources import GzipSource

PLAIN = os.urandom(300_000) + bytes(9 << 20) + b"end"
PACKED = gzip.compress(PLAIN, 1)


@pytest.fixture(params=["fastest", "zlib"], autouse=True)
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setattr(byte_sources, "_CODEC", zlib)


def test_bytes_come_out_in_order_and_the_packed_ones_are_seen_once() -> None:
    digest = hashlib.sha1()
    source = GzipSource(io.BytesIO(PACKED), "a.gz", digest.update)
    assert source.read(1000) == PLAIN[:1000]
    assert source.skip(299_000) == 299_000
    assert (source.at, source.read(10)) == (300_000, PLAIN[300_000:300_010])
    source.drain()
    assert source.at == len(PLAIN)
    assert digest.hexdigest() == hashlib.sha1(PACKED).hexdigest()


def test_several_members_in_a_row_and_padding_are_one_stream() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two") + bytes(1000)
    assert GzipSource(io.BytesIO(packed), "a.gz").read(100) == b"one two"


@pytest.mark.parametrize("kept", [5, 5000, len(PACKED) - 8, len(PACKED) - 1], ids=["header", "data", "checksum", "last byte"])
def test_a_file_that_ends_early_is_refused_by_name(kept: int) -> None:
    with pytest.raises(FormatError, match=r"a\.gz is truncated"):
        GzipSource(io.BytesIO(PACKED[:kept]), "a.gz").drain()


@pytest.mark.parametrize("place", [3000, len(PACKED) - 6], ids=["data", "checksum"])
def test_damage_is_found_also_by_the_checksum_at_the_end(place: int) -> None:
    hurt = bytearray(PACKED)
    hurt[place] ^= 0x55
    with pytest.raises(FormatError, match=r"a\.gz is (damaged|truncated)"):
        GzipSource(io.BytesIO(bytes(hurt)), "a.gz").drain()


def test_what_goes_on_after_the_archive_is_not_read_to_its_end() -> None:
    with pytest.raises(FormatError, match="goes on after the end"):
        GzipSource(io.BytesIO(PACKED), "a.gz").drain(most=1 << 20)


@given(st.binary(max_size=500))
def test_no_bytes_give_a_traceback(data: bytes) -> None:
    for packed in (data, byte_sources.GZIP_MAGIC + b"\x08" + data, gzip.compress(b"x") + data):
        try:
            GzipSource(io.BytesIO(packed), "x").drain()
        except FormatError:
            pass
