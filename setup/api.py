"""What plugins of others may use, and all that they may: names in here stay, and mean what `docs/plugins.md` says of each.

A plugin is a package with an entry point in the group `ovirt_hc_setup`, loaded as root only where the operator names it
(`--plugin NAME`). `examples/` has one that is tested.
"""

from __future__ import annotations

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, Conflict, FormatError, NotAnswering, SetupError, ValueRefused
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.connection import Connection, ToldElsewhere
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.file_tree import FileTree, vdsm_folder
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import (
    Key,
    bool_key,
    choice_key,
    int_key,
    noun_key,
    optional_noun_key,
    secret_key,
    text_key,
)
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, blocked, conflict, needed

__all__ = [
    "DONE",
    "FIRST_HOST",
    "JOINING",
    "Check",
    "Choice",
    "CommandFailed",
    "Conflict",
    "Connection",
    "Context",
    "Fact",
    "File",
    "FileTree",
    "Finding",
    "FormatError",
    "Goal",
    "Host",
    "Key",
    "Mount",
    "NotAnswering",
    "Outcome",
    "Package",
    "PlanPart",
    "Progress",
    "Proposal",
    "Question",
    "Reading",
    "Record",
    "Resource",
    "Secret",
    "SetupError",
    "State",
    "ToldElsewhere",
    "Unit",
    "ValueRefused",
    "Verdict",
    "blocked",
    "bool_key",
    "choice_key",
    "conflict",
    "error",
    "fact",
    "facts",
    "fine",
    "hookimpl",
    "int_key",
    "keys",
    "needed",
    "noun_key",
    "optional_noun_key",
    "secret_key",
    "text_key",
    "vdsm_folder",
    "warning",
]
