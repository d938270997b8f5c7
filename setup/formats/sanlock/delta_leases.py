"""sanlock's delta leases as they lie in a lockspace: one sector for every host id, host N at sector N - 1.

`struct leader_record` of sanlock 3, little-endian, its fields at fixed bytes. They are read here from bytes, because a host
that is about to join has no sanlock yet, and looks at the storage before anything is installed.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.formats.sanlock.sanlock_output import DELTA_MAGIC
from ovirt_hc_setup.model.host_number import HIGHEST

_HEAD = struct.Struct("<IIIIQQQQQ48s48sQ")
"""magic, version, flags, sector size, hosts, most hosts, owner, generation, lver, lockspace, owner's name, timestamp."""


SECTORS = (512, 4096)


@dataclass(frozen=True)
class DeltaLease:
    """`owner` is the name of the host that has or had the id; `timestamp` is that host's clock, 0 when the id was given back."""

    host_id: int
    owner: str
    generation: int
    timestamp: int

    @property
    def taken(self) -> bool:
        return self.timestamp != 0

    def renewed_since(self, before: DeltaLease | None) -> bool:
        """Whether its owner lives: another owner or generation only shows that somebody tried to take it."""
        same = before is not None and (before.owner, before.generation) == (self.owner, self.generation)
        return same and self.taken and self != before


def read(data: bytes, lockspace: str, sector: int) -> Mapping[int, DeltaLease]:
    """Every lease of hosts 1 to 250 by host id, as far as `data` goes. Raises FormatError when it holds no such lockspace."""
    found = {}
    for number in range(1, min(HIGHEST, len(data) // sector) + 1):
        found[number] = _lease(data[(number - 1) * sector : number * sector][: _HEAD.size], number, lockspace)
    if not found:
        raise FormatError(f"the lockspace {lockspace} is cut short: it has {len(data)} bytes")
    return found


def sector_size(data: bytes) -> int:
    """The sector size of a lockspace as its first lease has it. Raises FormatError when these bytes begin none."""
    fields = _HEAD.unpack(data[: _HEAD.size].ljust(_HEAD.size, b"\0"))
    if fields[0] != DELTA_MAGIC or fields[3] not in SECTORS:
        raise FormatError("these bytes do not begin a lockspace")
    return int(fields[3])


def _lease(data: bytes, number: int, lockspace: str) -> DeltaLease:
    fields = _HEAD.unpack(data)
    magic, space, owner = fields[0], _name(fields[9]), _name(fields[10])
    if magic != DELTA_MAGIC or space != lockspace:
        what = f"the lockspace {space!r}" if magic == DELTA_MAGIC else "no lease"
        raise FormatError(f"where host id {number} of the lockspace {lockspace} should lie, there is {what}")
    return DeltaLease(number, owner, fields[7], fields[11])


def _name(data: bytes) -> str:
    return plain(data.split(b"\0", 1)[0].decode("utf-8", "replace"))
