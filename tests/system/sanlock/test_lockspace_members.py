"""Whether another host has a number, seen from its lease alone, long before sanlock refuses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.model.deployment_status import EngineLease, Holder, Liveness, Part
from ovirt_hc_setup.system.deployment.false_deaths import without_false_deaths
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.sanlock import lockspace_members
from ovirt_hc_setup.system.sanlock.lockspace_members import Watch, renewed
from tests.deployments import deployment
from tests.storages import CONF, lockspace

OURS, OTHER = "hc3.hc.test", "hc2.hc.test"


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    return tmp_path / "ids"


def looks(ids: Path, *leases: tuple[str, int]) -> list[str]:
    """Whom each look calls the holder, the lease being written anew before each."""
    watch, found = Watch(HeldLockspace("ours", 2, str(ids)), OURS), []
    for lease in leases:
        ids.write_bytes(lockspace("ours", {2: lease}, 512))
        watch.look()
        found.append(watch.holder)
    return found


def test_a_lease_that_its_owner_writes_again_is_that_of_a_living_host(ids: Path) -> None:
    assert looks(ids, (OTHER, 100), (OTHER, 100), (OTHER, 120)) == ["", "", OTHER]


@pytest.mark.parametrize(
    "leases",
    [
        [(OTHER, 100), (OTHER, 100)],  # silent
        [(OTHER, 100), ("hc4.hc.test", 200)],  # somebody else tries to have it
        [(OTHER, 100), (OTHER, 0)],  # given back
        [(OURS, 100), (OURS, 120)],  # that is us
    ],
)
def test_nothing_else_shows_a_living_host(ids: Path, leases: list[tuple[str, int]]) -> None:
    assert not any(looks(ids, *leases))


def test_what_cannot_be_read_shows_nothing(ids: Path) -> None:
    watch = Watch(HeldLockspace("ours", 2, str(ids)), OURS)
    assert not watch.look()
    ids.write_bytes(b"garbage")
    assert not watch.look()


# --- a host that sanlock calls dead


HOST = LocalHost("hc3.hc.test")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockspace_members, "APART", 1)


@pytest.mark.usefixtures("quick")
def test_a_host_that_is_called_dead_and_renews_its_id_is_alive(ids: Path) -> None:
    space, told = HeldLockspace("ours", 3, str(ids)), []
    ids.write_bytes(lockspace("ours", {1: (OTHER, 100), 2: (OTHER, 100)}, 512))

    def waiting(done: int, total: int, text: str) -> None:
        told.append((done, total))
        ids.with_name("new").write_bytes(lockspace("ours", {1: (OTHER, 100), 2: (OTHER, 120)}, 512))
        ids.with_name("new").rename(ids)  # whoever keeps the file open does not see it

    assert renewed(HOST, [(space, 1), (space, 2)], 512, waiting) == ((space, 2),)
    assert told == [(0, 1)]
    assert renewed(HOST, [], 512, waiting) == ()
    assert len(told) == 1, "nobody is dead, and nobody has to wait"


def test_a_lease_that_cannot_be_read_is_no_sign_of_death(ids: Path) -> None:
    with pytest.raises(FileNotFoundError):
        renewed(HOST, [(HeldLockspace("ours", 3, str(ids)), 1)], 512, lambda *_: None)
    ids.write_bytes(lockspace("ours", {}, 512))
    with pytest.raises(FormatError, match="no host id 251"):
        renewed(HOST, [(HeldLockspace("ours", 3, str(ids)), 251)], 512, lambda *_: None)


class Storage(LocalHost):
    """Its files are lockspaces in which host 3 renews its id at every look, or not."""

    def __init__(self, alive: bool) -> None:
        super().__init__("host1.example.com")
        self.alive, self.looks = alive, 0

    def read(self, path: Path) -> bytes:
        self.looks += self.alive
        name = CONFIGURED.lockspaces[0].name if path.name == "ids" else "hosted-engine"
        return lockspace(name, {3: ("host3.example.com", 300 + self.looks)}, 512)


MOUNT = Path("/rhev/data-center/mnt/glusterSD/host1.example.com:_engine")
CONFIGURED = LocalDeployment(CONF, MOUNT)
DEAD = replace(deployment(), lease=Part(EngineLease(Holder(host_id=3, name="host3", state=Liveness.DEAD, renewed=300))))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("alive", "state"), [(True, Liveness.LIVE), (False, Liveness.DEAD)])
def test_status_looks_twice_before_it_calls_a_host_dead(alive: bool, state: Liveness) -> None:
    found = without_false_deaths(DEAD, Storage(alive), CONFIGURED, lambda *_: None)
    for part in (found.domain_ids, found.ha_ids):
        assert part.value is not None and part.value[2].state is state
    assert found.lease.value is not None and found.lease.value.holder is not None
    assert found.lease.value.holder.state is state


@pytest.mark.usefixtures("quick")
def test_a_host_that_nobody_could_look_at_is_not_called_dead() -> None:
    gone = LocalDeployment(replace(CONF, domain=UUID(int=77)), MOUNT)
    found = without_false_deaths(DEAD, HOST, gone, lambda *_: None)
    assert found.ha_ids.value is not None and found.ha_ids.value[2].state is Liveness.UNKNOWN
