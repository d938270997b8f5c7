"""What runs are for: the vocabulary that questions, checks, facts and plans are declared with."""

from __future__ import annotations

from ovirt_hc_setup.runner.goal import Goal

FIRST_HOST = Goal("deploy")
"""The first host of a hosted engine: storage domain, engine VM, engine."""

JOINING = Goal("add-host")
"""A host that joins the hosted engine which it finds on the storage."""
