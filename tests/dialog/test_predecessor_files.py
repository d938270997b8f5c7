"""Files as they are found in the field: what the predecessor saved, what scripts wrote for it, files of Ansible's role.

Each is a shape, typed anew: its verdict is what an operator is to be told.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import AnswersRefused
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.dialog.declared import declared
from ovirt_hc_setup.dialog.nearness import nearest
from ovirt_hc_setup.dialog.pieces import Gathered
from ovirt_hc_setup.dialog.supply import Supplied, collect
from ovirt_hc_setup.dialog.validation import Validation, validated
from ovirt_hc_setup.formats.answers.known_dialogs import DIALOGS
from ovirt_hc_setup.formats.answers.known_keys import KNOWN, known_key
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.keys import BUILT_IN
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.interview import Interview, winners
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host.commands import LocalHost

LOADED = assembled().plugins
KEYS: dict[str, Any] = {key.name: key for key in (*BUILT_IN, *LOADED.keys())}
OF_OLD_FLOWS = """
CORE/answerFile CORE/ansibleDeployment CORE/rollbackProceed CORE/rollbackUpgrade CORE/upgradeProceed
CORE/upgradingAppliance FIRST_HOST/fetchAnswer FIRST_HOST/fqdn FIRST_HOST/rootPassword FIRST_HOST/sshdPort
STORAGE/iSCSILunId STORAGE/imgAlias STORAGE/storageType UPGRADE/LMVolumesUpgradeProceed UPGRADE/abortUnsupportedVer
UPGRADE/backupFileName UPGRADE/backupImgSizeGB UPGRADE/backupImgUUID UPGRADE/backupVolUUID UPGRADE/confirmDiskSwitch
UPGRADE/confirmUpgradeDiskResize UPGRADE/confirmUpgradeSuccess UPGRADE/createLMVolumes UPGRADE/dstBackupFileName
UPGRADE/extend_volume UPGRADE/prevImgUUID UPGRADE/prevVolUUID UPGRADE/restoreDwh UPGRADE/restoreReports VDSM/vdsClient
VM/cloudinitHostIP AC/body AC/debug AC/error AC/info AC/result AC/type AC/warning
"""
LATER_DIALOGS = """
CI_ENABLE_FIPS CI_OPENSCAP_PROFILE_NAME ENGINE_ADMIN_USERNAME FORCE_IP_PROCEED HOST_FIRST_HOST_ROOT_PASSWORD
OVEHOSTED_CONFIGURATION_BACKUPFILE OVEHOSTED_CORE_FETCH_ANSWER OVEHOSTED_ENGINE_CHECK_AGAIN OVEHOSTED_NETWORK_TEST
OVEHOSTED_NETWORK_TEST_TCP_ADDRESS OVEHOSTED_NETWORK_TEST_TCP_PORT OVEHOSTED_NET_FIRST_HOST_FQDN
OVEHOSTED_OS_INSTALLED OVEHOSTED_OS_INSTALL_AGAIN OVEHOSTED_RB_BACKUP_DISK OVEHOSTED_STORAGE_DATACENTER_NAME
OVEHOSTED_STORAGE_DOMAIN_NAME OVEHOSTED_STORAGE_IMG_ALIAS OVEHOSTED_STORAGE_ISCSI_LUN OVEHOSTED_STORAGE_NFS_VERSION
OVEHOSTED_VMENV_OVF_ANSIBLE LM_VOLUME_UPGRADE_PROCEED ROLLBACK_PROCEED TMUX_PROCEED UPGRADE_DISK_RESIZE_PROCEED
UPGRADE_PROCEED ovehosted_cluster_name ovehosted_datacenter_name ovehosted_pause_on_restore ovehosted_renew_pki
ovehosted_vmenv_image ovehosted_vmenv_mem_ovf ALLOW_GLUSTER_REPLICA_ONE ENABLE_HC_GLUSTER_SERVICE
OVEHOSTED_INSTALL_OVIRT_ENGINE_APPLIANCE ovehosted_enable_keycloak UPGRADE_ABORT_ON_UNSUPPORTED_VER
"""
EVERY = declared(KEYS, LOADED.questions())


def read(*lines: str, name: str = "a.conf") -> Gathered:
    found = Gathered()
    text = "\n".join(lines) if name.endswith(".yaml") else "\n".join(["[environment:default]", *lines])
    found.file(name, text.encode())
    return found


def supply(*lines: str, name: str = "a.conf") -> Supplied:
    return collect(read(*lines, name=name), KEYS, LOADED.questions())


def texts(found: Supplied) -> dict[str, str]:
    assert not found.errors, found.errors
    return {name: given.text for name, given in winners(found.given).items()}


def judged(*lines: str) -> Validation:
    return validated(read(*lines), EVERY, LOADED)


def said(errors: list[Any]) -> str:
    return "\n".join(str(error) for error in errors)


# --- empty values


@pytest.mark.parametrize("empty", ["str:", "str:  ", "none:None", "str:none:None", "str:None", "int:", "bool:"])
@pytest.mark.parametrize(
    "name",
    ["OVEHOSTED_VM/ovfArchive", "OVEHOSTED_STORAGE/storageDomainName", "OVEHOSTED_CORE/tempDir", "OVEHOSTED_VM/vmVCpus"],
)
def test_an_empty_value_is_not_given(name: str, empty: str) -> None:
    found = supply(f"{name}={empty}")
    assert texts(found) == {}
    assert not found.notes


@pytest.mark.parametrize("name", sorted(KEYS))
def test_an_empty_value_is_never_wrong(name: str) -> None:
    """Whatever the key: what is left of it can be read."""
    for one in supply(f"{name}=str:").given:
        KEYS[name].parse(one.text)


@pytest.mark.parametrize(
    "name",
    [
        "OVEHOSTED_VM/cloudinitVMStaticCIDR",
        "OVEHOSTED_VM/cloudinitVMDNS",
        "OVEHOSTED_VM/rootSshPubkey",
        "OVEHOSTED_VM/cloudinitRootPwd",
        "OVEHOSTED_STORAGE/mntOptions",
    ],
)
def test_where_there_may_be_none_an_empty_value_is_none_and_nobody_is_asked(name: str) -> None:
    ((found, text),) = texts(supply(f"{name}=str:")).items()
    assert found == name
    assert not KEYS[name].parse(text)


def test_an_empty_value_leaves_a_weaker_one_alone() -> None:
    name = "OVEHOSTED_STORAGE/storageDomainName"
    assert texts(supply(f"{name}=str:pool", "[environment:enforce]", f"{name}=str:")) == {name: "pool"}


def test_an_empty_password_of_the_engine_is_no_password() -> None:
    assert texts(supply("OVEHOSTED_ENGINE/adminPassword=str:")) == {}


def test_an_empty_file_or_variable_is_hardly_meant_as_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").touch()
    monkeypatch.setenv("HC_EMPTY", "")
    for place in (f"file:{tmp_path}/password", "env:HC_EMPTY"):
        assert "is empty" in said(supply(f"OVEHOSTED_VM/cloudinitRootPwd=str:{place}").errors)


def test_an_empty_value_of_what_we_do_not_do_asks_for_nothing() -> None:
    assert not supply("OVEHOSTED_CORE/restoreFromFile=str:", "OVEHOSTED_VM/vmCDRom=str:none:None").notes


# --- names


def test_no_key_of_any_release_is_unknown() -> None:
    """The 38 that only some releases between 1.0 and 2.3 had."""
    for name in OF_OLD_FLOWS.split():
        assert known_key(f"OVEHOSTED_{name}"), name
    assert KNOWN["OVEHOSTED_FIRST_HOST/rootPassword"].secret


def test_no_dialog_of_any_release_is_unknown() -> None:
    for name in LATER_DIALOGS.split():
        assert name in DIALOGS, name
    known = known_key("QUESTION/1/HOST_FIRST_HOST_ROOT_PASSWORD")
    assert known is not None
    assert known.secret


@pytest.mark.parametrize(
    ("dialog", "answer", "key", "text"),
    [
        ("ovehosted_vmenv_image", "80", "OVEHOSTED_STORAGE/imgSizeGB", "80"),
        ("ovehosted_vmenv_mem_ovf", "8192", "OVEHOSTED_VM/vmMemSizeMB", "8192"),
        ("OVEHOSTED_VMENV_OVF_ANSIBLE", "/root/a.ova", "OVEHOSTED_VM/ovfArchive", "/root/a.ova"),
        ("OVEHOSTED_STORAGE_DOMAIN_NAME", "pool", "OVEHOSTED_STORAGE/storageDomainName", "pool"),
        ("CLOUDINIT_VM_STATIC_IP_ADDRESS", "192.0.2.50", "OVEHOSTED_VM/cloudinitVMStaticCIDR", "192.0.2.50"),
        ("CI_ROOT_SSH_PUBKEY", "", "OVEHOSTED_VM/rootSshPubkey", ""),
    ],
)
def test_what_was_typed_at_a_dialog_of_today_answers_our_question(dialog: str, answer: str, key: str, text: str) -> None:
    found = supply(f"QUESTION/1/{dialog}=str:{answer}")
    assert texts(found) == {key: text}
    KEYS[key].parse(text)


def test_an_empty_answer_for_the_appliance_is_the_installed_one() -> None:
    assert texts(supply("QUESTION/1/OVEHOSTED_VMENV_OVF_ANSIBLE=str:")) == {}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("OVEHOSTED_VM/vmDiskSizeGB", "OVEHOSTED_STORAGE/imgSizeGB"),
        ("OVEHOSTED_VM/rootPassword", "OVEHOSTED_VM/cloudinitRootPwd"),
        ("OVEHOSTED_VM/memorySizeMB", "OVEHOSTED_VM/vmMemSizeMB"),
        ("OVEHOSTED_NETWORK/gatway", "OVEHOSTED_NETWORK/gateway"),
        ("OVEHOSTED_ENGINE/clusterNmae", "OVEHOSTED_ENGINE/clusterName"),
        ("he_fqnd", "he_fqdn"),
        ("OVEHOSTED_CORE/HE_OFFLINE_DEPLOYMENT", ""),
        ("OVEHOSTED_STORAGE/connectionTimeout", ""),
        ("OVEHOSTED_STORAGE/multipathSupport", ""),
        ("OVEHOSTED_STORAGE/lunDetectType", ""),
        ("OVEHOSTED_STORAGE/vfsType", ""),
        ("OVEHOSTED_VM/ovirtRepoAddress", ""),
    ],
)
def test_a_name_is_offered_only_where_it_fits(name: str, near: str) -> None:
    (error,) = supply(f"{name}=str:x").errors
    assert error.hint == (f"Did you mean {near}?" if near else "`ovirt-hc-setup answers keys` lists the keys.")


def test_a_short_name_is_not_like_everything() -> None:
    assert nearest("x", {"A/b": "", "A/cpu": "a CPU"}) == ""


KIND_TEXTS = {"bool": ("True", "False", "yes"), "int": ("5",), "str": ("x", "5", ""), "multi-str": ("a",)}
OF_OVIRT = sorted(known.name for known in KNOWN.values() if known.name not in KEYS and not known.secret)


@given(st.sampled_from(OF_OVIRT), st.sampled_from(["ini", "yaml", "set", "word"]), st.data())
def test_every_key_of_every_release_is_read_in_every_form(name: str, form: str, data: st.DataObject) -> None:
    kind = KNOWN[name].kind
    text = data.draw(st.sampled_from(KIND_TEXTS[kind]))
    found = read()
    if form == "ini":
        found = read(f"{name}={kind}:{text}")
    elif form == "yaml":
        group, _, last = name.partition("/")
        found = read(f"{group}:", f"  {last}: {text if kind in ('bool', 'int') else json.dumps(text)}", name="a.yaml")
    elif form == "set":
        found.setting(f"{name}={text}")
    else:
        found.word(f"{name}={kind}:{text}")
    kept = collect(found, KEYS, LOADED.questions())
    assert not kept.errors
    names = {piece.name for piece in kept.kept} | {given.name for given in kept.given}
    assert bool(names) is bool(text) or name in {alias for key in KEYS.values() for alias in key.aliases}


@given(st.sampled_from(sorted(DIALOGS)), st.integers(1, 9), st.sampled_from(["yes", "No", "1", "x", ""]))
def test_every_dialog_of_every_release_is_read(dialog: str, number: int, text: str) -> None:
    assert not supply(f"QUESTION/{number}/{dialog}=str:{text}").errors


# --- whole files


def test_a_file_saved_by_4_2_is_taken_as_it_is() -> None:
    result = judged(
        "OVEHOSTED_CORE/confirmSettings=bool:True",
        "OVEHOSTED_CORE/rollbackProceed=none:None",
        "OVEHOSTED_CORE/upgradeProceed=none:None",
        "OVEHOSTED_ENGINE/clusterName=str:Default",
        "OVEHOSTED_NETWORK/fqdn=str:engine.corp.test",
        "OVEHOSTED_NETWORK/gateway=str:192.0.2.1",
        "OVEHOSTED_STORAGE/domainType=str:glusterfs",
        "OVEHOSTED_STORAGE/storageDomainConnection=str:host1.corp.test:/engine",
        "OVEHOSTED_STORAGE/mntOptions=none:None",
        "OVEHOSTED_STORAGE/imgSizeGB=str:50",
        "OVEHOSTED_VDSM/cpu=str:model_Skylake-Server",
        "OVEHOSTED_VM/cloudinitVMStaticCIDR=str:192.0.2.200/24",
        "OVEHOSTED_VM/emulatedMachine=str:pc",
        "OVEHOSTED_VM/vmMACAddr=str:00:16:3e:23:18:fd",
        "OVEHOSTED_VM/vmVCpus=str:4",
    )
    assert not result.errors
    assert result.good == 11
    assert not any(isinstance(note, Note) and note.level == "warning" for note in result.notes)


def test_a_scripted_file_for_fibre_channel_is_refused_for_its_storage_and_its_inventions() -> None:
    result = judged(
        "OVEHOSTED_CORE/HE_OFFLINE_DEPLOYMENT=bool:True",
        "OVEHOSTED_CORE/forceIpProceed=none:None",
        "OVEHOSTED_STORAGE/iSCSIPortalUser=str:none:None",
        "OVEHOSTED_VM/vmDiskSizeGB=str:185",
        "OVEHOSTED_STORAGE/domainType=str:fc",
        "OVEHOSTED_STORAGE/storageDomainConnection=none:None",
        "OVEHOSTED_VM/cloudinitVMDNS=str:",
        "OVEHOSTED_VM/ovfArchive=str:",
        "OVEHOSTED_VM/rootSshPubkey=str:",
        "OVEHOSTED_NETWORK/fqdn=str:engine.corp.test",
        "OVEHOSTED_VM/cloudinitInstanceHostName=str:host1.corp.test",
        "OVEHOSTED_VM/cloudinitVMStaticCIDR=str:192.0.2.50",
    )
    text = said(result.errors)
    assert len(result.errors) == 3, text
    assert "a.conf line 2: there is no key OVEHOSTED_CORE/HE_OFFLINE_DEPLOYMENT" in text
    assert "a.conf line 5: there is no key OVEHOSTED_VM/vmDiskSizeGB\n  Did you mean OVEHOSTED_STORAGE/imgSizeGB?" in text
    assert "a.conf line 6: storage of the type fc is not supported by this version" in text
    assert any("differs from OVEHOSTED_NETWORK/fqdn" in note.text for note in result.notes)
    assert "OVEHOSTED_VM/cloudinitVMStaticCIDR" in result.on_host


@pytest.mark.parametrize("kind", ["nfs", "nfs3", "nfs4", "iscsi", "fc", "posixfs"])
def test_storages_of_the_predecessor_that_we_do_not_have_are_called_that(kind: str) -> None:
    assert f"storage of the type {kind} is not supported" in said(judged(f"OVEHOSTED_STORAGE/domainType=str:{kind}").errors)
    found = supply(f"QUESTION/1/OVEHOSTED_STORAGE_DOMAIN_TYPE=str:{kind}")
    assert [given.name for given in found.given] == ["OVEHOSTED_STORAGE/domainType"]


def test_a_hosted_engine_conf_is_told_once_that_it_is_no_answer_file() -> None:
    found = Gathered()
    found.file("hosted-engine.conf", b'gateway=192.0.2.1\niqn=\nca_subject="C=EN, O=Test"\nhost_id=3\n')
    assert said(found.errors) == (
        "hosted-engine.conf line 1: gateway comes before any section\n"
        "  This looks like the hosted-engine.conf of a deployed host. Answers are in its answers.conf, beside it."
    )
    assert found.unread == [Path("hosted-engine.conf")], "so nothing is missing: it may stand in there"


def test_of_a_storage_that_we_do_not_have_only_the_type_is_refused_and_not_its_path() -> None:
    lines = ("OVEHOSTED_STORAGE/domainType=str:posixfs", "OVEHOSTED_STORAGE/storageDomainConnection=str:192.0.2.9:6789:/v")
    validation = judged(*lines)
    (error,) = validation.errors
    assert "storage of the type posixfs is not supported" in str(error)
    assert "OVEHOSTED_STORAGE/storageDomainConnection" not in validation.missing
    given = {one.name: one for one in supply(*lines).given}
    interview = Interview(KEYS, Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST), given, None)
    with pytest.raises(AnswersRefused) as refused:
        interview.hold([question for question in LOADED.questions() if question.key.name in given])
    assert "storageDomainConnection" not in str(refused.value)


def test_what_asks_for_something_else_than_we_do_is_warned_of_and_the_network_test_is_taken() -> None:
    found = supply(
        "OVEHOSTED_NETWORK/network_test=str:tcp",
        "OVEHOSTED_NETWORK/network_test_tcp_address=str:192.0.2.9",
        "OVEHOSTED_NETWORK/network_test_tcp_port=int:22",
        "OVEHOSTED_NETWORK/forceIPv6=bool:True",
        "OVEHOSTED_NETWORK/allowInvalidBondModes=bool:False",
        "OVEHOSTED_VM/rootSshAccess=str:no",
        "OVEHOSTED_VM/cloudinitExecuteEngineSetup=bool:False",
        "OVEHOSTED_VM/enableFips=bool:True",
        "OVEHOSTED_VM/vmBoot=str:cdrom",
        "OVEHOSTED_ENGINE/clusterName=str:Production",
        "OVEHOSTED_ENGINE/datacenterName=str:Berlin",
        "OVEHOSTED_ENGINE/adminUsername=str:admin@ovirt",
        "OVEHOSTED_VM/maxVCpus=str:64",
    )
    assert texts(found) == {
        "OVEHOSTED_NETWORK/network_test": "tcp",
        "OVEHOSTED_NETWORK/network_test_tcp_address": "192.0.2.9",
        "OVEHOSTED_NETWORK/network_test_tcp_port": "22",
    }
    warned = [note.text for note in found.notes if note.level == "warning"]
    for name in (
        "forceIPv6",
        "rootSshAccess",
        "cloudinitExecuteEngineSetup",
        "enableFips",
        "vmBoot",
        "clusterName",
        "datacenterName",
        "adminUsername",
    ):
        assert [text for text in warned if f"/{name}=" in text and "is not done by this program" in text], name
    assert len(warned) == 8
    (kept,) = [note.text for note in found.notes if note.level != "warning"]
    assert "maxVCpus" in kept
    assert "network_test" not in kept


# --- Ansible's role


def test_variables_of_the_role_are_answers() -> None:
    found = supply(
        "he_appliance_password: hunter2hunter2",
        "he_domain_type: glusterfs",
        "he_fqdn: engine.corp.test",
        "he_mem_size_MB: max",
        "he_vm_etc_hosts: true",
        "he_storage_domain_addr: host1.corp.test",
        "he_storage_domain_path: /engine",
        "he_vm_ip_addr: 192.0.2.50",
        "he_vm_ip_prefix: 24",
        "he_dns_addr: [192.0.2.1, 192.0.2.2]",
        "he_enable_hc_gluster_service: true",
        "he_remove_appliance_rpm: false",
        "he_ansible_host_name: host1.corp.test",
        name="he_vars.yaml",
    )
    assert texts(found) == {
        "OVEHOSTED_VM/cloudinitRootPwd": "hunter2hunter2",
        "OVEHOSTED_STORAGE/domainType": "glusterfs",
        "OVEHOSTED_NETWORK/fqdn": "engine.corp.test",
        "OVEHOSTED_VM/cloudinitVMETCHOSTS": "true",
        "OVEHOSTED_STORAGE/storageDomainConnection": "host1.corp.test:/engine",
        "OVEHOSTED_VM/cloudinitVMStaticCIDR": "192.0.2.50/24",
        "OVEHOSTED_VM/cloudinitVMDNS": "192.0.2.1,192.0.2.2",
    }
    assert {piece.name for piece in found.kept} == {
        "he_enable_hc_gluster_service",
        "he_remove_appliance_rpm",
        "he_ansible_host_name",
    }


def test_a_file_of_the_role_in_json_is_read_too() -> None:
    found = supply('{"he_fqdn": "engine.corp.test", "he_vcpus": "4"}', name="a.yaml")
    assert texts(found) == {"OVEHOSTED_NETWORK/fqdn": "engine.corp.test", "OVEHOSTED_VM/vmVCpus": "4"}


def test_half_of_an_answer_is_told() -> None:
    text = said(supply("he_storage_domain_path: /engine", name="a.yaml").errors)
    assert "a.yaml line 1: he_storage_domain_path stands without he_storage_domain_addr" in text


def test_files_for_other_roles_are_told_as_such_once() -> None:
    found = supply("hc_nodes: {hosts: 3}", "gluster_infra_fw_state: enabled", "gluster_set_selinux_labels: true", name="hc.yaml")
    (error,) = found.errors
    assert "hc.yaml is a file of Ansible roles that prepare hosts or Gluster" in str(error)


def test_a_key_counts_more_than_a_variable() -> None:
    found = supply("OVEHOSTED_NETWORK/fqdn: engine.corp.test", "he_fqdn: other.corp.test", name="a.yaml")
    assert texts(found)["OVEHOSTED_NETWORK/fqdn"] == "engine.corp.test"
    assert any("(he_fqdn) differs" in note.text for note in found.notes)
