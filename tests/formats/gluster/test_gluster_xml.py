from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.gluster.gluster_xml import (
    MAX_TEXT,
    NO_SUCH_VOLUME,
    GlusterRefused,
    read_brick_states,
    read_heal_states,
    read_peers,
    read_volumes,
)

# Recorded from a glusterd 10.3 by tests/lab/odd_volumes.py.
GOLDEN = Path(__file__).parents[2] / "golden" / "gluster"


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.xml").read_text()


def test_a_volume_is_read_with_its_bricks_and_options() -> None:
    (volume,) = read_volumes(golden("info-engine"))
    assert (volume.name, volume.kind, volume.status, volume.replica) == ("engine", "Replicate", "Started", 3)
    assert [str(brick) for brick in volume.bricks] == [f"hc{n}.hc.test:/gluster_bricks/engine/engine" for n in (1, 2, 3)]
    assert len({brick.host_uuid for brick in volume.bricks}) == 3
    assert all(isinstance(brick.host_uuid, UUID) for brick in volume.bricks)
    assert volume.options["storage.owner-uid"] == "36"
    assert volume.options["network.ping-timeout"] == "20"


def test_all_volumes_are_read_at_once() -> None:
    names = {volume.name for volume in read_volumes(golden("info-all"))}
    assert names == {"engine", "replica2", "distribute", "twohosts", "arbiter", "disperse", "stopped"}


def test_an_arbiter_brick_is_told_from_the_others() -> None:
    (volume,) = read_volumes(golden("info-arbiter"))
    assert [brick.arbiter for brick in volume.bricks] == [False, False, True]


def test_a_volume_that_does_not_exist_is_refused_in_glusters_words() -> None:
    with pytest.raises(GlusterRefused, match="Volume does not exist") as refusal:
        read_volumes(golden("info-nosuch"))
    assert refusal.value.errno == NO_SUCH_VOLUME


def test_the_status_of_a_stopped_volume_is_refused_in_glusters_words() -> None:
    with pytest.raises(GlusterRefused, match="Volume stopped is not started"):
        read_brick_states(golden("status-stopped"))


def test_brick_processes_are_read_without_the_self_heal_daemons() -> None:
    states = read_brick_states(golden("status-engine"))
    assert [state.host for state in states] == ["hc1.hc.test", "hc2.hc.test", "hc3.hc.test"]
    assert all(state.online and state.port for state in states)


def test_a_brick_that_is_down_has_no_port() -> None:
    text = golden("status-engine").replace("<status>1</status>", "<status>0</status>", 1)
    port = text[text.index("<port>") : text.index("</port>") + 7]
    assert [(s.online, s.port is None) for s in read_brick_states(text.replace(port, "<port>N/A</port>", 1))] == [
        (False, True), (True, False), (True, False),
    ]  # fmt: skip


def test_the_hosts_of_the_pool_are_read() -> None:
    peers = read_peers(golden("pool-list"))
    assert {peer.host for peer in peers} == {"localhost", "hc2.hc.test", "hc3.hc.test"}
    assert all(peer.connected for peer in peers)


def test_what_is_to_be_healed_is_read() -> None:
    states = read_heal_states(golden("heal-engine"))
    assert [(state.pending, state.split_brain) for state in states] == [(0, 0)] * 3


def test_a_brick_that_cannot_be_asked_for_healing_has_no_numbers() -> None:
    text = golden("heal-engine").replace("<totalNumberOfEntries>0<", "<totalNumberOfEntries>-<", 1)
    assert [state.pending for state in read_heal_states(text)] == [None, 0, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not XML"),
        ("Connection failed. Please check if gluster daemon is operational.", "not XML"),
        ("<cliOutput><opRet>0</opRet>", "not XML"),
        ("<other/>", "where <cliOutput> should be"),
        ("<cliOutput/>", "no <opRet>"),
        ("<cliOutput><opRet>zero</opRet></cliOutput>", "not a number"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><cliOutput><opRet>0</opRet></cliOutput>', "not XML"),
    ],
)
def test_what_is_not_an_answer_is_refused(text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read_volumes(text)


def test_a_flood_is_not_read() -> None:
    with pytest.raises(FormatError, match="more than"):
        read_volumes(" " * (MAX_TEXT + 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<replicaCount>3<", "<replicaCount>three<", "not a number"),
        ("<hostUuid>", "<hostUuid>x", "not a UUID"),
        ("<statusStr>Started</statusStr>", "", "no <statusStr>"),
        ("<name>hc1.hc.test:/gluster", "<name>hc1.hc.test gluster", "not HOST:/PATH"),
    ],
)
def test_a_damaged_volume_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read_volumes(golden("info-engine").replace(old, new))


def test_escapes_in_glusters_words_do_not_reach_the_terminal() -> None:
    text = golden("info-nosuch").replace("Volume does", "\x9b31mVolume does")
    with pytest.raises(GlusterRefused) as refusal:
        read_volumes(text)
    assert "\x9b" not in refusal.value.message
