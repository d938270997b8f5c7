"""The members of the configuration archive: written as HA expects them, dangerous values refused in both directions."""

from __future__ import annotations

import base64
import configparser
import contextlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.hosted_engine import broker_conf, fhanswers, hosted_engine_conf, vm_conf
from ovirt_hc_setup.formats.hosted_engine.broker_conf import BrokerConf
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf

GOLDEN = Path(__file__).parents[2] / "golden" / "storage"


def pair(letter: str) -> tuple[UUID, UUID]:
    return UUID(f"{letter * 8}-0000-4000-8000-000000000001"), UUID(f"{letter * 8}-0000-4000-8000-000000000002")


DEPLOYED = HostedEngineConf(
    fqdn="engine.hc.test",
    vm_disk=pair("a"),
    vm=pair("b")[0],
    storage="hc1:/engine",
    mnt_options="backup-volfile-servers=hc2:hc3",
    domain=UUID("6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1"),
    host_id=1,
    metadata=pair("c"),
    lockspace=pair("d"),
    configuration=pair("e"),
    gateway="192.0.2.1",
)
ENGINE = VmConf(
    vm=pair("b")[0],
    name="HostedEngine",
    memory=4096,
    vcpus=2,
    max_vcpus=4,
    cpu_type="host-model",
    machine="q35",
    devices=("{device:virtio,specParams:{source:urandom},model:virtio,type:rng}",),
    xml="<domain><name>HostedEngine</name></domain>",
)
ANSWERS: dict[str, fhanswers.Value] = {
    "OVEHOSTED_NETWORK/fqdn": "engine.hc.test",
    "OVEHOSTED_CORE/deployProceed": True,
    "OVEHOSTED_VM/vmMemSizeMB": 4096,
    "OVEHOSTED_VM/vmCDRom": None,
    "OVEHOSTED_NETWORK/bridgeIf": "eth0",
}


def test_hosted_engine_conf_has_the_lines_that_ha_reads() -> None:
    assert hosted_engine_conf.write(DEPLOYED) == (GOLDEN / "hosted-engine.conf").read_text()
    assert hosted_engine_conf.read((GOLDEN / "hosted-engine.conf").read_text()) == DEPLOYED


def test_bash_reads_the_same_values_from_hosted_engine_conf(tmp_path: Path) -> None:
    path = tmp_path / "hosted-engine.conf"
    path.write_text(hosted_engine_conf.write(replace(DEPLOYED, storage="[2001:db8::5]:/engine")))
    script = 'source "$1"; for key in "${@:2}"; do printf "%s\\n" "${!key}"; done'
    keys = list(DEPLOYED.values())
    said = subprocess.run(["bash", "-c", script, "-", path, *keys], capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:-1] == list(hosted_engine_conf.read_values(path.read_text()).values())


@given(st.text(max_size=20))
def test_no_value_that_bash_would_change_is_written(value: str) -> None:
    try:
        text = hosted_engine_conf.write(replace(DEPLOYED, gateway=value))
    except ValueRefused:
        return
    assert not set(value) & set(" \t\n;$`'\"\\&|<>()*?!~#{}")
    assert hosted_engine_conf.read(text).gateway == value


@pytest.mark.parametrize("line", ["gateway=$(reboot)", "gateway=a b", "gateway", "gate way=1", "gateway='x'"])
def test_no_value_that_bash_would_change_is_read(line: str) -> None:
    with pytest.raises(FormatError, match="line 1"):
        hosted_engine_conf.read_values(line)


