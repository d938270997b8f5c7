"""Loading plugins: ours from an explicit tuple, others only when the operator names them, since they run as root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from itertools import chain
from types import ModuleType
from typing import Any

import pluggy

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.runner import hookspecs
from ovirt_hc_setup.runner.checks import Check
from ovirt_hc_setup.runner.context import Context, Reading
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource


class Plugins:
    """All loaded plugins, their hooks called with types. `sections` are those of questions that come first, in this order.
    Raises UsageError for a hook that does not exist."""

    def __init__(self, modules: Iterable[ModuleType], named: Iterable[str] = (), sections: Sequence[str] = ()) -> None:
        self._sections = sections
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for module in chain(modules, (_foreign(name) for name in named)):
            self._manager.register(module)
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise UsageError(f"a plugin implements a hook that does not exist: {error}") from error

    def keys(self) -> list[Key[Any]]:
        return _flat(self._manager.hook.ovirt_hc_setup_keys())

    def connections(self) -> list[Any]:
        return _flat(self._manager.hook.ovirt_hc_setup_connections())

    def readings(self) -> list[Reading[Any]]:
        return _flat(self._manager.hook.ovirt_hc_setup_facts(connections=self.connections()))

    def questions(self) -> list[Question[Any]]:
        """In the order of their sections; those that nobody has ordered come last, as they are met."""
        found: list[Question[Any]] = _flat(self._manager.hook.ovirt_hc_setup_questions(connections=self.connections()))
        sections = dict.fromkeys((*self._sections, *(question.section for question in found)))
        place = {section: number for number, section in enumerate(sections)}
        return sorted(found, key=lambda question: (place[question.section], question.order))

    def checks(self) -> list[Check]:
        found: list[Check] = _flat(self._manager.hook.ovirt_hc_setup_checks())
        return sorted(found, key=lambda check: check.name)

    def checks_for(self, goal: Goal) -> list[Check]:
        return [check for check in self.checks() if goal.is_served_by(check.goals)]

    def resources(self, context: Context) -> list[Resource]:
        """What all parts for the context's goal make, in the order of the plugins."""
        parts: list[PlanPart] = _flat(self._manager.hook.ovirt_hc_setup_parts())
        return [made for part in parts if context.goal.is_served_by(part.goals) for made in part.make(context)]

    def kinds(self) -> list[type[Resource]]:
        return _flat(self._manager.hook.ovirt_hc_setup_kinds())


def _flat(results: Sequence[Sequence[Any]]) -> list[Any]:
    # pluggy calls the last registered first; we want the order of the tuple.
    return list(chain.from_iterable(reversed(results)))


def _foreign(name: str) -> ModuleType:
    for point in entry_points(group=hookspecs.PROJECT):
        if point.name == name:
            module: ModuleType = point.load()
            return module
    known = ", ".join(sorted(point.name for point in entry_points(group=hookspecs.PROJECT))) or "none"
    raise UsageError(f"there is no plugin named {name!r}", hint=f"Installed plugins: {known}.")
