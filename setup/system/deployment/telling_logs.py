"""The lines of a host's logs that may tell why a run failed: errors of the daemons that it stands on, since it began."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host

LIMIT = 5.0  # seconds for each look
LONGEST = 160  # characters of a line that are shown
OF_EACH = 4  # lines
UNITS = ("glusterd", "sanlock", "wdmd", "libvirtd", "virtqemud", "virtlogd")

# GlusterFS writes its level as one letter behind the time, in UTC; the newest lines of all its logs. awk: $1 "since".
_OF_GLUSTER = r"""
for file in /var/log/glusterfs/*.log /var/log/glusterfs/bricks/*.log; do
    [ -f "$file" ] && [ ! -L "$file" ] || continue
    tail --bytes=262144 -- "$file" |
        awk -v since="[$1" -v name="${file##*/}" '/^\[[-0-9: .+]+\] [EC] / && $0 >= since {print name ": " $0}'
done | sort -k2 | tail --lines=%d
"""


def since(host: Host, begun: float) -> tuple[str, ...]:
    """The last errors in the logs since `begun` (seconds since the epoch), each whole and with the log that it is from."""
    return tuple(line for found in _looks(host, begun) for line in found)


def _looks(host: Host, begun: float) -> Iterator[Sequence[str]]:
    units = [word for unit in UNITS for word in ("--unit", f"{unit}.service")]
    last = ("--no-pager", "--quiet", "--output=short-iso", "--priority=err", f"--lines={OF_EACH}", f"--since=@{begun:.0f}")
    yield _said(host, "journalctl", *last, *units)
    utc = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(begun))
    yield _said(host, "bash", "-c", _OF_GLUSTER % OF_EACH, "bash", utc)


def _said(host: Host, *command: str) -> list[str]:
    try:
        outcome = host.run(*command, timeout=LIMIT, check=False)
    except SetupError:
        return []  # it was not the failure that is told of
    return [text for line in outcome.out.splitlines() if (text := plain(line).strip())]
