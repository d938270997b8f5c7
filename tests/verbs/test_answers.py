"""`answers`: templates that validate, errors all at once, every key explained, a schema, an up-to-date reference page."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ovirt_hc_setup import cli
from ovirt_hc_setup.dialog.declared import declared
from ovirt_hc_setup.dialog.pieces import Gathered
from ovirt_hc_setup.dialog.validation import validated
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.keys import BUILT_IN
from ovirt_hc_setup.plugins.assembly import assembled

CHECKOUT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path for path in (CHECKOUT / "answers").iterdir())
LOADED = assembled().plugins
EVERY = declared({key.name: key for key in (*BUILT_IN, *LOADED.keys())}, LOADED.questions())
GIVEN = [one for one in EVERY if not one.key.found_out]
TEMPLATES = [(), ("--all",), ("--yaml",), ("--all", "--yaml")]


def answers(capsys: pytest.CaptureFixture[str], *words: str | Path, code: int = 0) -> str:
    """What `answers WORDS` prints (to standard error when it fails)."""
    assert cli.main(["answers", *map(str, words)]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.err if code else shown.out


@pytest.fixture
def the_schema(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answers(capsys, "schema"))
    return found


@pytest.mark.parametrize("options", TEMPLATES, ids=lambda options: " ".join(options) or "plain")
def test_a_template_validates_through_a_pipe(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = answers(capsys, "template", *options)
    assert max(map(len, text.splitlines())) <= 100
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    said = answers(capsys, "validate", "-")
    assert "1 answer can be used" in said
    assert "Not there" not in said
    assert "Still the template's example: OVEHOSTED_NETWORK/fqdn\n" in said


def test_a_template_that_was_filled_in_has_no_examples_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "site.conf"
    path.write_text(answers(capsys, "template").replace("engine.example.com", "engine.corp.test"))
    assert "example" not in answers(capsys, "validate", path)


@pytest.mark.parametrize("yaml_form", [False, True])
def test_a_whole_template_with_everything_switched_on_validates_too(yaml_form: bool, capsys: pytest.CaptureFixture[str]) -> None:
    text = answers(capsys, "template", "--all", *(["--yaml"] if yaml_form else []))
    lines = []
    for line in text.splitlines():
        bare = line.strip()
        lines.append(line.replace("#", "", 1) if bare.startswith("#") and not bare.startswith("# ") else line)
    found = Gathered()
    found.file("site.yaml" if yaml_form else "site.conf", "\n".join(lines).encode())
    result = validated(found, EVERY, LOADED)
    assert result.errors == []
    assert result.good + len(result.elsewhere) == len(GIVEN)


def test_the_short_template_has_only_what_has_no_default(capsys: pytest.CaptureFixture[str]) -> None:
    short, long = answers(capsys, "template"), answers(capsys, "template", "--all")
    assert "OVEHOSTED_NETWORK/fqdn=str:engine.example.com" in short.splitlines()
    assert "bridgeName" not in short
    for one in EVERY:
        assert (one.key.name in long) is (one in GIVEN)
    assert [line for line in long.splitlines() if line.startswith("# --- ")] == [
        f"# --- {title} ---" for title in dict.fromkeys(one.section for one in GIVEN)
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_validates(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    purpose = "add-host" if path.name.startswith("add-host") else "deploy"
    said = answers(capsys, "validate", "--for", purpose, path)
    missing = [line for line in said.splitlines() if line.startswith("Missing")]
    secrets = {"OVEHOSTED_VM/cloudinitRootPwd", "OVEHOSTED_ENGINE/adminPassword"}
    for line in missing:
        assert set(line.partition(": ")[2].split(", ")) <= secrets
    assert "Kept" not in said
    assert bool(missing) is (purpose == "deploy")


def test_every_error_of_all_files_is_said_at_once_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.conf", tmp_path / "two.yaml"
    one.write_text(
        "[environment:default]\nOVEHOSTED_VM/vmVCpus=int:0\nOVEHOSTED_VM/vmMemSizeMb=int:1\nOVEHOSTED_NETWORK/fqdn=x\n"
    )
    two.write_text(
        "OVEHOSTED_VM:\n  vmMACAddr: 01:00:5e:00:00:01\n  cloudInitISO: no\nOVEHOSTED_STORAGE/storageDomainConnection: nonsense\n"
    )
    said = answers(capsys, "validate", one, two, tmp_path / "absent.conf", code=2)
    assert "7 answers cannot be used" in said
    for part in (
        f"OVEHOSTED_VM/vmVCpus from {one} line 2: 0 is out of range\n  It has to be between 1 and 512.",
        f"{one} line 3: there is no key OVEHOSTED_VM/vmMemSizeMb\n  Did you mean OVEHOSTED_VM/vmMemSizeMB?",
        f"{one} line 4: the value of OVEHOSTED_NETWORK/fqdn has no type",
        f"OVEHOSTED_VM/vmMACAddr from {two} line 2: '01:00:5e:00:00:01' is a multicast MAC address",
        f"{two} line 3: the value of OVEHOSTED_VM/cloudInitISO is of type bool, but the key is of type str",
        f"OVEHOSTED_STORAGE/storageDomainConnection from {two} line 4: 'nonsense' has no colon",
        f"the answer file {tmp_path}/absent.conf cannot be read: No such file or directory",
    ):
        assert part in said


def test_a_missing_file_is_one_error_and_no_list_of_missing_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["answers", "validate", str(tmp_path / "absent.conf")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "1 answer cannot be used" in shown.err
    assert f"the answer file {tmp_path}/absent.conf cannot be read: No such file or directory" in shown.err


def test_a_literal_secret_in_a_readable_file_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.conf"
    path.write_text("[environment:default]\nOVEHOSTED_ENGINE/adminPassword=str:hunter2hunter2\n")
    path.chmod(0o644)
    assert f"{path} contains a secret and other users can read it: chmod 600 {path}" in answers(capsys, "validate", path)
    path.write_text("[environment:default]\nOVEHOSTED_ENGINE/adminPassword=str:env:HC_NO_SUCH_VARIABLE\n")
    assert "other users" not in answers(capsys, "validate", path)


def test_a_value_that_another_one_overrules_is_still_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.conf"
    path.write_text("[environment:default]\nOVEHOSTED_VM/vmVCpus=int:0\n[environment:enforce]\nOVEHOSTED_VM/vmVCpus=int:4\n")
    assert "line 2: 0 is out of range" in answers(capsys, "validate", path, code=2)


def test_validating_asks_nothing_of_this_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("a program was run")

    monkeypatch.setattr("subprocess.Popen", refuse)
    path = tmp_path / "a.conf"
    path.write_text(
        "[environment:default]\nOVEHOSTED_NETWORK/bridgeIf=str:none9\nOVEHOSTED_NETWORK/fqdn=str:no.such.name.example.com\n"
        "OVEHOSTED_VM/ovfArchive=str:/nonexistent.ova\nOVEHOSTED_ENGINE/adminPassword=str:file:/nonexistent\n"
    )
    said = answers(capsys, "validate", path)
    further = "Checked on the host only: OVEHOSTED_NETWORK/bridgeIf, OVEHOSTED_VM/ovfArchive, OVEHOSTED_NETWORK/fqdn"
    assert further in said.splitlines()
    assert "Not checked here (given by file: or env:): OVEHOSTED_ENGINE/adminPassword (file)" in said.splitlines()


def test_a_secret_that_is_refused_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text('OVEHOSTED_ENGINE: {adminPassword: "hunter2\\n"}\n')
    assert "hunter2" not in answers(capsys, "validate", path, code=2)


@pytest.mark.parametrize("name", ["OVEHOSTED_VM/vmMACAddr", "vmMACAddr", "ovehosted_vmenv_mac", "QUESTION/1/ovehosted_vmenv_mac"])
def test_a_key_is_explained_under_all_its_names(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = answers(capsys, "explain", name)
    assert text.startswith("OVEHOSTED_VM/vmMACAddr\n")
    for part in ("unicast MAC address", "drawn at random", "VM CONFIGURATION", "1.3", "enforce", "00:16:3e:1a:2b:3c"):
        assert part in text


def test_every_key_is_explained_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for one in EVERY:
        text = answers(capsys, "explain", one.key.name)
        prose = text.partition("  Examples")[0]
        assert max(map(len, prose.splitlines())) <= 80
        assert all(choice in text for choice in one.key.choices)


@pytest.mark.parametrize(
    ("name", "near"), [("OVEHOSTED_VM/vmMACAdr", "OVEHOSTED_VM/vmMACAddr"), ("vmVCpu", "OVEHOSTED_VM/vmVCpus")]
)
def test_a_name_that_is_mistyped_gets_the_nearest(name: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"Did you mean {near}?" in answers(capsys, "explain", name, code=2)


def test_a_group_is_not_explained_but_its_keys_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    said = answers(capsys, "explain", "ovehosted_vm/", code=2)
    assert "Keys in this group: " in said
    assert "vmMACAddr" in said


def test_a_key_of_ovirt_only_is_explained_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert "without effect" in answers(capsys, "explain", "OVEHOSTED_VM/vmBoot")


def test_keys_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert answers(capsys, "keys").splitlines() == sorted(one.key.name for one in EVERY)


def test_the_schema_is_one_and_takes_what_we_write(the_schema: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(the_schema)
    for options in ((), ("--all",)):
        jsonschema.Draft202012Validator(the_schema).validate(yaml.safe_load(answers(capsys, "template", "--yaml", *options)))
    for path in SAMPLES:
        if path.suffix == ".yaml":
            jsonschema.Draft202012Validator(the_schema).validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("OVEHOSTED_VM: {vmVCpus: 4}", True),
        ("OVEHOSTED_VM/vmVCpus: '4'", True),
        ("environment:enforce: {OVEHOSTED_VM: {vmVCpus: 4}}", True),
        ("OVEHOSTED_VM/cloudinitVMStaticCIDR: false", True),
        ("OVEHOSTED_VM/cloudinitVMDNS: [10.0.0.1, 10.0.0.2]", True),
        ("OVEHOSTED_VM/vmMACAddr: 52:54:00:12:34:56", True),
        ("OVEHOSTED_CORE/confirmSettings: yes", True),
        ("APPEND:HC_CORE/skipChecks: network.nic", True),
        ("OVEHOSTED_STORAGE: {spUUID: x}", True),
        ("OVEHOSTED_VM:", True),
        ("OVEHOSTED_VM: {vmVCpus: 0}", False),
        ("OVEHOSTED_VM: {vmVCpus: four}", False),
        ("OVEHOSTED_VM: {vmVCpu: 4}", False),
        ("OVEHOSTED_VM: {cloudInitISO: existing}", False),
        ("OVEHOSTED_NETWORK/fqdn: [a, b]", False),
        ("OVEHOSTED_CORE/confirmSettings: perhaps", False),
        ("[]", False),
    ],
)
def test_the_schema_and_the_reader_agree(text: str, fits: bool, the_schema: dict[str, Any]) -> None:
    assert jsonschema.Draft202012Validator(the_schema).is_valid(yaml.safe_load(text)) is fits
    found = Gathered()
    found.file("a.yaml", text.encode())
    assert (not validated(found, EVERY, LOADED).errors) is fits


def test_the_reference_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: `./ovirt-hc-setup answers reference > docs/answers.md`."""
    assert answers(capsys, "reference") == (CHECKOUT / "docs" / "answers.md").read_text()


NAMES = st.sampled_from(
    [*(one.key.name for one in EVERY), "QUESTION/1/CI_DNS", "QUESTION/x", "APPEND:OVEHOSTED_STORAGE/mntOptions", "X"]
)
VALUES = st.one_of(st.text(max_size=12), st.sampled_from(["", "0", "file:", "env:", "None", "10.0.0.1/24", "a:/b", "[::1]:/x"]))
LINES = st.lists(st.tuples(NAMES, st.sampled_from(["str", "int", "bool", "none", "multi-str"]), VALUES), max_size=6)


@given(LINES)
def test_no_answers_give_a_traceback(lines: list[tuple[str, str, str]]) -> None:
    for name, text in (
        ("a.conf", "[environment:default]\n" + "".join(f"{key}={kind}:{value}\n" for key, kind, value in lines)),
        ("a.yaml", "".join(f"{key}: {value}\n" for key, kind, value in lines)),
    ):
        found = Gathered()
        found.file(name, text.encode("utf-8", "replace"))
        for goal in (FIRST_HOST, JOINING):
            result = validated(found, EVERY, LOADED, goal)
            assert result.good >= 0
            assert all(str(error) for error in result.errors)
