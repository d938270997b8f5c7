"""A question as name servers take it, and the ways in which an answer ends."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.host import dns_message
from ovirt_hc_setup.formats.host.dns_message import Ending


def test_a_question_is_the_bytes_that_rfc_1035_has() -> None:
    found = dns_message.question("engine.example.com.", 0x1234)
    assert found == bytes.fromhex("1234 0100 0001 0000 0000 0000 06") + b"engine\x07example\x03com\0" + bytes.fromhex("0001 0001")


POINTERS = [("192.0.2.7", b"\x017\x012\x010\x03192\x07in-addr\x04arpa\0"), ("::1", b"\x03ip6\x04arpa\0")]


@pytest.mark.parametrize(("address", "asked"), POINTERS)
def test_an_address_is_asked_for_by_its_pointer(address: str, asked: bytes) -> None:
    found = dns_message.question(address, 1)
    assert asked in found
    assert found.endswith(b"\0\x0c\0\x01")


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64 + ".example.com", "\N{SNOWMAN}.example.com", ".".join(["a" * 60] * 5)])
def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    with pytest.raises(FormatError):
        dns_message.question(name, 1)


@pytest.mark.parametrize(
    ("flags", "ending"),
    [
        (0x8180, Ending.FOUND), (0x8183, Ending.ABSENT), (0x8182, Ending.FAILED), (0x8185, Ending.REFUSED),
        (0x8184, Ending.OTHER), (0x0100, Ending.SILENT),
    ],
)  # fmt: skip
def test_the_ending_is_read_from_the_header(flags: int, ending: Ending) -> None:
    answer = struct.pack(">6H", 7, flags, 1, 0, 0, 0)
    assert dns_message.ending(answer, 7) is ending
    assert dns_message.ending(answer, 8) is Ending.SILENT, "an answer to somebody else's question is none"


@given(st.binary(max_size=40), st.integers(0, 65535))
def test_no_answer_is_too_odd(answer: bytes, number: int) -> None:
    assert dns_message.ending(answer, number) in Ending
