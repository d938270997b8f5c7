"""A lab of hosts with kernels of their own for each file: what is done to them here, no other file has to find.

OVIRT_HC_LAB names it, and the suite of its hosts is the one that is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ovirt_hc_setup.lab.host_kinds import OwnKernels, kind_asked_for
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.own.lab_names import lab_called


@pytest.fixture(scope="module")
def own(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Three running hosts with kernels of their own."""
    if os.geteuid() != 0:
        pytest.skip("a lab can only be made by root")
    lab = Lab(lab_called("own"))
    try:
        lab.up(print, kind=kind_asked_for(OwnKernels.name))
        yield lab
    finally:
        lab.down(print)
