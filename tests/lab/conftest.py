"""One lab (in each worker) for all tests that need hosts. Set OVIRT_HC_LAB to use, and keep, one that is up already."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab.places import HOSTS, NAME_VARIABLE
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.as_found import traces
from tests.lab.lease_times import shorten


@pytest.fixture(scope="session")
def shared_lab() -> Iterator[Lab]:
    if os.geteuid() != 0:
        pytest.skip("a lab can only be made by root")
    found = Lab("-".join(filter(None, (os.environ.get(NAME_VARIABLE, "test"), os.environ.get("PYTEST_XDIST_WORKER")))))
    kept = found.is_up()
    try:
        found.up(print)
        if not kept:
            shorten(found, HOSTS)
        yield found
    finally:
        if not kept:
            found.down(print)


@pytest.fixture(scope="module")
def lab(shared_lab: Lab) -> Iterator[Lab]:
    """Three running hosts, shared by all tests: leave them as you found them. Whoever does not is named here."""
    before = traces(shared_lab)
    yield shared_lab
    assert traces(shared_lab) == before
