"""Why a brick is offline is told from what the pool says of its host: "start glusterd" only where that can help."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.formats.gluster.gluster_xml import read_brick_states, read_peers
from ovirt_hc_setup.model.gluster_state import BrickState, PoolPeer
from ovirt_hc_setup.model.offline_bricks import OfflineBricks
from tests.formats.gluster.test_gluster_xml import golden
from tests.model.test_gluster_volume import volume

IN_CLUSTER = "<connected>1</connected>\n      <state>3</state>\n      <stateStr>Peer in Cluster</stateStr>"


def peers(connected: int, state: int, words: str) -> tuple[PoolPeer, ...]:
    """The recorded pool, its first peer (hc2) in another state."""
    other = f"<connected>{connected}</connected>\n      <state>{state}</state>\n      <stateStr>{words}</stateStr>"
    assert IN_CLUSTER in golden("pool-list")
    return read_peers(golden("pool-list").replace(IN_CLUSTER, other, 1))


def states(*offline: str) -> tuple[BrickState, ...]:
    found = read_brick_states(golden("status-engine"))
    return tuple(state for state in found if state.host not in offline)


def test_nothing_is_wrong_with_a_pool_in_order() -> None:
    offline = OfflineBricks(volume("engine"), states(), peers(1, 3, "Peer in Cluster"))
    assert (offline.bricks, offline.troubled) == ((), ())


def test_a_rejected_peer_is_called_that_and_not_told_to_start_glusterd() -> None:
    offline = OfflineBricks(volume("engine"), states("hc2.hc.test"), peers(1, 6, "Peer Rejected"))
    assert "1 of 3 bricks are offline: hc2.hc.test:/gluster_bricks/engine/engine" in offline.found
    assert "hc2.hc.test is rejected by this pool" in offline.found
    (peer,) = offline.troubled
    assert not peer.member
    assert str(peer.uuid) in offline.remedy, "a host that was installed anew gets its old UUID back"
    assert "Bricks are not touched" in offline.remedy
    assert "volume start" not in offline.remedy


def test_a_host_that_is_away_is_looked_after_before_its_brick() -> None:
    offline = OfflineBricks(volume("engine"), states("hc2.hc.test"), peers(0, 3, "Peer in Cluster"))
    assert "glusterd on hc2.hc.test is not connected" in offline.found
    assert "systemctl status glusterd" in offline.remedy


def test_a_brick_that_died_alone_is_started() -> None:
    offline = OfflineBricks(volume("engine"), states("hc2.hc.test"), peers(1, 3, "Peer in Cluster"))
    assert offline.troubled == ()
    assert "gluster volume start engine force" in offline.remedy
    assert "systemctl" not in offline.remedy


@pytest.mark.parametrize(
    ("state", "words"), [(0, "Establishing Connection"), (1, "Probe Sent to Peer"), (4, "Accepted peer request"), (99, "")]
)
def test_a_peer_that_is_not_in_yet_is_told_in_glusterds_words(state: int, words: str) -> None:
    (peer,) = [one for one in peers(1, state, words) if one.host == "hc2.hc.test"]
    assert not peer.member
    assert words in peer.trouble
    assert peer.remedy


def test_where_the_pool_cannot_be_asked_both_are_said() -> None:
    offline = OfflineBricks(volume("engine"), states("hc2.hc.test", "hc3.hc.test"))
    assert "2 of 3" in offline.found
    assert "glusterd runs there" in offline.remedy
    assert "volume start engine force" in offline.remedy
