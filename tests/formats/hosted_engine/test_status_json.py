"""The JSON of a status: the predecessor's keys as they are, ours beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.formats.hosted_engine import status_json
from ovirt_hc_setup.model.deployment_status import Board, Part
from tests.deployments import all_well, block, deployment, nothing_read

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "status"

PREDECESSORS = {
    "host-id", "host-ts", "score", "engine-status", "hostname", "maintenance", "stopped", "crc32",
    "conf_on_shared_storage", "local_conf_timestamp", "extra", "live-data",
}  # fmt: skip


def test_the_text_is_the_golden_one() -> None:
    assert status_json.write(status_json.as_values(deployment())) == (GOLDEN / "one-host-dead.json").read_text()


def test_a_reader_of_vm_status_finds_every_key_it_knows() -> None:
    found = json.loads(status_json.write(status_json.as_values(all_well())))
    assert found["global_maintenance"] is True
    hosts = {key: value for key, value in found.items() if key.isdigit()}
    assert set(hosts) == {"1", "2", "3"}
    for host in hosts.values():
        assert PREDECESSORS | {"hc"} == set(host)


def test_live_data_is_what_sanlock_sees() -> None:
    found = status_json.as_values(deployment())
    assert [found[host]["live-data"] for host in "123"] == [True, True, False]


def test_without_an_agent_the_engine_s_status_is_what_was_found() -> None:
    found = status_json.as_values(deployment())
    assert found["1"]["engine-status"] == {"vm": "up", "health": "good", "detail": "Up"}
    assert found["2"]["engine-status"]["vm"] == "down"
    assert found["3"]["engine-status"]["vm"] == "unknown"


def test_an_agent_s_own_words_are_left_as_they_are() -> None:
    said = {"vm": "down", "health": "bad", "detail": "unknown", "reason": "vm not running on this host"}
    agent = replace(block(2), stopped=False, engine_status=said, score=3400)
    found = status_json.as_values(replace(deployment(), board=Part(Board(True, (block(1), agent)))))
    assert found["2"]["engine-status"] == said
    assert found["global_maintenance"] is True


def test_what_was_not_read_is_null_and_named() -> None:
    found = status_json.as_values(nothing_read())
    assert found["volume"] is None
    assert found["storage"]["domain"] is None
    assert found["engine"]["health"] is None
    assert len(found["unread"]) == 12
    assert set(found["unread"].values()) == {"no answer within 15 s"}


def test_a_brick_that_glusterd_leaves_out_is_offline() -> None:
    bricks = status_json.as_values(deployment())["volume"]["bricks"]
    assert [brick["online"] for brick in bricks] == [True, True, False]
    assert bricks[2]["to_heal"] is None
    assert status_json.as_values(deployment())["volume"]["quorum_met"] is True
