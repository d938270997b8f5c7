"""What a plugin may implement: functions marked with `@hookimpl` in its module. Unknown hooks are an error.

A hook may be called more than once, and has to give the same each time: what is drawn is a key with `draw`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from ovirt_hc_setup.runner.checks import Check
from ovirt_hc_setup.runner.context import Reading
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource

PROJECT = "ovirt_hc_setup"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def ovirt_hc_setup_keys() -> Sequence[Key[Any]]:
    """Keys that a plugin from elsewhere brings (ours stand in `keys.py`)."""
    return ()


@hookspec
def ovirt_hc_setup_connections() -> Sequence[Any]:
    """Ways to a type of storage: values of `connection.Connection`, which mean nothing to the runner."""
    return ()


@hookspec
def ovirt_hc_setup_facts(connections: Sequence[Any]) -> Sequence[Reading[Any]]:
    """How facts are read. It may be called more than once; the readings are made when somebody asks for the fact. `connections`
    are those of all plugins, for whom it may concern."""
    return ()


@hookspec
def ovirt_hc_setup_questions(connections: Sequence[Any]) -> Sequence[Question[Any]]:
    """Questions, asked in the order of their sections and places."""
    return ()


@hookspec
def ovirt_hc_setup_checks() -> Sequence[Check]:
    """Checks. They run when all answers are there and before anything is changed."""
    return ()


@hookspec
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    """What should be, given all answers and facts. The parts make their resources with the plan."""
    return ()


@hookspec
def ovirt_hc_setup_kinds() -> Sequence[type[Resource]]:
    """Kinds of resource that a plugin from elsewhere brings, so that its run folders can be read back."""
    return ()
