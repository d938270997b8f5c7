"""Checks: all of them run, at once, before anything changes; all findings are shown together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from ovirt_hc_setup.base.errors import NotInstalled, SetupError, ValueRefused
from ovirt_hc_setup.base.event_types import Found, Sink
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.goal import Goal
from ovirt_hc_setup.runner.key import Key

MOST_AT_ONCE = 8

Severity = Literal["ok", "warning", "error", "unknown", "skipped", "later"]


@dataclass(frozen=True)
class Finding:
    """What was found, what was expected, how to mend it. "unknown" means that the check could not run, "skipped" that the
    operator wanted it left out, "later" that it is judged when the packages are there. `about`: the key whose answer mends this
    one, where the check itself names none.
    """

    severity: Severity
    found: str
    expected: str = ""
    remedy: str = ""
    about: Key[Any] | None = None


def fine(found: str) -> Finding:
    """As it should be."""
    return Finding("ok", found)


def warning(found: str, expected: str, remedy: str, about: Key[Any] | None = None) -> Finding:
    """Not as it should be, and no reason to stop."""
    return Finding("warning", found, expected, remedy, about)


def error(found: str, expected: str, remedy: str) -> Finding:
    """Nothing is begun with this."""
    return Finding("error", found, expected, remedy)


@dataclass(frozen=True, kw_only=True)
class Check:
    """`name` is stable (`gluster.replica`): operators skip checks by it. `run` may return several findings, or none when it
    does not apply. A SetupError raised by it means "could not run", which is an error unless `optional`; NotInstalled means
    "later" where the run brings packages. `about` is the key
    whose answer is to be changed; None where no answer changes what is found, or where each finding names its own. `goals`:
    those it judges (none: all).
    """

    name: str
    run: Callable[[Context], Finding | Sequence[Finding] | None]
    optional: bool = False
    about: Key[Any] | None = None
    goals: Collection[Goal] = ()


def run_checks(
    checks: Sequence[Check],
    context: Context,
    skipped: Mapping[str, str],
    sink: Sink,
    *,
    later: Callable[[NotInstalled], bool] = lambda error: False,
) -> list[Found]:
    """Run all checks but the skipped ones (by name who wants that), concurrently; the findings, in the order of the checks, also
    as events. A check that is skipped is said too: whoever reads the findings later has to know of it. `later` says whether what
    is not installed may be so later: then the check is judged then.
    """

    def run(check: Check) -> Sequence[Finding]:
        if check.name in skipped:
            return [Finding("skipped", f"skipped by {skipped[check.name]}")]
        return _run(check, context, later)

    results = at_once([partial(run, check) for check in checks], MOST_AT_ONCE)
    found = [_event(check, finding) for check, findings in zip(checks, results, strict=True) for finding in findings]
    for event in found:
        sink(event)
    return found


def refuse_foreseen(checks: Iterable[Check], context: Context) -> None:
    """Raises ValueRefused with the first error that these checks would find by the answers so far. What they cannot find out yet,
    and what they only warn of, is nothing to refuse an answer for."""
    for check in checks:
        for finding in _run(check, context, lambda error: True):
            if finding.severity == "error":
                raise ValueRefused(finding.found, hint=f"Expected: {finding.expected}. {finding.remedy}")


def blocking(found: Sequence[Found]) -> list[Found]:
    return [finding for finding in found if finding.severity in ("error", "unknown")]


def _event(check: Check, finding: Finding) -> Found:
    about = finding.about or check.about
    return Found(
        check=check.name,
        severity=finding.severity,
        found=finding.found,
        expected=finding.expected,
        remedy=finding.remedy,
        key=about.name if about is not None else "",
    )


def _run(check: Check, context: Context, later: Callable[[NotInstalled], bool]) -> Sequence[Finding]:
    try:
        result = check.run(context)
    except NotInstalled as error:
        if later(error):
            return [Finding("later", f"judged when the packages are installed: {error.message}")]
        return _could_not(check, error)
    except (SetupError, OSError) as error:
        return _could_not(check, of_the_world(error) if isinstance(error, OSError) else error)
    if result is None:
        return []
    return [result] if isinstance(result, Finding) else result


def _could_not(check: Check, failure: SetupError) -> list[Finding]:
    severity: Severity = "warning" if check.optional else "unknown"
    return [Finding(severity, f"could not be checked: {failure.message}", remedy=failure.hint)]
