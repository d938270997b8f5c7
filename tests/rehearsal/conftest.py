"""One rehearsed deployment for all tests of it; each worker has a lab of its own with it.

Set OVIRT_HC_LAB to use, and keep, a lab that is up already.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS, NAME_VARIABLE
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.fingerprint import keep, since
from tests.lab.lease_times import shorten
from tests.rehearsal.saved_deployment import SavedDeployment, SeenDeployment

CHECKOUT = Path(__file__).resolve().parents[2]


def rehearse(name: str) -> str:
    """The program as a user runs it; its output."""
    command = ["./ovirt-hc-setup", "rehearse", "--keep", "--name", name, "--output", "plain"]
    ended = subprocess.run(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800, check=False
    )
    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout[-3000:]
    return ended.stdout


def deploy(lab: Lab) -> SeenDeployment:
    """Bring up a lab and deploy on it, undisturbed."""
    rehearsal.make_ready(print, lab.kind)
    lab.up(print)
    shorten(lab, HOSTS)
    rehearsal.prepare(lab, print)
    keep(lab, *HOSTS[:2])
    said = rehearse(lab.name)
    return SeenDeployment(said, since(lab, HOSTS[0]))


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, SeenDeployment]]:
    """A lab with a finished deployment, and what was seen of it. Tests leave it deployed on hc1, the engine running there."""
    labs = os.environ.get(NAME_VARIABLE, "rehearsal")
    lab = Lab("-".join(filter(None, (labs, os.environ.get("PYTEST_XDIST_WORKER")))))
    up_before = lab.is_up()
    shared = SavedDeployment.of_run(tmp_path_factory.getbasetemp(), labs)
    try:
        if up_before:
            whole = all(verdict.ok for verdict in rehearsal.verdicts(lab))
            yield lab, SeenDeployment("" if whole else rehearse(lab.name), None)
        elif shared:
            with shared.begun(lab, partial(deploy, lab)) as seen:
                yield lab, seen
        else:
            yield lab, deploy(lab)
    finally:
        if not up_before:
            lab.down(print)


@pytest.fixture(scope="session")
def deployed(rehearsed: tuple[Lab, SeenDeployment]) -> Lab:
    return rehearsed[0]
