"""Where oVirt's HA is installed, every host is handed over to it, and nothing of ours gets in its way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import read
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.plugins.engine import sharing
from ovirt_hc_setup.plugins.ha import hand_over
from ovirt_hc_setup.plugins.storage import plan
from ovirt_hc_setup.plugins.vm import engine_vm_plan
from ovirt_hc_setup.resources import global_maintenance
from ovirt_hc_setup.runner.checks import Finding
from ovirt_hc_setup.runner.context import Context, Fact, fact
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.host.commands import LocalHost
from tests import storages
from tests.plugins.test_vm import interviewed

OVIRTS = ("ovirt-ha-broker", "ovirt-ha-agent")
GOALS = (FIRST_HOST, JOINING)


def context_of(goal: Goal, installed: tuple[str, ...]) -> Context:
    shared = read(storages.spoiled(archive=storages.archive(replace(storages.CONF, kept=(("ca_cert", "/etc/pki/ca.pem"),)))))
    tree = FileTree(root=Path("/engine"), source="hc1.hc.test:/engine", kind="glusterfs", options="_netdev")
    found: dict[Fact[Any], Any] = {facts.HA_UNITS: installed, facts.SHARED: shared, facts.ATTACHMENT: tree}
    given = {keys.STORAGE_PATH.name: "hc1.hc.test:/engine"}
    return replace(interviewed(given, found), goal=goal)


def planned(goal: Goal, installed: tuple[str, ...]) -> dict[str, Resource]:
    return {made.name: made for made in Plugins((engine_vm_plan, hand_over)).resources(context_of(goal, installed))}


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.name)
def test_the_first_host_is_handed_over_as_one_that_joins(goal: Goal) -> None:
    made = planned(goal, OVIRTS)
    assert {*OVIRTS} < {*made}
    assert "ovirt-ha-broker" in made["ovirt-ha-agent"].after
    assert not {"host-unit", "host-unit-file"} & {*made}, "its stop would end the VM that HA runs"


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.name)
def test_a_host_without_it_has_the_unit_of_ours(goal: Goal) -> None:
    made = planned(goal, ())
    assert {"host-unit", "host-unit-file"} < {*made}
    assert not {*OVIRTS} & {*made}


@pytest.mark.parametrize("installed", [(), OVIRTS])
def test_a_deployment_begins_in_global_maintenance(installed: tuple[str, ...]) -> None:
    """An agent on any host would try to start the VM that libvirt runs, for ever."""
    assert "global-maintenance" in planned(FIRST_HOST, installed)
    assert "global-maintenance" not in planned(JOINING, installed)
    for unit in installed:
        assert "global-maintenance" in planned(FIRST_HOST, installed)[unit].after


def test_the_block_is_the_one_that_ha_writes() -> None:
    assert global_maintenance.ON.rstrip(b"\0") == b"maintenance=1"
    assert len(global_maintenance.ON) == ha_metadata.BLOCK
    assert ha_metadata.read_global_block(global_maintenance.ON)
    assert not ha_metadata.read_global_block(ha_metadata.write_global_block(maintenance=False))


def test_what_is_left_to_do_is_said_before_anything_is_done() -> None:
    (check,) = hand_over.ovirt_hc_setup_checks()
    found = check.run(context_of(FIRST_HOST, OVIRTS))
    assert isinstance(found, Finding)
    assert "hosted-engine --set-maintenance --mode=none" in found.remedy
    assert check.run(context_of(FIRST_HOST, ())) is None
    assert not Plugins((hand_over,)).checks_for(JOINING)


def test_a_host_knows_its_own_leases_after_vdsm_has_named_it_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    uuid = "c59d39ca-620b-4aad-8b50-97833e366664"
    context = context_of(JOINING, OVIRTS)
    assert set(plan.own_names(context)) == {"host1"}
    monkeypatch.setattr(LocalHost, "read", lambda self, path: f"our_host_name = {uuid}\n".encode())
    assert set(plan.own_names(context)) == {"host1", uuid}


def test_a_host_that_joins_keeps_the_keys_that_mean_nothing_to_us() -> None:
    assert sharing.conf_of(context_of(JOINING, ())).kept == (("ca_cert", "/etc/pki/ca.pem"),)
    assert fact(context_of(JOINING, ()), facts.SHARED).conf.fqdn == "engine.hc.test"
    assert sharing.conf_of(context_of(FIRST_HOST, ())).kept == ()
