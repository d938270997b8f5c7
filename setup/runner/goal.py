"""A goal: what a run is for. Questions, checks, facts and parts of plans declare which goals they serve; nothing compares one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """`name` is how run folders and events call it: the verb that operators type for it."""

    name: str

    def is_served_by(self, goals: Collection[Goal]) -> bool:
        """Whether something that declares `goals` is for this one; what declares none is for all."""
        return not goals or self in goals
