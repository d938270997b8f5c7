"""Verdicts over volumes that a real glusterd described."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ovirt_hc_setup.plugins.gluster.judgement import RULES, faults, profile, quorum, replica
from tests.model.test_gluster_volume import volume


@pytest.mark.parametrize("name", ["engine", "arbiter"])
def test_replica_3_and_2_plus_1_arbiter_are_fit(name: str) -> None:
    assert faults(volume(name)) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("replica2", "is replica 2"),
        ("distribute", "is distribute"),
        ("disperse", "is disperse"),
        ("stopped", "is not started"),
        ("twohosts", "on hc2.hc.test"),
    ],
)
def test_a_volume_that_is_not_fit_is_refused_with_the_reason_and_a_remedy(name: str, words: str) -> None:
    (fault,) = faults(volume(name))
    assert words in fault.found
    assert f" {name}" in fault.remedy


def test_a_rule_that_the_operator_skips_refuses_nothing() -> None:
    assert faults(volume("replica2"), frozenset({"gluster.replica"})) == []


def test_the_words_that_operators_know_are_said() -> None:
    assert replica(volume("engine")).found == "GlusterFS replica 3 Volume detected"


def test_without_client_quorum_a_volume_is_refused() -> None:
    found = volume("engine")
    (fault,) = faults(replace(found, options={**found.options, "cluster.quorum-type": "none"}))
    assert "gluster volume set engine cluster.quorum-type auto" in fault.remedy


def test_a_missing_server_quorum_is_a_warning() -> None:
    finding = quorum(volume("arbiter"))
    assert finding is not None
    assert finding.severity == "warning"


def test_the_profile_warns_with_one_command_for_each_deviation() -> None:
    found = volume("arbiter")
    finding = profile(found)
    assert finding.severity == "warning"
    commands = [line for line in finding.remedy.splitlines() if line.startswith("  gluster volume")]
    assert len(commands) == len(found.deviations()) > 20
    assert "  gluster volume set arbiter storage.owner-uid 36  # is not set" in commands


def test_the_names_of_the_rules_are_stable() -> None:
    assert set(RULES) == {
        "gluster.started",
        "gluster.replica",
        "gluster.distinct-hosts",
        "gluster.quorum",
        "gluster.profile",
    }
