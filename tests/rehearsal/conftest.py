"""One rehearsed deployment (in each worker) for all tests of it. Set OVIRT_HC_LAB to use, and keep, a lab that is up already."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.places import HOSTS, NAME_VARIABLE
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.fingerprint import keep, since
from tests.lab.lease_times import shorten

DEPLOYED: dict[str, str | None] = {}
"""By the name of a lab, what was another on the first host just after it was deployed on."""

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


@pytest.fixture(scope="session")
def rehearsed() -> Iterator[tuple[Lab, str]]:
    """A lab with a finished deployment, and what the rehearsal said. Tests leave it deployed on hc1, the engine running there."""
    lab = Lab("-".join(filter(None, (os.environ.get(NAME_VARIABLE, "rehearsal"), os.environ.get("PYTEST_XDIST_WORKER")))))
    kept = lab.is_up()
    try:
        if not kept:
            rehearsal.make_ready(print, lab.kind)
            lab.up(print)
            shorten(lab, HOSTS)
            rehearsal.prepare(lab, print)
            keep(lab, *HOSTS[:2])
        said = "" if kept and all(verdict.ok for verdict in rehearsal.verdicts(lab)) else rehearse(lab.name)
        if not kept:
            DEPLOYED[lab.name] = since(lab, HOSTS[0])
        yield lab, said
    finally:
        if not kept:
            lab.down(print)


@pytest.fixture(scope="session")
def deployed(rehearsed: tuple[Lab, str]) -> Lab:
    return rehearsed[0]
