"""A front-end that speaks the predecessor's line protocol drives a real deployment to its plan, over plain pipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.front_end import FrontEnd, Spoken
from tests.lab.as_found import traces

pytestmark = pytest.mark.lab

LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
SMALL = ("--set", "OVEHOSTED_STORAGE/imgSizeGB=5", "--set", "OVEHOSTED_VM/vmMemSizeMB=1024")

# By the predecessor's names, as its own front-ends answer: empty takes the default.
BY_NAME: dict[str, str | list[str]] = {
    "OVEHOSTED_STORAGE_DOMAIN_CONNECTION": ["nonsense", ""],
    "ovehosted_bridge_if": "",
    "OVEHOSTED_NETWORK/bridgeName": "",
    "OVEHOSTED_GATEWAY": "",
    "OVESETUP_NETWORK_FQDN_HOST_HOSTNAME": "",
    "OVEHOSTED_VMENV_OVF": "",
    "CLOUD_INIT_USE": "Yes",
    "OVEHOSTED_NETWORK_FQDN": ["hc1.hc.test", "engine.hc.test"],
    "CI_ROOT_PASSWORD": ["one-password", "another-password", "one-password"],
    "CI_VM_STATIC_NETWORKING": "DHCP",
    "CI_ROOT_SSH_PUBKEY": "",
    "CI_VM_ETC_HOST": "Yes",
    "ovehosted_vmenv_cpu_type": "",
    "ovehosted_vmenv_cpu": "",
    "ovehosted_vmenv_mac": "",
    "OVEHOSTED_VM_CONSOLE_TYPE": "vnc",
    "ENGINE_ADMIN_PASSWORD": "admin-password",
    "HC_HOSTS/additional": "",
}


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Lab:
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    return lab


def by_machine(lab: Lab, answers: dict[str, str | list[str]]) -> Spoken:
    words = ("ovirt-hc-setup", "deploy", "--plan", *SMALL, "--dialog", "machine")
    return FrontEnd([str(LAUNCHER), "lab", "exec", "--name", lab.name, "hc1", "--", *words], answers).talk()


def test_a_front_end_of_the_predecessor_comes_to_the_plan_over_plain_pipes(ready: Lab) -> None:
    spoken = by_machine(ready, BY_NAME)
    assert (spoken.code, spoken.terminated, spoken.errors) == (0, True, "")
    wrong = spoken.log("ERROR")
    assert "'nonsense'" in wrong[0]
    assert "which is this host" in wrong[1]
    assert "the two entries differ" in wrong[2]
    assert len(wrong) == 3
    assert spoken.of("ovehosted_bridge_if")[0].valid == ["host0"]
    assert {asked.name for asked in spoken.asked if asked.hidden} == {"CI_ROOT_PASSWORD", "ENGINE_ADMIN_PASSWORD"}
    assert "-password" not in spoken.text
    assert "### [to do] bridge ovirtmgmt over host0" in spoken.text
    assert spoken.log("INFO")[-1] == "This is the plan. Nothing was changed."


def test_a_front_end_that_goes_away_has_changed_nothing(ready: Lab) -> None:
    before = traces(ready)
    spoken = by_machine(ready, {"OVEHOSTED_STORAGE_DOMAIN_CONNECTION": ""})
    assert (spoken.code, spoken.terminated) == (5, True)
    assert "the input ended before the answer came" in spoken.log("ERROR")[-1]
    assert traces(ready) == before
