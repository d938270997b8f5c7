"""What is proposed is taken: whatever the hosts of a pool are called, our parsers read what our own questions offer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.model.fqdn import HostName
from ovirt_hc_setup.model.gluster_mount import mount_options
from ovirt_hc_setup.model.gluster_volume import BrickPath, GlusterVolume
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.model.volume_plan import BrickDevices, VolumeHosts
from ovirt_hc_setup.plugins.gluster import building
from ovirt_hc_setup.runner.context import fact
from tests.model.test_gluster_volume import volume
from tests.plugins.test_gluster_building import PLUGINS, context

LABEL = st.from_regex(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,20}[A-Za-z0-9_])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))
HOST = NAME | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str)
VOLUME = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,40}", fullmatch=True)
THREE = st.lists(HOST, min_size=3, max_size=3, unique_by=str.lower)


def served_by(hosts: list[str], name: str) -> GlusterVolume:
    """The recorded volume, on other hosts."""
    found = volume("engine")
    bricks = tuple(replace(brick, host=host) for brick, host in zip(found.bricks, hosts, strict=True))
    return replace(found, name=name, bricks=bricks)


@given(hosts=THREE, name=VOLUME)
def test_a_volume_of_this_pool_is_proposed_by_a_path_that_is_read(hosts: list[str], name: str) -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.STORAGE_PATH]
    local = context(local=(served_by(hosts, name),), build="False")
    proposal = question.proposal(local)
    assert proposal is not None
    (choice,) = question.choices(local)
    assert keys.STORAGE_PATH.parse(choice.text) == keys.STORAGE_PATH.parse(str(proposal.value)) == proposal.value
    assert StoragePath.parse(proposal.value).volume == name


@given(hosts=THREE, name=VOLUME)
def test_a_brick_is_taken_apart_as_gluster_wrote_it(hosts: list[str], name: str) -> None:
    for brick in served_by(hosts, name).bricks:
        assert BrickPath.place(str(brick)) == (brick.host, brick.path)


@given(hosts=THREE)
def test_the_hosts_of_a_pool_become_those_of_a_volume_that_is_built(hosts: list[str]) -> None:
    proposed = building.of_pool(hosts[0], hosts[1:])
    text = str(proposed)
    assert VolumeHosts.parse(text) == proposed
    found = context(hosts=text, storageDomainConnection=str(StoragePath.of(proposed.names[0], "engine")))
    plan = fact(found, facts.VOLUME_PLAN)
    assert plan is not None
    assert [BrickPath.place(name) for name in plan.bricks] == [(host, str(plan.folder)) for host in proposed.names]
    for question in PLUGINS.questions():
        if question.key in (keys.STORAGE_PATH, keys.ADDITIONAL_HOSTS):
            proposal = question.proposal(found)
            assert proposal is not None
            assert question.key.parse(question.key.text(proposal.value)) == proposal.value
    options = mount_options(plan.as_built(), proposed.names[0])
    assert all(host in options for host in proposed.names[1:])


@given(hosts=THREE)
def test_disks_are_named_for_the_hosts_as_they_are_called(hosts: list[str]) -> None:
    proposed = building.of_pool(hosts[0], hosts[1:])
    for form in ("{}=/dev/sdb", "[{}]=/dev/sdb"):
        written = ",".join((form if ":" in host else "{}=/dev/sdb").format(host) for host in hosts)
        devices = BrickDevices.parse(written)
        assert [str(devices.of(host)) for host in proposed.names] == ["/dev/sdb"] * 3
        assert BrickDevices.parse(str(devices)) == devices


@given(name=st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,20}[a-z0-9_]\.example\.com", fullmatch=True))
def test_this_hosts_own_name_is_proposed_whatever_letters_it_has(name: str) -> None:
    found = context(own_name=name)
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.HOST_NAME]
    proposal = question.proposal(found)
    assert proposal is not None
    assert keys.HOST_NAME.parse(str(proposal.value)) == proposal.value == HostName(name)


@pytest.mark.parametrize("name", ["hc1", "localhost.localdomain", "192.0.2.1"])
def test_a_name_that_other_hosts_cannot_use_is_not_proposed(name: str) -> None:
    (question,) = [one for one in PLUGINS.questions() if one.key is keys.HOST_NAME]
    assert question.proposal(context(own_name=name)) is None
