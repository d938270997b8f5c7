"""A check that needs a package which the run brings is judged later; without such a package it could not run."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.runner.checks import Check, Finding, blocking, fine, run_checks
from ovirt_hc_setup.runner.context import Context, Facts
from ovirt_hc_setup.runner.run_answers import Answers
from ovirt_hc_setup.system.host.commands import LocalHost

CONTEXT = Context(LocalHost("test"), Answers(), Facts(()), FIRST_HOST)


def _missing(context: Context) -> Finding:
    context.host.run("no-such-program-of-any-package")
    return fine("it ran")


def _failing(context: Context) -> Finding:
    raise CommandFailed("it said no")


CHECKS = (
    Check(name="a.missing", run=_missing),
    Check(name="a.optional", run=_missing, optional=True),
    Check(name="a.failing", run=_failing),
)


def severities(*, comes: bool, skipped: tuple[str, ...] = ()) -> dict[str, str]:
    found = run_checks(CHECKS, CONTEXT, dict.fromkeys(skipped, "--set"), lambda event: None, later=lambda error: comes)
    return {event.check: event.severity for event in found}


def test_what_is_not_installed_yet_is_judged_later_and_all_else_now() -> None:
    assert severities(comes=True) == {"a.missing": "later", "a.optional": "later", "a.failing": "unknown"}


def test_where_no_package_is_to_come_it_could_not_run() -> None:
    assert severities(comes=False) == {"a.missing": "unknown", "a.optional": "warning", "a.failing": "unknown"}


def test_a_skipped_check_is_not_judged_later_either() -> None:
    assert severities(comes=True, skipped=("a.missing",))["a.missing"] == "skipped"


def test_what_is_judged_later_is_in_nobodys_way() -> None:
    found = run_checks(CHECKS[:1], CONTEXT, {}, lambda event: None, later=lambda error: True)
    assert not blocking(found)
