"""Which answers are given otherwise when a run is resumed: none is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.keys import BRIDGE_NIC, HOST_ID
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting.changed_answers import _changes, _not_there
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.runner.marker import Marker

NIC = BRIDGE_NIC.name
ANSWERS = {"OVEHOSTED_VM/vmVCpus": "4", "OVEHOSTED_STORAGE/storageDomainName": "hosted_storage"}


HOSTS = {"HC_HOSTS/additional": "hc2,hc3", NIC: "eno1", f"hc2:{NIC}": "eno1", f"hc3:{NIC}": "eno1"}
"""As a run keeps what was given for all."""


def changed(
    tmp_path: Path, *settings: str, there: Mapping[str, str] = ANSWERS, site: tuple[Path, ...] = ()
) -> list[tuple[str, str | None, str | None]]:
    answers = {name: {"text": text, "origin": "typed"} for name, text in there.items()}
    folder: RunFolder = create("deploy", "host1", "0", answers, (), tmp_path / "state" / "runs")
    args = RunOptions(settings=settings, answers=site)
    with reporter("plain") as report:
        return [
            (one.key.name, one.before, one.now) for one in _changes(Wizard(args, LocalHost("host1"), report, None), folder)
        ]


@pytest.mark.parametrize(
    ("entries", "there", "again"),
    [
        (("record", "committing", "failed"), False, True),
        (("record", "failed"), False, True),
        (("record",), False, True),
        (("record", "failed"), True, False),
        (("record", "committing", "done"), False, False),
        (("found",), False, False),
    ],
)
def test_a_step_that_failed_and_of_which_nothing_is_there_takes_another_answer(
    tmp_path: Path, entries: tuple[Any, ...], there: bool, again: bool
) -> None:
    step = Marker(name="step", path=tmp_path / "step", text="text")
    folder = create("deploy", "host1", "0", {}, [step], tmp_path / "state" / "runs")
    for kind in entries:
        folder.journal.append("step", kind, **({"image": {}} if kind == "record" else {}))
    if there:
        step.path.write_text("text")
    args = RunOptions()
    with reporter("plain") as report:
        assert _not_there(step, Wizard(args, LocalHost("host1"), report, None), folder) is again


def test_the_same_answers_are_no_change(tmp_path: Path) -> None:
    assert changed(tmp_path, "OVEHOSTED_VM/vmVCpus=4", "OVEHOSTED_STORAGE/storageDomainName=hosted_storage") == []


def test_another_answer_is_one(tmp_path: Path) -> None:
    assert changed(tmp_path, "OVEHOSTED_VM/vmVCpus=8") == [("OVEHOSTED_VM/vmVCpus", "4", "8")]


def test_another_answer_for_all_hosts_is_another_one_for_each_host(tmp_path: Path) -> None:
    every = [(name, "eno1", "eno2") for name in (NIC, f"hc2:{NIC}", f"hc3:{NIC}")]
    assert changed(tmp_path, f"{NIC}=eno2", there=HOSTS) == every
    assert changed(tmp_path, f"{NIC}=eno1", there=HOSTS) == []


def test_a_host_that_has_another_answer_than_all_keeps_it_unless_it_is_given_another(tmp_path: Path) -> None:
    there = {**HOSTS, f"hc3:{NIC}": "bond0"}
    assert [name for name, _, _ in changed(tmp_path, f"{NIC}=eno2", there=there)] == [NIC, f"hc2:{NIC}"]
    given = (f"{NIC}=eno2", f"hc3:{NIC}=bond1")
    assert changed(tmp_path, *given, there=there)[1:] == [(f"hc2:{NIC}", "eno1", "eno2"), (f"hc3:{NIC}", "bond0", "bond1")]


def test_the_same_command_again_is_no_change_for_hosts_either(tmp_path: Path) -> None:
    """What is given for all on the command line counts more than a host's own in a file: so it was when the run was begun."""
    site = tmp_path / "site.conf"
    site.write_text(f"[host:hc3]\n{NIC}=str:bond0\n")
    assert changed(tmp_path, f"{NIC}=eno1", there=HOSTS, site=(site,)) == []


def test_a_host_has_one_answer_whichever_of_its_names_it_is_given_by(tmp_path: Path) -> None:
    assert changed(tmp_path, f"hc2.example.com:{NIC}=eno2", there=HOSTS) == [(f"hc2:{NIC}", "eno1", "eno2")]
    earlier = {"HC_HOSTS/additional": "hc2.example.com", f"hc2:{HOST_ID.name}": "7"}
    assert changed(tmp_path, f"hc2:{HOST_ID.name}=7", there=earlier) == []
    assert changed(tmp_path, f"hc2:{HOST_ID.name}=8", there=earlier) == [(f"hc2.example.com:{HOST_ID.name}", "7", "8")]


def test_what_is_found_out_anew_is_no_answer(tmp_path: Path) -> None:
    """Earlier versions have written it into answers.conf."""
    assert changed(tmp_path, "HC_CORE/laterChecks=vm.cpu-model") == []


def test_an_answer_to_what_nobody_had_answered_is_held_against_the_default(tmp_path: Path) -> None:
    name = "OVEHOSTED_ENGINE/engineSetupTimeout"
    assert changed(tmp_path, f"{name}=3600") == []
    assert changed(tmp_path, f"{name}=7200") == [(name, "3600", "7200")]
