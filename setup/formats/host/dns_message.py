"""The least of DNS that tells why a name has no address: one question, and how the answer to it ended (RFC 1035, 4.1)."""

from __future__ import annotations

import ipaddress
import struct
from enum import Enum

from ovirt_hc_setup.base.errors import FormatError

PORT = 53
HEADER = 12
"""Bytes of an answer that have to be read to know how it ended."""

_RECURSION_WANTED = 0x0100
_IS_ANSWER = 0x8000
_A, _PTR, _IN = 1, 12, 1


class Ending(Enum):
    """How a server's answer ended; the words are DNS's own. SILENT is no answer at all."""

    FOUND = "NOERROR"
    ABSENT = "NXDOMAIN"
    FAILED = "SERVFAIL"
    REFUSED = "REFUSED"
    OTHER = "another error"
    SILENT = "no answer"

    @property
    def settles(self) -> bool:
        """Whether it is an answer to the question, yes or no."""
        return self in (Ending.FOUND, Ending.ABSENT)


_BY_CODE = {0: Ending.FOUND, 2: Ending.FAILED, 3: Ending.ABSENT, 5: Ending.REFUSED}


def question(name: str, number: int) -> bytes:
    """A query with the id `number`: for the A records of a name, or for the name of an address. Raises FormatError for what
    cannot be asked for."""
    kind, wanted = _A, name.rstrip(".")
    try:
        kind, wanted = _PTR, ipaddress.ip_address(name).reverse_pointer
    except ValueError:
        pass
    try:
        labels = [label.encode("ascii") for label in wanted.split(".")]
    except UnicodeEncodeError as error:
        raise FormatError(f"{name!r} cannot be asked for in DNS") from error
    if not all(0 < len(label) < 64 for label in labels) or len(wanted) > 253:
        raise FormatError(f"{name!r} cannot be asked for in DNS")
    asked = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", number, _RECURSION_WANTED, 1, 0, 0, 0) + asked + struct.pack(">2H", kind, _IN)


def ending(answer: bytes, number: int) -> Ending:
    """How an answer to the query `number` ended; what is no answer to it is silence."""
    if len(answer) < HEADER:
        return Ending.SILENT
    identity, flags = struct.unpack(">2H", answer[:4])
    if identity != number or not flags & _IS_ANSWER:
        return Ending.SILENT
    return _BY_CODE.get(flags & 0xF, Ending.OTHER)
