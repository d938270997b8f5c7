"""A DISCOVER as servers take it; of all frames on a link only an OFFER to it is read."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.formats.host import dhcp_message
from ovirt_hc_setup.formats.host.dhcp_message import Offer
from ovirt_hc_setup.model.mac_address import MacAddress

VM, HOST = MacAddress("00:16:3e:5a:00:64"), MacAddress("52:54:00:00:00:01")
NUMBER = 0x12345678


def offered(*, kind: int = 2, number: int = NUMBER, port: int = 68, op: int = 2, protocol: int = 17) -> bytes:
    """A frame as a server sends it, 192.0.2.50 from 192.0.2.1."""
    fixed = struct.pack(">4BIHH", op, 1, 6, 0, number, 0, 0x8000) + bytes(4) + bytes([192, 0, 2, 50]) + bytes(8)
    options = bytes([0, 53, 1, kind, 54, 4, 192, 0, 2, 1, 255])
    message = fixed + bytes(16 + 192) + bytes.fromhex("63825363") + options
    udp = struct.pack(">4H", 67, port, 8 + len(message), 0) + message
    return bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH8s", 0x45, 0, 20 + len(udp), 0, 0, 64, protocol, 0, b"") + udp


def test_a_discover_is_broadcast_for_the_vms_mac_with_a_sum_that_is_right() -> None:
    frame = dhcp_message.discover(VM, NUMBER, HOST)
    assert frame[:14] == b"\xff" * 6 + bytes.fromhex("525400000001") + b"\x08\x00"
    header = frame[14:34]
    assert sum(struct.unpack(">10H", header)) % 0xFFFF == 0
    assert struct.unpack(">H", header[2:4])[0] == len(frame) - 14
    message = frame[42:]
    assert message[:4] == b"\1\1\6\0"
    assert message[28:34] == bytes.fromhex("00163e5a0064")
    assert b"\x63\x82\x53\x63\x35\x01\x01" in message


def test_an_offer_is_read() -> None:
    assert dhcp_message.offer(offered(), NUMBER) == Offer("192.0.2.50", "192.0.2.1")


@pytest.mark.parametrize("other", [{"kind": 5}, {"number": 1}, {"port": 67}, {"op": 1}, {"protocol": 6}])
def test_any_other_message_is_passed_over(other: dict[str, int]) -> None:
    assert dhcp_message.offer(offered(**other), NUMBER) is None


@given(st.binary(max_size=400))
def test_no_frame_is_too_odd(frame: bytes) -> None:
    assert dhcp_message.offer(frame, NUMBER) is None


@given(st.integers(0, 320), st.binary(max_size=8))
def test_a_frame_that_is_cut_or_damaged_ends_well(place: int, junk: bytes) -> None:
    frame = offered()
    dhcp_message.offer(frame[:place] + junk + frame[place + len(junk) :], NUMBER)
