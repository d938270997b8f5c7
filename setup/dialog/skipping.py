"""The checks that an operator wants left out: each has to be one that there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ovirt_hc_setup.base.errors import AnswerError
from ovirt_hc_setup.dialog.nearness import nearest
from ovirt_hc_setup.keys import SKIP_CHECKS
from ovirt_hc_setup.runner.checks import Check
from ovirt_hc_setup.runner.run_answers import Given


def names_of(text: str) -> list[str]:
    """The names in a text of HC_CORE/skipChecks."""
    return [name.strip() for name in text.split(",") if name.strip()]


def without_a_check(given: Iterable[Given], checks: Sequence[Check]) -> list[AnswerError]:
    """An error for each name that no check has: the one that was meant would run all the same."""
    there = {check.name: "" for check in checks}
    return [
        AnswerError(f"{SKIP_CHECKS.name} from {one.origin}: there is no check {name}", hint=_hint(name, there))
        for one in given
        if one.name == SKIP_CHECKS.name
        for name in names_of(one.text)
        if name not in there
    ]


def _hint(name: str, there: dict[str, str]) -> str:
    # The part behind the dot is what a check is about: `gluster.quorum`, `fqdn-reverse`.
    by_part = {known.partition(".")[2]: known for known in there}
    near = nearest(name, there) or by_part.get(nearest(name.rpartition(".")[2], dict.fromkeys(by_part, "")), "")
    return f"Did you mean {near}?" if near else f"Checks: {', '.join(sorted(there))}."
