"""What a plugin may implement: functions marked with `@hookimpl` in its module. Unknown hooks are an error."""

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
    """Keys that a plugin from elsewhere brings (ours stand in `keys.py`). Called once, at start."""
    return ()


@hookspec
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    """How facts are read. Called once, at start; the readings are made when somebody asks for the fact."""
    return ()


@hookspec
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    """Questions, asked in the order of their sections and places. Called once, at start."""
    return ()


@hookspec
def ovirt_hc_setup_checks() -> Sequence[Check]:
    """Checks. Called once, at start; they run when all answers are there and before anything is changed."""
    return ()


@hookspec
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    """What should be, given all answers and facts. Called once, at start; the parts make their resources with the plan."""
    return ()


@hookspec
def ovirt_hc_setup_kinds() -> Sequence[type[Resource]]:
    """Kinds of resource that a plugin from elsewhere brings, so that its run folders can be read back."""
    return ()
