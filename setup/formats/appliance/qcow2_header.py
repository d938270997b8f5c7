"""The header of a qcow2 image: what has to be known before QEMU is allowed to open it (QEMU docs/interop/qcow2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError

MAGIC = b"QFI\xfb"
HEADER_LENGTH = 104
"""Bytes of the image's start that `parse_qcow2_header` wants; a version 2 image has 72 of them."""

_BASE = struct.Struct(">4sIQIIQIIQQIIQ")
_INCOMPATIBLE = struct.Struct(">Q")
_EXTERNAL_DATA_FILE = 1 << 2
_CORRUPT = 1 << 1
_READABLE = 1 << 0 | 1 << 3 | 1 << 4  # left dirty, compression type, extended L2 entries: all inside the file
_MOST_BYTES = 1 << 62


@dataclass(frozen=True)
class Qcow2Header:
    """`virtual_size` and `cluster_size` in bytes; the rest says what the image wants besides its own file."""

    version: int
    virtual_size: int
    cluster_size: int
    has_backing_file: bool
    encrypted: bool
    incompatible: int

    @property
    def has_external_data(self) -> bool:
        return bool(self.incompatible & _EXTERNAL_DATA_FILE)

    def refuse_unsafe(self, where: str) -> None:
        """Raise FormatError for an image that is not whole in its one file, or cannot be read by everybody."""
        reason = self._unsafe()
        if reason:
            raise FormatError(f"the disk image {where} {reason}", hint="Use an image that is whole in one file.")

    def _unsafe(self) -> str:
        if self.has_backing_file:
            return "has a backing file: the rest of its data is in another file that it names"
        if self.has_external_data:
            return "has an external data file: its data is in another file that it names"
        if self.encrypted:
            return "is encrypted"
        if self.incompatible & _CORRUPT:
            return "is marked as corrupt"
        unknown = self.incompatible & ~(_READABLE | _CORRUPT | _EXTERNAL_DATA_FILE)
        return f"uses qcow2 features that are not known here ({unknown:#x})" if unknown else ""


def is_qcow2(head: bytes) -> bool:
    return head.startswith(MAGIC)


def parse_qcow2_header(head: bytes, where: str) -> Qcow2Header:
    """The header in the first bytes of an image; `where` names the image in the errors. Raises FormatError."""
    if not is_qcow2(head):
        raise FormatError(f"{where} is not a qcow2 image: it does not begin with `QFI`")
    if len(head) < _BASE.size:
        raise FormatError(f"the disk image {where} is truncated: it ends inside its qcow2 header, after {len(head)} bytes")
    _, version, backing, _, cluster_bits, size, crypt, *_ = _BASE.unpack_from(head)
    if version not in (2, 3):
        raise FormatError(f"the disk image {where} is of qcow2 version {version}; 2 and 3 can be read")
    if not 9 <= cluster_bits <= 21:
        raise FormatError(f"the disk image {where} has a damaged qcow2 header: {cluster_bits} cluster bits")
    if not 0 < size < _MOST_BYTES:
        raise FormatError(f"the disk image {where} has a damaged qcow2 header: a disk of {size} bytes")
    return Qcow2Header(version, size, 1 << cluster_bits, backing != 0, crypt != 0, _incompatible(head, version, where))


def _incompatible(head: bytes, version: int, where: str) -> int:
    if version == 2:
        return 0
    if len(head) < _BASE.size + _INCOMPATIBLE.size:
        raise FormatError(f"the disk image {where} is truncated: it ends inside its qcow2 header, after {len(head)} bytes")
    (bits,) = _INCOMPATIBLE.unpack_from(head, _BASE.size)
    return int(bits)
