"""A deployment in which first one host loses its power and then another one: the same command brings it to its end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab

pytestmark = pytest.mark.power

PLAIN = ("--output", "plain")
_JOURNALS = "cat /var/lib/ovirt-hc-setup/runs/*/journal.jsonl /var/lib/ovirt-hc-setup/runs/*/events.jsonl 2>/dev/null"


def deploy(lab: Lab) -> int:
    return rehearsal.deploy(lab, rehearsal.answers_file().read_bytes(), PLAIN, terminal=False)


def begun(lab: Lab, resource: str) -> bool:
    said = lab.exec("hc1", "sh", "-c", _JOURNALS, check=False).out.splitlines()
    events = (json.loads(line) for line in said if line.endswith("}"))
    return any(event.get("type") == "resource-begun" and event.get("resource") == resource for event in events)


def cut_power_during(lab: Lab, resource: str, host: str, *, back: bool) -> int:
    """Begin a deployment, cut the power of a host while it is at a resource (and bring it `back`); the command's exit code."""
    with ThreadPoolExecutor(1) as pool:
        command = pool.submit(deploy, lab)
        wait_for(f"{resource} to begin", 300, lambda: begun(lab, resource) or command.done(), poll=0.5)
        assert not command.done(), "it ended before that"
        lab.kill(host)
        if back:
            lab.start(host)
        return command.result(timeout=900)


def test_a_deployment_outlives_the_power_of_its_hosts(own: Lab) -> None:
    rehearsal.prepare(own, print)
    for name in HOSTS:  # glusterd syncs nothing of what it writes: its volume is to be one of before, and not of this minute
        own.exec(name, "sync")
    assert cut_power_during(own, "appliance-copy", "hc1", back=False) != 0
    own.start("hc1")
    began = time.monotonic()
    assert cut_power_during(own, "engine-setup", "hc2", back=True) == 0
    print(f"finished {time.monotonic() - began:.0f} s after the first host was back")
    assert [verdict for verdict in rehearsal.verdicts(own) if not verdict.ok] == []
