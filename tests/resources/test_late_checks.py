"""The gate behind the packages, in a real run: what it finds stops the run before anything else, and it is passed once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ovirt_hc_setup.base.event_types import Found, RunEnded
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.late_checks import LateChecks
from ovirt_hc_setup.runner.run_folder import RunFolder, create, kinds_by_name
from ovirt_hc_setup.runner.run_work import HeldLock, apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost

KINDS = kinds_by_name((LateChecks, File))
GATE = LateChecks(name="late-checks", provides=("programs",), checks=("vm.cpu-model", "host.libvirt"))


class Judge:
    """What it finds, and which checks it was asked for."""

    def __init__(self, *found: Found) -> None:
        self.found, self.asked = found, list[Sequence[str]]()

    def __call__(self, checks: Sequence[str]) -> Sequence[Found]:
        self.asked.append(checks)
        return self.found


def found(severity: str) -> Found:
    return Found(
        check="vm.cpu-model",
        severity=severity,  # type: ignore[arg-type]
        found="this host does not support model_X",
        remedy="Supported here: model_Y.",
        key="OVEHOSTED_VDSM/cpu",
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    behind = File(name="behind", after=("programs",), path=tmp_path / "behind", content="made", about="what comes behind")
    return create("deploy", "hc1", "0", {}, (GATE, behind), tmp_path / "state" / "runs")


def applied(folder: RunFolder, judge: Judge, tmp_path: Path) -> RunEnded:
    return apply_run(folder, LocalHost("hc1"), KINDS, lambda event: None, HeldLock(path=tmp_path / "lock"), judge)


@pytest.mark.parametrize("severity", ["error", "unknown"])
def test_what_is_wrong_stops_the_run_before_what_comes_behind_and_says_which_answer_mends_it(
    folder: RunFolder, tmp_path: Path, severity: str
) -> None:
    last = applied(folder, Judge(found(severity)), tmp_path)
    assert last.exit_code == 3
    assert not (tmp_path / "behind").exists()
    for part in ("does not support model_X", "--set OVEHOSTED_VDSM/cpu=VALUE", "skipChecks=vm.cpu-model", "Neither network nor"):
        assert part in last.message


def test_the_advice_to_skip_keeps_what_is_skipped_already(folder: RunFolder, tmp_path: Path) -> None:
    skipped = Found(check="network.nic", severity="skipped", found="skipped by --set")
    last = applied(folder, Judge(found("error"), skipped), tmp_path)
    assert last.message.endswith("--set HC_CORE/skipChecks=network.nic,vm.cpu-model"), last.message


def test_when_it_is_mended_the_run_goes_on_and_what_was_passed_is_not_judged_again(folder: RunFolder, tmp_path: Path) -> None:
    assert applied(folder, Judge(found("error")), tmp_path).exit_code == 3
    mended = Judge(found("ok"))
    assert applied(folder, mended, tmp_path).exit_code == 0
    assert (tmp_path / "behind").read_text() == "made"
    again = Judge(found("error"))
    assert applied(folder, again, tmp_path).exit_code == 0
    assert (mended.asked, again.asked) == ([("vm.cpu-model", "host.libvirt")], [])
    assert undo_run(folder, LocalHost("hc1"), KINDS, lambda event: None, HeldLock(path=tmp_path / "lock")).exit_code == 0
    assert not (tmp_path / "behind").exists()


def test_a_warning_and_a_skipped_check_are_no_reason_to_stop(folder: RunFolder, tmp_path: Path) -> None:
    assert applied(folder, Judge(found("warning"), found("skipped")), tmp_path).exit_code == 0
