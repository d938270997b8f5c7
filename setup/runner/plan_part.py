"""A part of a plan: what makes some of its resources, and for which goals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.resource import Resource


@dataclass(frozen=True)
class PlanPart:
    """`make` is called when the plan is made, with all answers and facts there; it must not change anything. `goals`: those it
    belongs to (none: all)."""

    make: Callable[[Context], Sequence[Resource]]
    goals: Collection[Goal] = ()
