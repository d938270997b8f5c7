"""What plugins declare fits together: every name is unique, every fact is read, every question has a place."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies

from ovirt_hc_setup import facts, plugins
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.keys import BUILT_IN as KEYS
from ovirt_hc_setup.plugins import BUILT_IN, SECTIONS
from ovirt_hc_setup.resources.kinds import KINDS
from ovirt_hc_setup.runner.context import Fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.resource import Resource

PLUGINS = Plugins(BUILT_IN, (), SECTIONS)


def twice(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_no_key_check_or_question_is_declared_twice() -> None:
    assert not twice([key.name for key in (*KEYS, *PLUGINS.keys())])
    assert not twice([check.name for check in PLUGINS.checks()])
    assert not twice([question.key.name for question in PLUGINS.questions()])


@pytest.mark.parametrize("goal", [FIRST_HOST, JOINING], ids=lambda goal: goal.name)
def test_every_shared_fact_is_read_by_exactly_one_plugin(goal: Goal) -> None:
    shared = {value.name for value in vars(facts).values() if isinstance(value, Fact)}
    read = [reading.fact.name for reading in PLUGINS.readings() if goal.is_served_by(reading.goals)]
    assert shared <= set(read)
    assert not twice(read)


def test_questions_are_about_declared_keys_and_sorted_by_section() -> None:
    known = {key.name for key in (*KEYS, *PLUGINS.keys())}
    questions = PLUGINS.questions()
    assert {question.key.name for question in questions} <= known
    places = [SECTIONS.index(question.section) for question in questions]
    assert places == sorted(places)


def test_every_key_says_what_it_is_and_its_example_can_be_parsed() -> None:
    for key in (*KEYS, *PLUGINS.keys()):
        assert key.help
        if key.example:
            key.parse(key.example)


ODD = strategies.sampled_from(["-1", "abc", "9" * 5000, "\0", "[::1]:/x", "/", "1/33", "0x10", "\ud800"])


@given(strategies.one_of(strategies.text(), ODD))
def test_no_text_makes_a_key_raise_anything_but_its_refusal(text: str) -> None:
    for key in (*KEYS, *PLUGINS.keys()):
        with contextlib.suppress(ValueRefused):
            key.text(key.parse(text)).encode()


def test_every_kind_of_resource_can_be_read_back_from_a_run_folder() -> None:
    assert {kind.__name__ for kind in Resource.__subclasses__() if kind.__module__.startswith("ovirt_hc_setup")} == {
        kind.__name__ for kind in KINDS
    }


OF_THE_WORLD = {
    "ha.hand-over",
    "host.root",
    "host.libvirt",
    "host.no-foreign-vms",
    "host.accelerator",
    "gluster.bricks-online",
    "gluster.peers",
    "gluster.build-firewall",
}
"""What is mended at the host or its pool: no answer changes it."""

FINDING_BY_FINDING = {"vm.passwords", "host.watchdog"}
"""Their findings name the key."""


def test_every_check_says_which_answer_mends_what_it_finds() -> None:
    silent = {check.name for check in PLUGINS.checks() if check.about is None}
    assert silent == OF_THE_WORLD | FINDING_BY_FINDING


def test_no_plugin_compares_a_goal() -> None:
    """What differs between goals is declared: a goal that is added later is then served, or not, by what says so."""
    folder = Path(plugins.__path__[0])
    asking = [path.relative_to(folder) for path in folder.rglob("*.py") if re.search(r"\.goal\b|\.verb\b", path.read_text())]
    assert not asking
