"""What a joining host takes from the storage, and what it does not take from it whatever stands there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ovirt_hc_setup import keys
from ovirt_hc_setup.dialog.shared_answers import shared_answers, unknown_names
from ovirt_hc_setup.formats.hosted_engine import fhanswers, shared_configuration
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf
from ovirt_hc_setup.runner.key import Key
from ovirt_hc_setup.runner.run_answers import Answers, Source
from tests.storages import CONF, RECIPE, archive, spoiled

MAC = "00:16:3e:3d:78:10"
KNOWN = {key.name: key for key in keys.BUILT_IN}


def deployment(**answers: fhanswers.Value) -> Deployment:
    named = {name.replace("__", "/"): value for name, value in answers.items()}
    return shared_configuration.read(spoiled(archive=archive(answers=named)))


def taken(found: Deployment) -> dict[str, str]:
    return {given.name: given.text for given in shared_answers(found)}


def test_every_value_is_accepted_by_its_key() -> None:
    answers = Answers()
    for given in shared_answers(deployment(OVEHOSTED_VM__vmMACAddr="00:16:3e:5a:00:64")):
        answers.put_text(KNOWN[given.name], given)
    assert answers[keys.SD_UUID] == CONF.domain
    assert answers[keys.VM_MEMORY_MB] == 4096
    assert answers.origin(keys.VM_MAC) == "shared configuration"


@pytest.mark.parametrize(
    "key",
    [
        keys.SKIP_CHECKS,
        keys.CONFIRM_SETTINGS,
        keys.MOUNT_OPTIONS,
        keys.BRIDGE_NIC,
        keys.HOST_ID,
        keys.HOST_NAME,
        keys.APPLIANCE,
        keys.ADMIN_PASSWORD,
    ],
)
def test_who_can_write_to_the_storage_does_not_decide_for_the_host(key: Key[Any]) -> None:
    name = key.name
    text = f"[environment:default]\n{name}=str:log-file=/etc/passwd\n"
    found = shared_configuration.read(spoiled(archive=archive(answers=text)))
    assert name not in taken(found)


def test_what_fhanswers_does_not_say_comes_from_vm_conf() -> None:
    found = taken(deployment())
    assert (found[keys.VM_MEMORY_MB.name], found[keys.VM_VCPUS.name]) == ("4096", "2")
    assert found[keys.CPU_MODEL.name] == "model_Westmere"


@pytest.mark.parametrize(
    "vm",
    [
        replace(RECIPE, xml=f"<domain><devices><interface type='bridge'><mac address='{MAC}'/></interface></devices></domain>"),
        replace(RECIPE, devices=(f"{{nicModel:pv,macAddr:{MAC},network:ovirtmgmt,device:bridge,type:interface}}",)),
    ],
    ids=["xml", "devices"],
)
def test_a_mac_address_that_only_vm_conf_has_is_found_there(vm: VmConf) -> None:
    assert taken(shared_configuration.read(spoiled(archive=archive(vm=vm, answers={}))))[keys.VM_MAC.name] == MAC
    said = shared_configuration.read(spoiled(archive=archive(vm=vm, answers={keys.VM_MAC.name: "00:16:3e:00:00:01"})))
    assert taken(said)[keys.VM_MAC.name] == "00:16:3e:00:00:01"


@pytest.mark.parametrize(
    "xml",
    [
        "<domain>",
        "<!DOCTYPE d [<!ENTITY a 'b'>]><domain/>",
        "<domain><devices><interface><mac address='01:16:3e:5a:00:64'/></interface></devices></domain>",
        "<domain><devices><interface><mac/></interface></devices></domain>",
    ],
)
def test_what_is_no_mac_address_of_a_machine_is_not_taken_for_one(xml: str) -> None:
    written = archive(vm=replace(RECIPE, xml=xml), answers={})
    assert keys.VM_MAC.name not in taken(shared_configuration.read(spoiled(archive=written)))


def test_what_identifies_the_deployment_cannot_be_given_otherwise() -> None:
    ranks = {given.name: given.source for given in shared_answers(deployment())}
    assert ranks[keys.SD_UUID.name] is Source.SHARED
    assert ranks[keys.GATEWAY.name] < Source.COMMAND_LINE


def test_keys_that_nobody_knows_are_told() -> None:
    assert unknown_names(deployment(OVEHOSTED_NEW__thing=True, OVEHOSTED_VM__vmVCpus=2), KNOWN) == ["OVEHOSTED_NEW/thing"]
