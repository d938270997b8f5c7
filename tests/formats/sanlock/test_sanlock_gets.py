"""sanlock's judgement of other hosts: only DEAD and FREE mean gone."""

from __future__ import annotations

from ovirt_hc_setup.formats.sanlock.sanlock_gets import parse, verdict
from ovirt_hc_setup.model.deployment_status import Liveness

SAID = """\
s hosted-engine:1:/rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine/sd/images/a/b:0 
h 1 gen 1 timestamp 5389 LIVE
h 2 gen 1 timestamp 5406 DEAD
s 447fcff0-d4cd-412c-bf00-dbd9a79f4283:1:/rhev/data-center/mnt/glusterSD/hc1.hc.test:_engine/sd/dom_md/ids:0 
h 1 gen 1 timestamp 5388 LIVE
h 2 gen 2 timestamp 0 FREE
h 3 gen 1 timestamp 5388 SOMETHING
h 4 gen 7 timestamp 5211 FAIL
h 5 gen 1 timestamp 5380 UNKNOWN
"""  # noqa: W291 (sanlock's own blanks)


def test_every_lockspace_has_its_own_judgement() -> None:
    assert parse(SAID) == {
        "hosted-engine": {1: Liveness.LIVE, 2: Liveness.DEAD},
        "447fcff0-d4cd-412c-bf00-dbd9a79f4283": {
            1: Liveness.LIVE,
            2: Liveness.FREE,
            3: Liveness.UNKNOWN,
            4: Liveness.FAILING,
            5: Liveness.UNKNOWN,
        },
    }


def test_only_dead_and_free_mean_gone() -> None:
    assert {life for life in Liveness if life.gone} == {Liveness.DEAD, Liveness.FREE}


def test_an_id_that_was_given_back_is_free_though_sanlock_leaves_it_out() -> None:
    assert verdict({1: Liveness.LIVE}, 2, 0) is Liveness.FREE
    assert verdict({2: Liveness.DEAD}, 2, 5406) is Liveness.DEAD


def test_before_its_first_look_sanlock_judges_nobody() -> None:
    """The daemon has joined, and `gets` ends with 0 and no host."""
    said = SAID.splitlines()[0] + "\nhosts not ready\n"
    assert parse(said) == {"hosted-engine": {}}
    assert verdict(parse(said)["hosted-engine"], 2, 5406) is Liveness.UNKNOWN
