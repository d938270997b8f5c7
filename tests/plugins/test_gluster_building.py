"""A volume that is built in the run: what is asked, what is checked before, and in which order it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError, ValueRefused
from ovirt_hc_setup.formats.host.block_devices import BlockDevice
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.volume_plan import VolumeHosts
from ovirt_hc_setup.plugins import BUILT_IN
from ovirt_hc_setup.plugins.gluster import building
from ovirt_hc_setup.plugins.gluster.build_checks import LOOKS, HostLook
from ovirt_hc_setup.resources.brick_on import BrickOn
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.runner.checks import Finding
from ovirt_hc_setup.runner.context import Context, Facts, Reading, fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.graph import in_order
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.model.test_gluster_volume import volume

PLUGINS = Plugins(BUILT_IN)
HOSTS = ("h1.example.com", "h2.example.com", "h3.example.com")
GIVEN: dict[Key[Any], str] = {
    keys.DOMAIN_TYPE: "glusterfs",
    keys.GLUSTER_BUILD: "True",
    keys.GLUSTER_HOSTS: ",".join(HOSTS),
    keys.GLUSTER_DEVICE: "/dev/sdb",
    keys.GLUSTER_ARBITER: "False",
    keys.STORAGE_PATH: f"{HOSTS[0]}:/engine",
    keys.DISK_SIZE_GB: "10",
}
BLANK = HostLook(BlockDevice("/dev/sdb", "disk", 100 * 2**30, 512, ()))


def context(
    looks: Mapping[str, HostLook | SetupError] | None = None,
    *,
    local: tuple[GlusterVolume, ...] = (),
    goal: Goal = FIRST_HOST,
    own_name: str = HOSTS[0],
    **changed: str,
) -> Context:
    answers = Answers()
    for key, text in GIVEN.items():
        short = key.name.rpartition("/")[2]
        answers.put_text(key, Given(key.name, changed.get(short, text), Source.COMMAND_LINE, "--set"))
    for key in keys.OF_BUILDING:
        if key.draw is not None:
            answers.put(key, key.draw(), Source.DRAWN, "drawn")
    replaced: dict[str, Reading[Any]] = {
        LOOKS.name: Reading(LOOKS, lambda _: looks if looks is not None else dict.fromkeys(HOSTS, BLANK)),
        building.LOCAL.name: Reading(building.LOCAL, lambda _: local),
        facts.OWN_NAME.name: Reading(facts.OWN_NAME, lambda _: own_name),
    }
    readings = [replaced.get(reading.fact.name, reading) for reading in PLUGINS.readings()]
    return Context(LocalHost(HOSTS[0]), answers, Facts(readings), goal)


def findings(found: Context) -> dict[str, list[str]]:
    """By severity the names of the checks of GlusterFS and of the storage."""
    told: dict[str, list[str]] = {}
    for check in PLUGINS.checks_for(found.goal):
        if check.name.startswith(("gluster.", "storage.")):
            result = check.run(found)
            for finding in () if result is None else (result,) if isinstance(result, Finding) else result:
                told.setdefault(finding.severity, []).append(check.name)
    return told


def resources(found: Context) -> list[Resource]:
    made = Plugins((building,)).resources(found)
    return in_order([replace(one, after=tuple(name for name in one.after if name not in OUTSIDE)) for one in made])


OUTSIDE = {"network.ready", "packages"}


def test_nothing_that_reads_the_volume_fails_before_it_is_there() -> None:
    assert findings(context()).keys() == {"ok"}


def test_a_volume_that_fits_is_taken_without_a_question() -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.GLUSTER_BUILD]
    assert question.applies(context())
    assert question.applies(context(local=(volume("replica2"),)))
    assert not question.applies(context(local=(volume("engine"),)))
    assert not question.applies(context(goal=JOINING))


def test_a_host_that_joins_builds_nothing_whatever_it_is_told() -> None:
    joining = context(goal=JOINING)
    assert fact(joining, facts.VOLUME_PLAN) is None
    assert not Plugins((building,)).resources(joining)


def test_bricks_come_first_then_the_pool_then_the_volume() -> None:
    names = [one.name for one in resources(context())]
    assert names[-1] == "volume"
    for other in HOSTS[1:]:
        assert names.index(f"brick-{other}") < names.index(f"peer-{other}")
    assert names.index("glusterd") < names.index("brick"), "taken back the other way round, while glusterd can be asked"
    assert names.index("glusterd") < names.index(f"peer-{HOSTS[1]}")


def test_every_id_was_drawn_before() -> None:
    first, again = context(), context()
    assert resources(first) == resources(first)
    assert resources(first) != resources(again)


def test_a_disk_is_planned_by_its_stable_name_and_shown_by_both() -> None:
    stable = "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"
    known = replace(BLANK.disk, stable=stable) if isinstance(BLANK.disk, BlockDevice) else BLANK.disk
    made = {one.name: one for one in resources(context(dict.fromkeys(HOSTS, replace(BLANK, disk=known))))}
    here, there = made["brick"], made[f"brick-{HOSTS[1]}"]
    assert isinstance(here, Brick)
    assert isinstance(there, BrickOn)
    assert here.device == there.brick.device == Path(stable)
    assert "which is /dev/sdb now" in here.describe()


def test_a_disk_without_a_stable_name_is_planned_as_typed_and_that_is_said() -> None:
    brick = next(one for one in resources(context()) if isinstance(one, Brick))
    assert brick.device == Path("/dev/sdb")
    assert any("no stable name" in line for line in brick.describe())


def test_the_first_host_has_to_be_this_one() -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.GLUSTER_HOSTS]
    question.validate(context(), VolumeHosts.parse(",".join(HOSTS)))
    with pytest.raises(ValueRefused, match=r"is not this host, which is called h1\.example\.com"):
        question.validate(context(), VolumeHosts.parse(",".join(reversed(HOSTS))))


def test_the_path_is_proposed_and_has_to_be_on_the_first_host() -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.STORAGE_PATH]
    proposal = question.proposal(context())
    assert proposal is not None
    assert str(proposal.value) == f"{HOSTS[0]}:/engine"
    with pytest.raises(ValueRefused, match="is not on h1"):
        question.validate(context(), f"{HOSTS[1]}:/engine")


def test_the_others_are_proposed_as_hosts_that_join() -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.ADDITIONAL_HOSTS]
    proposal = question.proposal(context())
    assert proposal is not None
    assert str(proposal.value) == ",".join(HOSTS[1:])
    assert question.proposal(context(build="False")) is None


SMALL = replace(BLANK, disk=BlockDevice("/dev/sdb", "disk", 8 * 2**30, 512, ()))
WRONG: dict[str, tuple[HostLook | SetupError, str]] = {
    "a host that is not reached": (CommandFailed("no SSH connection"), "gluster.build-hosts"),
    "no such disk": (HostLook(CommandFailed("there is no disk /dev/sdb")), "gluster.build-disks"),
    "a disk with something on it": (
        HostLook(BlockDevice("/dev/sdb", "disk", 100 * 2**30, 512, ("xfs at 0x0",))),
        "gluster.build-disks",
    ),
    "a disk far too small": (HostLook(BlockDevice("/dev/sdb", "disk", 2**20, 512, ())), "gluster.build-disks"),
    "a disk with other sectors": (HostLook(BlockDevice("/dev/sdb", "disk", 100 * 2**30, 4096, ())), "gluster.build-sizes"),
    "a host that does not know the others": (replace(BLANK, unresolved=(HOSTS[0],)), "gluster.build-names"),
    "a host that is another one by a second name": (replace(BLANK, machine="same"), "gluster.build-names"),
    "a host of another pool": (replace(BLANK, strangers=("far.example.com",)), "gluster.build-pool"),
    "a volume of that name": (replace(BLANK, volumes=("engine on far.example.com",)), "gluster.build-pool"),
    "less room than the engine's disk needs": (SMALL, "storage.space"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_one_host_is_found_before_anything_is_changed(what: str) -> None:
    seen, check = WRONG[what]
    told = findings(context({HOSTS[0]: BLANK, HOSTS[1]: replace(BLANK, machine="same"), HOSTS[2]: seen}))
    assert check in told.get("error", []), told


def test_the_disk_of_an_arbiter_may_be_small() -> None:
    told = findings(context({HOSTS[0]: BLANK, HOSTS[1]: BLANK, HOSTS[2]: SMALL}, arbiter="True"))
    assert told.keys() == {"ok"}


def test_a_closed_firewall_is_said_and_stops_nothing() -> None:
    told = findings(context(dict.fromkeys(HOSTS, replace(BLANK, closed_by="firewalld"))))
    assert told.get("warning") == ["gluster.build-firewall"] * 3
    assert "error" not in told


def test_the_disks_of_hosts_may_be_called_differently() -> None:
    devices = ",".join(f"{host}=/dev/sd{letter}" for host, letter in zip(HOSTS, "bcd", strict=True))
    plan = fact(context(device=devices), facts.VOLUME_PLAN)
    assert plan is not None
    assert [plan.devices[host] for host in HOSTS] == [Path("/dev/sdb"), Path("/dev/sdc"), Path("/dev/sdd")]


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("localhost:/engine", "error"),
        ("localhost.localdomain:/engine", "error"),
        ("127.0.0.1:/engine", "error"),
        ("[::1]:/engine", "error"),
        (f"{HOSTS[0]}:/engine", "ok"),
        ("localhost1.example.com:/engine", "ok"),
    ],
)
def test_the_storage_of_all_hosts_is_not_each_ones_own(path: str, severity: str) -> None:
    (check,) = [check for check in PLUGINS.checks() if check.name == "storage.server-shared"]
    found = check.run(context(storageDomainConnection=path))
    assert isinstance(found, Finding)
    assert found.severity == severity
    assert check not in PLUGINS.checks_for(JOINING), "what others mount is not ours to change"


def test_a_host_that_is_older_than_the_first_is_refused_unless_they_are_in_one_pool_already() -> None:
    (check,) = [one for one in PLUGINS.checks() if one.name == "gluster.build-versions"]
    new, old = replace(BLANK, version="11.1"), replace(BLANK, version="10.3")
    mixed = dict(zip(HOSTS, (new, old, replace(BLANK, version="11.0")), strict=True))
    (found,) = check.run(context(mixed))  # type: ignore[misc]
    assert found.severity == "error"
    assert found.found.startswith(f"GlusterFS is 10.3 on {HOSTS[1]} and 11.1 on {HOSTS[0]}")
    assert f"Run this on {HOSTS[1]}" in found.remedy
    others = (mixed | {HOSTS[0]: replace(new, pooled=HOSTS[1:])}, mixed | {HOSTS[0]: old, HOSTS[1]: new}, {HOSTS[0]: BLANK})
    assert [check.run(context(looks)) for looks in others] == [[], [], []]
