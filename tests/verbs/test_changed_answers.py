"""Which answers are given otherwise when a run is resumed: none is passed over."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ovirt_hc_setup.report.reporters import reporter
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.verbs.changed_answers import _changes
from ovirt_hc_setup.verbs.wizard import Wizard

ANSWERS = {"OVEHOSTED_VM/vmVCpus": "4", "OVEHOSTED_STORAGE/storageDomainName": "hosted_storage"}


def changed(tmp_path: Path, *settings: str) -> list[tuple[str, str | None, str | None]]:
    answers = {name: {"text": text, "origin": "typed"} for name, text in ANSWERS.items()}
    folder: RunFolder = create("deploy", "host1", "0", answers, (), tmp_path / "state" / "runs")
    args = Namespace(answers=[], settings=list(settings), environment=[], plugin=[], dialog="console")
    with reporter("plain") as report:
        return [
            (one.key.name, one.before, one.now) for one in _changes(Wizard(args, LocalHost("host1"), report, None), folder)
        ]


def test_the_same_answers_are_no_change(tmp_path: Path) -> None:
    assert changed(tmp_path, "OVEHOSTED_VM/vmVCpus=4", "OVEHOSTED_STORAGE/storageDomainName=hosted_storage") == []


def test_another_answer_is_one(tmp_path: Path) -> None:
    assert changed(tmp_path, "OVEHOSTED_VM/vmVCpus=8") == [("OVEHOSTED_VM/vmVCpus", "4", "8")]


def test_an_answer_to_what_nobody_had_answered_is_held_against_the_default(tmp_path: Path) -> None:
    name = "OVEHOSTED_ENGINE/engineSetupTimeout"
    assert changed(tmp_path, f"{name}=3600") == []
    assert changed(tmp_path, f"{name}=7200") == [(name, "3600", "7200")]
