"""The two messages of DHCP that tell which address a machine would get: its DISCOVER, and a server's OFFER (RFC 2131, 2132)."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

from ovirt_hc_setup.model.mac_address import MacAddress

CLIENT_PORT, SERVER_PORT = 68, 67
_COOKIE = bytes.fromhex("63825363")
_DISCOVER, _OFFER = 1, 2
_TYPE, _PARAMETERS, _SERVER, _END, _PAD = 53, 55, 54, 255, 0
_ETHERNET, _IP, _UDP, _BOOTP = 14, 20, 8, 236
_LEAST = 300
"""Bytes of a message: relays have been seen to drop shorter ones (RFC 1542, 2.1)."""


@dataclass(frozen=True)
class Offer:
    """`address` is offered by `server` (empty where it does not say who it is)."""

    address: str
    server: str


def discover(mac: MacAddress, number: int, sender: MacAddress) -> bytes:
    """A whole Ethernet frame from `sender` that asks for an address for `mac`; answers are to be broadcast. Nothing is leased by
    it: only a REQUEST takes what is offered."""
    hardware = bytes.fromhex(str(mac).replace(":", ""))
    fixed = struct.pack(">4BIHH4s4s4s4s", 1, 1, 6, 0, number, 0, 0x8000, b"", b"", b"", b"")
    options = bytes([_TYPE, 1, _DISCOVER, _PARAMETERS, 2, 1, 3, _END])
    message = (fixed + hardware.ljust(16, b"\0") + b"\0" * 192 + _COOKIE + options).ljust(_LEAST, b"\0")
    udp = struct.pack(">4H", CLIENT_PORT, SERVER_PORT, _UDP + len(message), 0) + message
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, _IP + len(udp), 0, 0, 64, 17, 0, b"\0" * 4, b"\xff" * 4)
    header = header[:10] + struct.pack(">H", _checksum(header)) + header[12:]
    return b"\xff" * 6 + bytes.fromhex(str(sender).replace(":", "")) + b"\x08\x00" + header + udp


def offer(frame: bytes, number: int) -> Offer | None:
    """What a frame offers to whoever sent the DISCOVER `number`; None for any other frame."""
    packet = frame[_ETHERNET:]
    if len(packet) < _IP or packet[0] >> 4 != 4 or packet[9] != 17:
        return None
    datagram = packet[(packet[0] & 0xF) * 4 :]
    message = datagram[_UDP:]
    if len(message) < _BOOTP + len(_COOKIE) or struct.unpack(">H", datagram[2:4])[0] != CLIENT_PORT:
        return None
    if message[0] != 2 or struct.unpack(">I", message[4:8])[0] != number or message[_BOOTP:][:4] != _COOKIE:
        return None
    options = _options(message[_BOOTP + 4 :])
    if options.get(_TYPE) != bytes([_OFFER]):
        return None
    server = options.get(_SERVER, b"")
    return Offer(str(ipaddress.IPv4Address(message[16:20])), str(ipaddress.IPv4Address(server)) if len(server) == 4 else "")


def _options(data: bytes) -> dict[int, bytes]:
    """As far as they can be read."""
    found: dict[int, bytes] = {}
    place = 0
    while place + 1 < len(data) and data[place] != _END:
        if data[place] == _PAD:
            place += 1
            continue
        size = data[place + 1]
        found.setdefault(data[place], data[place + 2 : place + 2 + size])
        place += 2 + size
    return found


def _checksum(header: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - ((total + (total >> 16)) & 0xFFFF)
