"""Who has or had the host ids of a lockspace (sanlock 3.8, `client host_status -D`). Who of them is alive: `sanlock_gets`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError

_HOST = re.compile(r"([0-9]{1,9}) timestamp ([0-9]{1,20})")
_VALUE = re.compile(r"\s+(\w+)=(.*)")


@dataclass(frozen=True, kw_only=True)
class SeenHostId:
    """A host id as the daemon saw it last; `timestamp` is by that host's own clock, 0 when it gave the id back."""

    host_id: int
    name: str
    generation: int
    timestamp: int


def parse_hosts(text: str) -> tuple[SeenHostId, ...]:
    """`client host_status -s NAME -D`; raises FormatError for a host without its details."""
    blocks: list[dict[str, str]] = []
    for line in text.splitlines():
        head, value = _HOST.fullmatch(line.strip()), _VALUE.fullmatch(line)
        if head is not None:
            blocks.append({"host_id": head[1], "timestamp": head[2]})
        elif value is not None and blocks:
            blocks[-1].setdefault(value[1], value[2].strip())
    return tuple(_seen(block) for block in blocks)


def _seen(block: dict[str, str]) -> SeenHostId:
    try:
        return SeenHostId(
            host_id=int(block["host_id"]),
            name=block.get("owner_name", ""),
            generation=int(block["owner_generation"]),
            timestamp=int(block["timestamp"]),
        )
    except (KeyError, ValueError) as error:
        raise FormatError(f"sanlock's host status cannot be read ({error}): {block}") from error
