"""Checks that the wizard could not run for want of a package, run by the worker when the packages are there."""

from __future__ import annotations

import io
from collections.abc import Sequence

from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.journal import Judge
from ovirt_hc_setup.runner.run_folder import RunFolder


def judge_of(folder: RunFolder, host: Host) -> Judge:
    """Runs checks by the answers of a run, also by which of them it skips; those are read when somebody wants it."""

    def judge(checks: Sequence[str]) -> Sequence[Found]:
        from ovirt_hc_setup.sitting.wizard import Wizard  # here: most runs have nothing to judge

        goal = next(goal for goal in (FIRST_HOST, JOINING) if goal.name == folder.verb)
        wizard = Wizard(RunOptions(), host, Plain(io.StringIO()), None, goal, remembered=folder.about.plugins)
        wizard.recall(folder)
        return wizard.judged(checks)

    return judge
