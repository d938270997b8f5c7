"""All that the program consists of, put together in one place: plugins, keys, kinds of resource; ours, and those from elsewhere.

Wizard, worker, going on, taking back, `answers` and completion have the same because all of them ask here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.connection import Connection
from ovirt_hc_setup.keys import BUILT_IN as BUILT_IN_KEYS
from ovirt_hc_setup.keys import domain_type
from ovirt_hc_setup.plugins import BUILT_IN, SECTIONS
from ovirt_hc_setup.resources.kinds import KINDS
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_folder import Kinds, kinds_by_name


@dataclass(frozen=True)
class Assembly:
    """`keys` and `kinds` by their names, those of the plugins among them."""

    plugins: Plugins
    keys: Mapping[str, Key[Any]]
    kinds: Kinds


def assembled(named: Sequence[str] = ()) -> Assembly:
    """Ours and the installed plugins that the operator named. Raises UsageError for one that is not installed, has a hook that
    does not exist, or brings a name that exists already: it would take the place of what has that name, passwords included.
    """
    wanted = tuple(dict.fromkeys(named))
    plugins = Plugins(BUILT_IN, wanted, SECTIONS)
    _refuse_taken(wanted)
    every = (*BUILT_IN_KEYS, domain_type(types_of(plugins.connections())), *plugins.keys())
    return Assembly(plugins, {key.name: key for key in every}, kinds_by_name((*KINDS, *plugins.kinds())))


def types_of(connections: Sequence[Connection]) -> tuple[str, ...]:
    return tuple(one.name for one in connections)


def _refuse_taken(named: Sequence[str]) -> None:
    if not named:
        return
    owners = dict.fromkeys(_names(Plugins(BUILT_IN), BUILT_IN_KEYS, KINDS), "ovirt-hc-setup itself")
    for plugin in named:
        for what, name in dict.fromkeys(_names(Plugins((), (plugin,)))):  # one for each goal may have one name
            if owner := owners.get((what, name)):
                raise UsageError(
                    f"plugin {plugin!r} brings the {what} {name!r}, which {owner} has already",
                    hint=f"Omit --plugin {plugin}, or use a version of it with names of its own.",
                )
            owners[what, name] = f"plugin {plugin!r}"


def _names(plugins: Plugins, keys: Sequence[Key[Any]] = (), kinds: Sequence[type] = ()) -> Iterator[tuple[str, str]]:
    for key in (*keys, *plugins.keys()):
        yield from (("key", name) for name in (key.name, *key.aliases))
    yield from (("type of storage", one.name) for one in plugins.connections())
    yield from (("kind of resource", kind.__name__) for kind in (*kinds, *plugins.kinds()))
    yield from (("fact", reading.fact.name) for reading in plugins.readings())
    yield from (("question for", question.key.name) for question in plugins.questions())
    yield from (("check", check.name) for check in plugins.checks())
