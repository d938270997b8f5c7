"""Host ids for hosts that join at once, given out in one place so that nobody fights for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ovirt_hc_setup.base.errors import CheckFailed
from ovirt_hc_setup.keys import HOST_ID


def numbered(hosts: Iterable[str], free: Iterable[int], given: Mapping[str, int], taken: Mapping[int, str]) -> dict[str, int]:
    """By host the id that was given for it, or the next `free` one that nobody else was given; 0 when there is none left. `taken`
    says who has an id already. Raises CheckFailed for one that two hosts shall have."""
    owners = dict(taken)
    for host, number in given.items():
        if (other := owners.setdefault(number, host)) != host:
            hint = f"Nothing was changed. Give one of them another number, or none: --set {host}:{HOST_ID.name}=NUMBER"
            raise CheckFailed(f"{other} and {host} shall have the same host id, {number} ({HOST_ID.name})", hint=hint)
    left = (number for number in free if number not in owners)
    return {host: given[host] if host in given else next(left, 0) for host in hosts}
