"""One lab (in each worker) for all tests that need hosts. Set OVIRT_HC_LAB to use, and keep, one that is up already."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab.places import HOSTS, NAME_VARIABLE
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.lease_times import shorten


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Three running hosts, shared by all tests: leave them as you found them."""
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
