"""The newest attempt at a run, as its events tell of it: how far it is or was, what is at work, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ovirt_hc_setup.base.event_types import Event, ResourceBegun, ResourceEnded, RunBegun, RunEnded
from ovirt_hc_setup.runner.event_log import Follower

DONE = ("done", "found", "undone")


@dataclass
class Attempt:
    """Times in seconds since the epoch, `last` of the newest event; `doing` has the titles of what is at work, by resource."""

    begun: float
    steps: int
    done: int = 0
    undoing: bool = False
    last: float = 0.0
    doing: dict[str, str] = field(default_factory=dict)
    end: RunEnded | None = None

    def take(self, event: Event) -> None:
        self.last = event.at
        if isinstance(event, ResourceBegun):
            self.doing[event.resource] = event.title
            self.undoing = event.action == "undo"
        elif isinstance(event, ResourceEnded):
            self.doing.pop(event.resource, None)
            self.done += event.status in DONE
        elif isinstance(event, RunEnded):
            self.end = event


def newest_attempt(events: Path) -> Attempt | None:
    """None before the first one has begun."""
    follower, found = Follower(events), None
    follower.rewind(past_its_end=False)
    for event in follower.new():
        if isinstance(event, RunBegun):
            found = Attempt(event.at, len(event.resources))
        if found is not None:
            found.take(event)
    return found
