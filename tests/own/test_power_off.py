"""A deployment whose host loses its power at the first of what cannot be made twice. All other points: `tests/run power`."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.system.sanlock import sanlock_client
from tests.own.cutting import Point, cut_power_at

pytestmark = pytest.mark.own


def deploy(lab: Lab) -> int:
    return rehearsal.deploy(lab, rehearsal.answers_file().read_bytes(), ("--output", "plain"), terminal=False)


def test_the_same_command_goes_on_with_the_domain_that_the_power_failure_left(own: Lab) -> None:
    rehearsal.prepare(own, print)
    for name in HOSTS:  # glusterd syncs nothing of what it writes: its volume is to be one of before, and not of this minute
        own.exec(name, "sync")
    assert cut_power_at(own, "hc1", (Point("domain"),), lambda: deploy(own))
    found: list[str] = []

    def look() -> None:
        status = sanlock_client.status(own.host("hc1"))
        found.extend(space.name for space in (status.lockspaces if status else ()) if not space.state)

    # Far enough: what comes now is made on the domain, by a host whose id is held.
    assert cut_power_at(own, "hc1", (Point("host-id-hosted-engine", "done"),), lambda: deploy(own), look)
    assert len(found) == 2
    assert "hosted-engine" in found