PREDECESSORS = """\
ca_cert=/etc/pki/vdsm/libvirt-spice/ca-cert.pem
ca_cert=/etc/pki/vdsm/libvirt-spice/ca-cert.pem
ca_subject="C=EN, L=Test, O=Test, CN=Test"
iscsi_paths_blacklist=10.0.0.1:3260<>iqn.2001-05.com.example:a,10.0.0.2:3260<>iqn.2001-05.com.example:b
nfs_version=v4_1
fqdn="enginevm.example.com"
host_id=3
vdsm_use_ssl=true
password=of-iscsi
"""
NOT_IN_IT = [line for line in hosted_engine_conf.write(DEPLOYED).splitlines() if f"\n{line.split('=')[0]}=" not in PREDECESSORS]
PREDECESSORS += "\n".join(NOT_IN_IT)


def test_a_conf_of_the_predecessor_is_read_and_its_other_keys_stay_as_they_were_written() -> None:
    found = hosted_engine_conf.read(PREDECESSORS)
    assert (found.fqdn, found.host_id) == ("enginevm.example.com", 3)
    assert hosted_engine_conf.read_values(PREDECESSORS)["ca_subject"] == "C=EN, L=Test, O=Test, CN=Test"
    written = hosted_engine_conf.write(replace(found, host_id=4)).splitlines()
    for line in PREDECESSORS.splitlines()[1:5]:
        assert written.count(line) == 1
    assert "fqdn=enginevm.example.com" in written
    assert "host_id=4" in written
    assert "password=" in written, "a secret would get into the plan of a run"
    assert hosted_engine_conf.read("\n".join(written)) == replace(found, host_id=4)


@pytest.mark.parametrize("value", ['"a$(reboot)"', '"a`b`"', '"a\\b"', '"a" b', "a<>b", '"a\x07"', '"a""b"'])
def test_what_bash_would_take_apart_is_kept_out_of_keys_that_are_not_ours_too(value: str) -> None:
    with pytest.raises(FormatError, match="line 1"):
        hosted_engine_conf.read_values(f"ca_subject={value}")
    with pytest.raises(ValueRefused):
        hosted_engine_conf.write(replace(DEPLOYED, kept=(("ca_subject", value),)))


def test_a_conf_without_its_domain_says_so() -> None:
    text = (GOLDEN / "hosted-engine.conf").read_text().replace("sdUUID", "other")
    with pytest.raises(FormatError, match="has no sdUUID"):
        hosted_engine_conf.read(text)


def test_a_conf_of_version_3_5_is_refused() -> None:
    text = (GOLDEN / "hosted-engine.conf").read_text().replace("spUUID=0", "spUUID=1")
    with pytest.raises(FormatError, match="storage pool"):
        hosted_engine_conf.read(text)


def test_vm_conf_has_the_lines_that_ha_reads() -> None:
    assert vm_conf.write(ENGINE) == (GOLDEN / "vm.conf").read_text()
    assert vm_conf.read((GOLDEN / "vm.conf").read_text()) == ENGINE


def test_vm_conf_is_read_as_ha_reads_it() -> None:
    text = "# made by somebody\nvmId = bbbbbbbb-0000-4000-8000-000000000001\nvmName=Hosted Engine # x\nmemSize=4096\n"
    found = vm_conf.read(text)
    assert (found.name, found.memory, found.vcpus, found.xml) == ("HostedEngine", 4096, 1, "")


@pytest.mark.parametrize("name", ["Hosted Engine", "a#b", "a\nb"])
def test_what_ha_would_delete_from_vm_conf_is_refused(name: str) -> None:
    with pytest.raises(ValueRefused):
        vm_conf.write(replace(ENGINE, name=name))


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_any_domain_xml_survives_vm_conf(xml: str) -> None:
    assert vm_conf.read(vm_conf.write(replace(ENGINE, xml=xml))).xml == xml


def test_broker_conf_has_the_lines_that_ha_reads() -> None:
    assert broker_conf.write(BrokerConf()) == (GOLDEN / "broker.conf").read_text()


