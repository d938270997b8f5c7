"""A check that is left out has to be one that there is, and everybody who reads the findings learns of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovirt_hc_setup import cli
from ovirt_hc_setup.base.errors import AnswersRefused, CheckFailed
from ovirt_hc_setup.base.event_types import Event, Found, Note
from ovirt_hc_setup.dialog.skipping import without_a_check
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.plugins import BUILT_IN
from ovirt_hc_setup.report.lines import level_of, lines
from ovirt_hc_setup.report.plan_page import doubts
from ovirt_hc_setup.runner.checks import Check, blocking, error, fine, run_checks
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_answers import Answers, Given, Source
from ovirt_hc_setup.sitting.reading_pages import passed
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.sitting.test_supplied_answers import Remembering, parsed

CHECKS = Plugins(BUILT_IN).checks()
MINE = [
    Check(name="t.good", run=lambda context: fine("good")),
    Check(name="t.bad", run=lambda context: error("bad", "better", "mend it")),
]


def test_what_was_skipped_is_found_told_and_read_before_the_plan_and_blocks_nothing() -> None:
    told: list[Event] = []
    context = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)
    found = run_checks(MINE, context, {"t.bad": "HC_CORE/skipChecks (--set)"}, told.append)
    assert [(one.check, one.severity) for one in found] == [("t.good", "ok"), ("t.bad", "skipped")]
    assert told == found
    assert not blocking(found)
    assert lines(found[1]) == ["t.bad: skipped by HC_CORE/skipChecks (--set)"]
    assert level_of(found[1]) == "WARNING"
    assert [step.lines[0] for step in doubts(found)] == ["t.bad: skipped by HC_CORE/skipChecks (--set)"]
    assert passed(found) == "1 of 1 checks passed; skipped: t.bad."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("network.fqdn-revers", "Did you mean network.fqdn-reverse?"),
        ("fqdn-reverse", "Did you mean network.fqdn-reverse?"),
        ("gluster.quorom", "Did you mean gluster.quorum?"),
        ("nothing.of-the-kind", f"Checks: {', '.join(sorted(check.name for check in CHECKS))}."),
    ],
)
def test_a_name_that_no_check_has_is_refused(name: str, hint: str) -> None:
    given = Given("HC_CORE/skipChecks", f"network.nic, {name}", Source.COMMAND_LINE, "--set")
    (refused,) = without_a_check([given], CHECKS)
    assert str(refused) == f"HC_CORE/skipChecks from --set: there is no check {name}\n  {hint}"


def test_the_wizard_refuses_it_before_anything_else(tmp_path: Path) -> None:
    wizard = Wizard(parsed("--set", "HC_CORE/skipChecks=network.nick"), LocalHost("test"), Remembering(), None)
    with pytest.raises(AnswersRefused, match=r"there is no check network.nick\n +Did you mean network.nic\?"):
        wizard.supplied()


def test_validate_refuses_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.conf"
    path.write_text("[environment:default]\nHC_CORE/skipChecks=str:network.nick\n")
    assert cli.main(["answers", "validate", str(path)]) == 2
    assert f"HC_CORE/skipChecks from {path} line 2: there is no check network.nick" in capsys.readouterr().err


def test_the_wizard_tells_what_it_skips() -> None:
    report = Remembering()
    wizard = Wizard(parsed("--set", "HC_CORE/skipChecks=host.root"), LocalHost("test"), report, None)
    wizard.context.answers.put_text(wizard.keys["HC_CORE/skipChecks"], wizard.supplied()[0])
    assert wizard._skipped == {"host.root": "HC_CORE/skipChecks (--set)"}
    assert not [event for event in report.events if isinstance(event, Note | Found)]


def test_who_is_told_that_a_check_can_be_skipped_keeps_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    wizard = Wizard(parsed("--set", "HC_CORE/skipChecks=host.root"), LocalHost("test"), Remembering(), None)
    wizard.context.answers.put_text(wizard.keys["HC_CORE/skipChecks"], wizard.supplied()[0])
    monkeypatch.setattr(wizard.plugins, "checks_for", lambda goal: MINE)
    with pytest.raises(CheckFailed) as refused:
        wizard.check()
    assert refused.value.hint.endswith("--set HC_CORE/skipChecks=host.root,NAME,NAME")
    assert [(one.check, one.severity) for one in wizard.judged(["t.bad"])] == [("t.bad", "error"), ("host.root", "skipped")]
