"""What was supplied is for us, for oVirt, or a mistake; old names, dialogs and additions lead to our keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.dialog.pieces import gathered
from ovirt_hc_setup.dialog.supply import Supplied, collect
from ovirt_hc_setup.keys import BUILT_IN
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.runner.interview import winners

KEYS: dict[str, Any] = {key.name: key for key in BUILT_IN}
QUESTIONS = assembled().plugins.questions()
FQDN, CIDR, DNS, CHECKS = (
    "OVEHOSTED_NETWORK/fqdn",
    "OVEHOSTED_VM/cloudinitVMStaticCIDR",
    "OVEHOSTED_VM/cloudinitVMDNS",
    "HC_CORE/skipChecks",
)


def supply(tmp_path: Path, *lines: str, settings: tuple[str, ...] = (), environment: tuple[str, ...] = ()) -> Supplied:
    path = tmp_path / "a.conf"
    path.write_text("\n".join(["[environment:default]", *lines, ""]))
    return collect(gathered([path], settings, environment), KEYS, QUESTIONS)


def texts(found: Supplied) -> dict[str, str]:
    assert not found.errors, found.errors
    return {name: given.text for name, given in winners(found.given).items()}


def warnings(found: Supplied) -> str:
    return "\n".join(note.text for note in found.notes if isinstance(note, Note) and note.level == "warning")


def test_keys_that_only_ovirt_knows_are_kept_and_said_once(tmp_path: Path) -> None:
    found = supply(tmp_path, "OVEHOSTED_STORAGE/spUUID=str:x", "CORE/logDir=str:/tmp", "OVEHOSTED_VDSM/useSSL=bool:True")
    assert not found.errors
    assert [piece.name for piece in found.kept] == ["OVEHOSTED_STORAGE/spUUID", "CORE/logDir", "OVEHOSTED_VDSM/useSSL"]
    (note,) = found.notes
    assert note.level == "info"
    assert all(piece.name in note.text for piece in found.kept)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("OVEHOSTED_VM/vmBoot=str:cdrom", "a.conf line 2: OVEHOSTED_VM/vmBoot=cdrom (what the engine VM boots from) is not done"),
        ("OVEHOSTED_VM/cloudinitExecuteEngineSetup=bool:no", "continues as with true"),
        ("OVEHOSTED_CORE/restoreFromFile=str:/root/backup", "continues without it"),
        ("QUESTION/1/CI_EXECUTE_ESETUP=str:no", "is not done by this program"),
    ],
)
def test_a_value_that_asks_for_what_we_do_not_do_is_warned_of(tmp_path: Path, line: str, said: str) -> None:
    assert said in warnings(supply(tmp_path, line))


@pytest.mark.parametrize(
    "line", ["OVEHOSTED_VM/vmBoot=str:disk", "OVEHOSTED_CORE/restoreFromFile=none:None", "QUESTION/1/DEPLOY_PROCEED=str:yes"]
)
def test_a_value_that_asks_for_what_we_do_anyway_is_not(tmp_path: Path, line: str) -> None:
    assert not warnings(supply(tmp_path, line))


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("OVEHOSTED_NETWORK/fqnd", FQDN),
        ("OVEHOSTED_VM/fqdn", FQDN),
        ("fqdn", FQDN),
        ("OVEHOSTED_VM/vmmemsizemb", "OVEHOSTED_VM/vmMemSizeMB"),
        ("QUESTION/1/OVEHOSTED_GATWAY", "QUESTION/1/OVEHOSTED_GATEWAY"),
    ],
)
def test_a_name_that_nobody_knows_is_an_error_that_offers_the_nearest(tmp_path: Path, name: str, near: str) -> None:
    found = supply(tmp_path, f"{name}=none:None")
    assert [str(error) for error in found.errors] == [f"{tmp_path}/a.conf line 2: there is no key {name}\n  Did you mean {near}?"]


def test_a_dialog_answers_its_question_and_the_key_counts_more(tmp_path: Path) -> None:
    found = supply(
        tmp_path,
        "OVEHOSTED_NETWORK/gateway=str:10.0.0.1",
        "QUESTION/1/OVEHOSTED_GATEWAY=str:10.0.0.2",
        "QUESTION/1/ovehosted_vmenv_mem=str:4096",
    )
    assert texts(found) == {"OVEHOSTED_NETWORK/gateway": "10.0.0.1", "OVEHOSTED_VM/vmMemSizeMB": "4096"}
    assert "differs" in warnings(found)


def test_a_later_occurrence_of_a_dialog_counts(tmp_path: Path) -> None:
    lines = ("QUESTION/2/OVEHOSTED_GATEWAY=str:10.0.0.2", "QUESTION/1/OVEHOSTED_GATEWAY=str:nonsense")
    assert texts(supply(tmp_path, *lines)) == {"OVEHOSTED_NETWORK/gateway": "10.0.0.2"}


def test_what_was_typed_at_a_dialog_is_turned_into_what_the_key_holds(tmp_path: Path) -> None:
    assert texts(supply(tmp_path, "QUESTION/1/CLOUD_INIT_USE=str:No")) == {"OVEHOSTED_VM/cloudInitISO": "skip"}
    assert texts(supply(tmp_path, "QUESTION/1/CI_VM_STATIC_NETWORKING=str:DHCP")) == {CIDR: "False"}
    lines = ("QUESTION/1/CLOUDINIT_VM_STATIC_IP_ADDRESS=str:10.0.0.5/24", "QUESTION/1/CI_VM_STATIC_NETWORKING=str:static")
    assert texts(supply(tmp_path, *lines)) == {CIDR: "10.0.0.5/24"}


def test_an_old_name_leads_to_its_key_and_false_means_that_it_was_left_out(tmp_path: Path) -> None:
    old = "OVEHOSTED_VM/cloudinitInstanceHostName"
    assert texts(supply(tmp_path, f"{old}=str:engine.example.com")) == {FQDN: "engine.example.com"}
    assert texts(supply(tmp_path, f"{old}=bool:False")) == {}
    both = supply(tmp_path, f"{FQDN}=str:engine.example.com", f"{old}=str:other.example.com")
    assert texts(both) == {FQDN: "engine.example.com"}
    assert f"({old}) differs from {FQDN}" in warnings(both)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (f"{CIDR}=bool:False", None),
        ("OVEHOSTED_VM/vmVCpus=str:4", 4),
        ("OVEHOSTED_VM/vmMemSizeMB=int:4096", 4096),
        ("OVEHOSTED_NETWORK/bridgeName=int:5", "5"),
        (f"{DNS}=multi-str:10.0.0.1\n 10.0.0.2", "10.0.0.1,10.0.0.2"),
    ],
)
def test_a_number_may_be_a_text_a_text_a_number_and_a_list_a_list(tmp_path: Path, line: str, value: object) -> None:
    ((name, text),) = texts(supply(tmp_path, line)).items()
    parsed = KEYS[name].parse(text)
    assert parsed == value or str(parsed) == value


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("OVEHOSTED_VM/vmVCpus=bool:True", "the value of OVEHOSTED_VM/vmVCpus is of type bool, but the key is of type int"),
        (f"{CIDR}=bool:True", "is of type bool, but the key is of type str"),
        ("OVEHOSTED_CORE/confirmSettings=int:1", "is of type int, but the key is of type bool"),
        (f"{FQDN}=multi-str:a\n b", "is a list, but the key takes one value"),
    ],
)
def test_a_wrong_type_is_an_error_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    found = supply(tmp_path, line)
    assert said in str(found.errors[0])
    assert "a.conf line 2" in str(found.errors[0])
    assert not found.given


def test_none_is_no_answer(tmp_path: Path) -> None:
    assert texts(supply(tmp_path, f"{FQDN}=none:None")) == {}


def test_additions_add_to_the_value_that_counts(tmp_path: Path) -> None:
    lines = (f"{CHECKS}=str:a", f"APPEND:{CHECKS}=str:b", f"PREPEND:{CHECKS}=str:c")
    assert texts(supply(tmp_path, *lines, settings=(f"APPEND:{CHECKS}=d",))) == {CHECKS: "c,a,b,d"}
    assert texts(supply(tmp_path, settings=(f"APPEND:{CHECKS}=d",))) == {CHECKS: "d"}


def test_only_lists_can_be_added_to(tmp_path: Path) -> None:
    found = supply(tmp_path, f"APPEND:{FQDN}=str:x")
    assert f"APPEND:{FQDN}: {FQDN} is not a list" in str(found.errors[0])
    assert CHECKS in found.errors[0].hint


def test_the_words_of_the_predecessor_name_keys_with_types_and_further_files(tmp_path: Path) -> None:
    more = tmp_path / "more.conf"
    more.write_text("[environment:default]\nOVEHOSTED_NETWORK/gateway=str:10.0.0.1\n")
    found = supply(tmp_path, environment=(f"APPEND:CORE/configFileAppend=str:{more} '{FQDN}=str:engine.example.com'",))
    assert texts(found) == {"OVEHOSTED_NETWORK/gateway": "10.0.0.1", FQDN: "engine.example.com"}


@pytest.mark.parametrize(
    ("word", "said"), [("A/b", "no value with a type"), ("A/b=str", "no value with a type"), ("'x", "a quote is not closed")]
)
def test_a_word_that_cannot_be_read_is_an_error(tmp_path: Path, word: str, said: str) -> None:
    assert said in str(supply(tmp_path, environment=(word,)).errors[0])


@pytest.mark.parametrize("name", ["OVEHOSTED_ENGINE/adminPassword", "QUESTION/1/ENGINE_ADMIN_PASSWORD"])
def test_a_secret_on_the_command_line_is_refused_under_every_name(tmp_path: Path, name: str) -> None:
    for found in (supply(tmp_path, settings=(f"{name}=hunter2",)), supply(tmp_path, environment=(f"{name}=str:hunter2",))):
        assert "can be seen by every user" in str(found.errors[0])
        assert "hunter2" not in str(found.errors[0])
        assert not found.given


@pytest.mark.parametrize("place", ["file:/nonexistent", "env:HC_NO_SUCH_VARIABLE", "file:\0", "file:/"])
def test_a_secret_that_is_not_where_it_should_be_is_an_error(tmp_path: Path, place: str) -> None:
    found = supply(tmp_path, settings=(f"OVEHOSTED_ENGINE/adminPassword={place}",))
    assert "OVEHOSTED_ENGINE/adminPassword from --set" in str(found.errors[0])


def test_a_real_file_of_the_predecessor_is_read_as_it_is(tmp_path: Path) -> None:
    found = supply(
        tmp_path,
        "OVEHOSTED_CORE/confirmSettings=bool:True",
        "OVEHOSTED_CORE/deployProceed=bool:True",
        "OVEHOSTED_ENGINE/clusterName=str:Default",
        "OVEHOSTED_ENGINE/insecureSSL=none:None",
        f"{FQDN}=str:engine.example.com",
        "OVEHOSTED_STORAGE/LunID=none:None",
        "OVEHOSTED_STORAGE/imgSizeGB=str:58",
        "OVEHOSTED_STORAGE/domainType=str:glusterfs",
        "OVEHOSTED_VDSM/cpu=str:model_Haswell-noTSX",
        "OVEHOSTED_VDSM/pkiSubject=str:/C=EN/L=Test/O=Test/CN=Test",
        "OVEHOSTED_VM/cloudinitInstanceDomainName=str:example.com",
        "OVEHOSTED_VM/cloudinitInstanceHostName=str:engine.example.com",
        f"{CIDR}=bool:False",
        f"{DNS}=bool:False",
        "OVEHOSTED_VM/vmBoot=str:disk",
        "OVEHOSTED_VM/vmCDRom=none:None",
        "OVEHOSTED_VM/vmVCpus=str:2",
    )
    assert not found.errors
    assert not warnings(found)
    for given in found.given:
        KEYS[given.name].parse(given.text)