@given(st.from_regex(r"[A-Za-z0-9@.%_-]{1,30}", fullmatch=True))
def test_a_percent_sign_survives_broker_conf(address: str) -> None:
    """HA reads the file with Python's ConfigParser, as here."""
    parser = configparser.ConfigParser()
    parser.read_string(broker_conf.write(BrokerConf(source_email=address, destination_emails=(address, "b@c"))))
    assert (parser["email"]["source-email"], parser["email"]["destination-emails"]) == (address, f"{address},b@c")


READERS = (fhanswers.read, hosted_engine_conf.read, hosted_engine_conf.read_values, vm_conf.read)
GOLDENS = [(GOLDEN / name).read_text() for name in ("fhanswers.conf", "hosted-engine.conf", "vm.conf")]


@given(st.text(max_size=300), st.sampled_from(GOLDENS), st.integers(0, 900), st.sampled_from(READERS))
def test_no_text_gives_a_traceback(text: str, golden: str, at: int, read: Callable[[str], object]) -> None:
    for tried in (text, golden[:at] + text + golden[at:], golden[:at]):
        with contextlib.suppress(FormatError):
            read(tried)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vmName=x\nmemSize=1\n", "has no vmId"),
        ("vmId=x\n", "which is not a UUID"),
        ("memSize=4096MiB\n", "memSize is '4096MiB', which is not a number"),
        ("xmlBase64=%%%\n", "is not base64"),
        (f"xmlBase64={base64.b64encode(bytes([255])).decode()}\n", "is not text"),
        ("nonsense\n", "is not key=value"),
        ("a=b\n" * 5000, "more than 16384"),
    ],
)
def test_a_vm_conf_that_ha_could_not_use_is_refused(text: str, said: str) -> None:
    # The first value of a key that stands twice is not the one that counts.
    with pytest.raises(FormatError, match=said):
        vm_conf.read(text if "vmId" in text or "vmName" in text else f"{(GOLDEN / 'vm.conf').read_text()}{text}")


@pytest.mark.parametrize("change", [{"smtp_port": 0}, {"smtp_server": "a\nb"}, {"state_transition": "("}])
def test_bad_values_do_not_get_into_broker_conf(change: dict[str, object]) -> None:
    with pytest.raises(ValueRefused):
        broker_conf.write(replace(BrokerConf(), **change))  # type: ignore[arg-type]


def test_the_first_hosts_answers_have_otopis_form() -> None:
    assert fhanswers.write(ANSWERS) == (GOLDEN / "fhanswers.conf").read_text()
    assert fhanswers.read((GOLDEN / "fhanswers.conf").read_text()) == ANSWERS


any_key = st.from_regex(r"OVEHOSTED_VM/x[A-Za-z]{1,8}", fullmatch=True)


@given(st.dictionaries(any_key, st.text() | st.integers(-9, 9) | st.booleans()))
def test_answers_survive(answers: dict[str, fhanswers.Value]) -> None:
    try:
        text = fhanswers.write(answers)
    except (ValueRefused, UnicodeError):
        return
    assert fhanswers.read(text) == answers


def test_answers_of_several_lines_are_read_as_others_write_them() -> None:
    text = "[environment:default]\nA/b=multi-str:\n one\n  two\nA/c=str:x\n[environment:init]\nA/d=multi-str:y\n\n z\n"
    assert fhanswers.read(text) == {"A/b": "one\ntwo", "A/c": "x", "A/d": "y\nz"}


def test_no_password_gets_onto_the_storage() -> None:
    with pytest.raises(ValueRefused, match="no secrets"):
        fhanswers.write({"OVEHOSTED_ENGINE/adminPassword": "x"})
    assert "none:None" in fhanswers.write({"OVEHOSTED_ENGINE/adminPassword": None})


@pytest.mark.parametrize("line", ["A/b=int:x", "A/b=float:1", "A/b", "nokey=str:1", "A/b=bool:maybe"])
def test_an_answer_of_another_form_is_named_by_its_line(line: str) -> None:
    with pytest.raises(FormatError, match="line 2"):
        fhanswers.read(f"[environment:default]\n{line}\n")
