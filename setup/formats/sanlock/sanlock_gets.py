"""`sanlock gets -h 1`: what the daemon thinks of every host in every lockspace it holds (sanlock 3.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace, parse_status
from ovirt_hc_setup.model.deployment_status import Liveness

_HOST = re.compile(r"h ([0-9]{1,9}) gen ([0-9]{1,20}) timestamp ([0-9]{1,20}) (\w+)")

_VERDICTS = {
    "FREE": Liveness.FREE,
    "LIVE": Liveness.LIVE,
    "FAIL": Liveness.FAILING,
    "DEAD": Liveness.DEAD,
}


def parse(text: str) -> dict[str, dict[int, Liveness]]:
    """By lockspace and host id. Raises FormatError for a lockspace that is none.

    Ids that were given back or never taken need not be in it; nor is any until the daemon has looked at them once.
    """
    found: dict[str, dict[int, Liveness]] = {}
    hosts: dict[int, Liveness] = {}
    for line in text.splitlines():
        match = _HOST.match(line.strip())
        if line.startswith("s "):
            hosts = found.setdefault(_space(line).name, {})
        elif match is not None:
            hosts[int(match[1])] = _VERDICTS.get(match[4], Liveness.UNKNOWN)
    return found


def verdict(hosts: Mapping[int, Liveness], host_id: int, timestamp: int) -> Liveness:
    """On a host id whose lease has this timestamp (0: given back), from what `parse` found in its lockspace."""
    return hosts.get(host_id, Liveness.UNKNOWN) if timestamp else Liveness.FREE


def _space(line: str) -> HeldLockspace:
    # Here sanlock does not escape the colons of a path, so only what stands before the first one is sure.
    return parse_status(f"daemon -\n{':'.join(line.split(':')[:2])}:-:0").lockspaces[0]
