"""What an operator is told when another host is in the way, and when waiting ends. The starting itself: tests/rehearsal."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.model.deployment_status import EngineLease, Holder, Liveness
from ovirt_hc_setup.system.deployment.engine_start import Starter
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.commands import LocalHost

PAIR = (UUID(int=1), UUID(int=2))


def starter() -> Starter:
    conf = HostedEngineConf(
        fqdn="engine.example.com",
        vm_disk=PAIR,
        vm=UUID(int=3),
        storage="host1.example.com:/engine",
        domain=UUID(int=4),
        host_id=2,
        metadata=PAIR,
        lockspace=PAIR,
        configuration=PAIR,
        gateway="192.0.2.1",
    )
    return Starter(LocalHost("host2.example.com"), LocalDeployment(conf, Path("/engine")), lambda *_: None)


def lease(state: Liveness = Liveness.LIVE, host_id: int = 1, renewed: int = 100) -> EngineLease:
    return EngineLease(Holder(host_id=host_id, name="host1.example.com", state=state, renewed=renewed))


@pytest.mark.parametrize("state", [Liveness.LIVE, Liveness.FAILING, Liveness.UNKNOWN])
def test_a_refusal_names_the_holder_by_name_and_id_and_says_what_to_do(state: Liveness) -> None:
    said = str(starter().refused(lease(state)))
    assert said.startswith("host2.example.com: the lease of the engine VM is held by host1.example.com (host id 1)")
    assert "ovirt-hc-setup engine stop" in said
    assert "engine start --wait" in said


def test_a_disk_that_is_open_without_the_lease_is_another_story() -> None:
    for free in (EngineLease(None), lease(host_id=2)):
        assert "without its lease" in str(starter().refused(free))


def test_a_lease_that_cannot_be_read_is_said_as_such() -> None:
    assert "cannot be read" in str(starter().refused(None))


def test_a_holder_that_goes_on_renewing_is_alive() -> None:
    """One renewal may have been on its way when the host died; the next one cannot."""
    waiting = starter()
    seen = [waiting.alive(lease(renewed=stamp)) for stamp in (100, 100, 120, 120, 140)]
    assert seen == [False, False, False, False, True]


def test_a_holder_that_stays_silent_is_waited_for() -> None:
    waiting = starter()
    assert not any(waiting.alive(found) for found in [lease(renewed=100)] * 50)
    assert not waiting.alive(None)
    assert not waiting.alive(EngineLease(None))


def test_a_lease_of_a_dead_host_keeps_nobody() -> None:
    assert not lease(Liveness.DEAD).held
    assert not lease(Liveness.FREE).held
    assert all(lease(state).held for state in (Liveness.LIVE, Liveness.FAILING, Liveness.UNKNOWN))


def test_a_holder_that_is_called_dead_is_looked_at_for_a_renewals_time_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """sanlock's daemon may call a living host dead for minutes: nothing follows from that alone."""
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    waiting = starter()
    assert waiting.called_dead_too_soon(lease(Liveness.DEAD))
    now += 24
    assert waiting.called_dead_too_soon(lease(Liveness.DEAD))
    now += 2
    assert not waiting.called_dead_too_soon(lease(Liveness.DEAD))
    assert waiting.called_dead_too_soon(lease(Liveness.DEAD, renewed=120)), "it has renewed its id"
    assert not waiting.called_dead_too_soon(lease(Liveness.FREE))
    assert not waiting.called_dead_too_soon(None)
