"""The plan as entries of a page: the steps in the order in which they are done, one line each, under what they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from ovirt_hc_setup.base.event_types import Found, Planned
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.report.lines import STATES, lines
from ovirt_hc_setup.report.pages import Entry, heading, shortened
from ovirt_hc_setup.runner.resource import Resource

TITLE = "WHAT WILL BE DONE"
WARNINGS = "WARNINGS"
BEFORE_ANY = "PACKAGES"
# What is done after a milestone; a milestone of somebody else's plugin begins no group.
AFTER = {
    "programs": "NETWORK",
    "network.ready": "PREPARATIONS",
    "storage.attached": "STORAGE DOMAIN",
    "storage.ready": "VOLUMES",
    "volumes.ready": "ENGINE VM",
    "engine.ready": "SHARED CONFIGURATION",
}


@dataclass(frozen=True)
class Step:
    """Something to read: its first line on the page, all of them when it is chosen. `done`: it is there already."""

    group: str
    lines: tuple[str, ...]
    done: bool = False


def in_groups(plan: Sequence[tuple[Resource, Planned]]) -> list[Step]:
    """The steps by group. The order stays one in which they can be done: a step is never in an earlier group than what it
    comes after."""
    groups, levels = [BEFORE_ANY, *AFTER.values()], {milestone: level for level, milestone in enumerate(AFTER, 1)}
    reached: dict[str, int] = {}
    for resource, _ in plan:
        level = max((max(reached.get(name, 0), levels.get(name, 0)) for name in resource.after), default=0)
        reached[resource.name] = level
        for milestone in resource.provides:
            reached[milestone] = max(level, reached.get(milestone, 0))
    ordered = sorted(plan, key=lambda step: reached[step[0].name])
    return [
        Step(groups[reached[resource.name]], (*event.lines, f"Now: {STATES[event.state]}"), event.state == "done")
        for resource, event in ordered
    ]


def of_others(plans: Mapping[str, Sequence[Planned]]) -> list[Step]:
    """What is done on other hosts, each under its name."""
    return [
        Step(f"ON {host}", (*event.lines, f"Now: {STATES[event.state]}"), event.state == "done")
        for host, events in plans.items()
        for event in events
    ]


def doubts(found: Sequence[Found]) -> list[Step]:
    """What the checks warn of and which were skipped, to be read before the plan."""
    return [Step(WARNINGS, tuple(lines(event)), done=False) for event in found if event.severity in ("warning", "skipped")]


def plan_entries(steps: Sequence[Step], width: int) -> list[Entry]:
    """Numbered from 1 in the order given; what is there already is marked so."""
    entries, group = [], ""
    for number, step in enumerate(steps, 1):
        if step.group != group:
            group = step.group
            entries.append(heading(group))
        entries.append(Entry((_line(number, step, width),), number))
    return entries


def whole(step: Step) -> list[str]:
    """Every line of a step."""
    return [shown(line) for line in (step.lines[0], *(f"  {line.strip()}" for line in step.lines[1:]))]


def _line(number: int, step: Step, width: int) -> Text:
    end = "  (already in place)" if step.done else ""
    line = Text(f"   {number:>2} ")
    line.append(shortened(shown(step.lines[0]), max(width - 7 - len(end), 20)), "dim" if step.done else "")
    return line.append(end, "dim")
