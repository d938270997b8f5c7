from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ovirt_hc_setup.formats.gluster.gluster_xml import read_volumes
from ovirt_hc_setup.model.gluster_profile import same_value
from ovirt_hc_setup.model.gluster_volume import GlusterVolume

GOLDEN = Path(__file__).parents[1] / "golden" / "gluster"


def volume(name: str) -> GlusterVolume:
    (found,) = read_volumes((GOLDEN / f"info-{name}.xml").read_text())
    return found


@pytest.mark.parametrize(
    ("name", "replica_3", "started", "distinct", "description"),
    [
        ("engine", True, True, True, "replica 3"),
        ("arbiter", True, True, True, "replica 3 (2 + 1 arbiter)"),
        ("replica2", False, True, True, "replica 2"),
        ("distribute", False, True, True, "distribute"),
        ("disperse", False, True, True, "disperse"),
        ("twohosts", True, True, False, "replica 3"),
        ("stopped", True, False, True, "replica 3"),
    ],
)
def test_a_volume_is_judged(name: str, replica_3: bool, started: bool, distinct: bool, description: str) -> None:
    found = volume(name)
    assert (found.is_replica_3, found.started, found.on_distinct_hosts) == (replica_3, started, distinct)
    assert found.description == description


def test_the_host_with_two_copies_is_named() -> None:
    assert volume("twohosts").shared_hosts == ("hc2.hc.test",)


def test_two_replica_sets_may_share_hosts_with_one_another() -> None:
    found = volume("engine")
    twice = replace(found, kind="Distributed-Replicate", bricks=found.bricks * 2)
    assert twice.is_replica_3
    assert twice.on_distinct_hosts
    assert twice.description == "distributed replica 3"


def test_a_volume_by_the_recipe_deviates_in_nothing() -> None:
    assert volume("engine").deviations() == ()


def test_every_deviation_names_the_command_that_mends_it() -> None:
    found = {deviation.option: deviation for deviation in volume("arbiter").deviations()}
    assert found["storage.owner-uid"].command == ("gluster", "volume", "set", "arbiter", "storage.owner-uid", "36")
    assert found["performance.client-io-threads"].found == "off"
    assert found["performance.client-io-threads"].wanted == "on"
    assert "cluster.eager-lock" not in found, "the default is what is wanted"


def test_granular_entry_heal_is_mended_by_its_own_verb() -> None:
    found = volume("engine")
    without = replace(found, options={k: v for k, v in found.options.items() if k != "cluster.granular-entry-heal"})
    (deviation,) = without.deviations()
    assert deviation.command == ("gluster", "volume", "heal", "engine", "granular-entry-heal", "enable")


def test_sharding_is_named_as_risky_on_a_volume_with_data() -> None:
    (shard,) = (found for found in volume("arbiter").deviations() if found.option == "features.shard")
    assert "empty" in shard.risky


@pytest.mark.parametrize(("timeout", "good"), [("20", True), ("30", False), ("42", False), ("10", False), ("", False)])
def test_only_the_groups_ping_timeout_is_good(timeout: str, good: bool) -> None:
    """With longer ones sanlock kills VMs on the hosts that are left when one of them reboots."""
    found = volume("engine")
    deviations = replace(found, options={**found.options, "network.ping-timeout": timeout}).deviations()
    commands = [" ".join(deviation.command) for deviation in deviations]
    assert commands == ([] if good else ["gluster volume set engine network.ping-timeout 20"])


def test_glusters_words_for_on_and_off_are_the_same() -> None:
    assert same_value("enable", "on")
    assert same_value("disable", "off")
    assert not same_value("on", "off")
    assert not same_value("20", "30")


@pytest.mark.parametrize(
    ("options", "replica", "has"),
    [
        ({"cluster.quorum-type": "auto"}, 3, True),
        ({}, 3, True),
        ({}, 2, False),
        ({"cluster.quorum-type": "none"}, 3, False),
        ({"cluster.quorum-type": "fixed", "cluster.quorum-count": "2"}, 3, True),
        ({"cluster.quorum-type": "fixed", "cluster.quorum-count": "1"}, 3, False),
        ({"cluster.quorum-type": "fixed"}, 3, False),
    ],
)
def test_client_quorum(options: dict[str, str], replica: int, has: bool) -> None:
    assert replace_options(options, replica).has_client_quorum is has


def replace_options(options: dict[str, str], replica: int) -> GlusterVolume:
    return replace(volume("engine"), options=options, replica=replica)


def test_server_quorum_has_to_be_set() -> None:
    assert volume("engine").has_server_quorum
    assert not volume("arbiter").has_server_quorum


def test_backup_servers_are_the_other_brick_hosts_in_brick_order() -> None:
    assert volume("engine").backup_servers("hc2.hc.test") == ("hc1.hc.test", "hc3.hc.test")
    assert volume("twohosts").backup_servers("hc1.hc.test") == ("hc2.hc.test",)
