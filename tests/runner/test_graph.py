"""Resources are sorted by name and milestone, and a mistake in a plugin is an error at start that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.runner.graph import GraphError, backwards, in_order
from tests.runner.marker import Marker


def marker(name: str, *after: str, provides: tuple[str, ...] = ()) -> Marker:
    return Marker(name=name, after=after, provides=provides, path=Path("/nowhere"), text="")


def test_a_resource_comes_after_everything_that_provides_its_milestone() -> None:
    order = in_order([marker("vm", "ready"), marker("a", provides=("ready",)), marker("b", "a", provides=("ready",))])
    assert [resource.name for resource in order] == ["a", "b", "vm"]


def test_a_cycle_is_refused_and_named() -> None:
    with pytest.raises(GraphError, match=r"'a' -> 'b'|'b' -> 'a'"):
        in_order([marker("a", "b"), marker("b", "a")])


def test_an_unknown_name_is_refused_and_named() -> None:
    with pytest.raises(GraphError, match="'a' comes after 'nothing'"):
        in_order([marker("a", "nothing")])


def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(GraphError, match="two resources"):
        in_order([marker("a"), marker("a")])


def test_everything_is_taken_back_before_what_it_comes_after_however_late_that_was_recorded() -> None:
    plan = [marker("glusterd"), marker("sanlock", provides=("services",)), marker("mount", "glusterd", "services"),
            marker("host-id", "mount"), marker("file")]  # fmt: skip
    newest_first = ["sanlock", "glusterd", "file", "host-id", "mount"]
    assert [one.name for one in backwards(plan, newest_first)] == ["file", "host-id", "mount", "sanlock", "glusterd"]


def test_otherwise_the_newest_is_taken_back_first() -> None:
    plan = [marker(name) for name in "abc"]
    assert [one.name for one in backwards(plan, ["b", "c", "a"])] == ["b", "c", "a"]
