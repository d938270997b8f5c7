"""A sitting at a real terminal whose host is slow: every look at it takes seconds, in which people type on."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, Fact, Facts, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.key import Key, int_key, secret_key, text_key
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.sitting.reading_pages import agreed
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost

LOOK = 1.2  # seconds
MEMORY, NAME, PASSWORD = int_key("T/memory", "memory"), text_key("T/name", "name"), secret_key("T/password", "a password")
KEYS: tuple[Key[Any], ...] = (MEMORY, NAME, PASSWORD)
FREE: Fact[int] = Fact("T/free", "how much there is")


def slow_world() -> Plugins:
    """A plugin whose check wants no more than 4, which is found out slowly."""
    module = ModuleType("slow_world")

    @hookimpl
    def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
        return [
            Question(key=MEMORY, prompt="Memory", section="VM CONFIGURATION", order=1, proposal=_free),
            Question(key=NAME, prompt="Name", section="VM CONFIGURATION", order=2, proposal=lambda _: Proposal("mine")),
            Question(key=PASSWORD, prompt="Password", section="VM CONFIGURATION", order=3, twice=True, validate=_slowly),
        ]

    @hookimpl
    def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
        return [Reading(FREE, _look)]

    @hookimpl
    def ovirt_hc_setup_checks() -> Sequence[Check]:
        return [Check(name="t.memory", run=_enough, about=MEMORY)]

    for hook in (ovirt_hc_setup_questions, ovirt_hc_setup_facts, ovirt_hc_setup_checks):
        setattr(module, hook.__name__, hook)
    return Plugins([module])


def _look(context: Context) -> int:
    time.sleep(LOOK)
    return 4


def _free(context: Context) -> Proposal[int]:
    return Proposal(2 * fact(context, FREE), "twice what is there")


def _slowly(context: Context, value: Any) -> None:
    time.sleep(LOOK)


def _enough(context: Context) -> Finding:
    free = fact(context, FREE)
    return fine("enough") if context.answers[MEMORY] <= free else error(f"{free} are free", "more", "Buy some.")


def main(drafts: Path, report: Reporter) -> None:
    made = Wizard(RunOptions(), LocalHost("test"), report, Console())
    made.plugins = slow_world()
    made.keys |= {key.name: key for key in KEYS}
    made.context = Context(made.host, made.context.answers, Facts(made.plugins.readings()), FIRST_HOST)
    made.draft = FileDraft("deploy", drafts)
    made.ask()
    agreed(made)
    answers = made.context.answers
    print(f"TAKEN {answers[MEMORY]} {answers[NAME]} {answers[PASSWORD].reveal()[::-1]}")


if __name__ == "__main__":
    try:
        with reporter("auto") as chosen:
            main(Path(sys.argv[1]), chosen)
    except SetupError as failure:
        print(f"LEFT {failure}")
