"""What labs of tests are called: apart from those of other runs, by OVIRT_HC_LAB, and of other workers of this one."""

from __future__ import annotations

import os

from ovirt_hc_setup.lab.places import NAME_VARIABLE


def lab_called(name: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return "-".join(part for part in (os.environ.get(NAME_VARIABLE, ""), name, worker) if part)
