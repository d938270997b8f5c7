"""A lab of hosts with kernels of their own for each file: what is done to them here, no other file has to find."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab.kinds import OwnKernels
from ovirt_hc_setup.lab.lab import Lab


@pytest.fixture(scope="module")
def own(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Three running hosts with kernels of their own."""
    if os.geteuid() != 0:
        pytest.skip("a lab can only be made by root")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    lab = Lab("-".join(part for part in ("own", worker) if part))
    try:
        lab.up(print, kind=OwnKernels())
        yield lab
    finally:
        lab.down(print)
