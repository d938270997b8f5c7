"""The runs of this host that are not taken back: which, how far, since when, and what can be done about one that is unfinished.

As long as one is at work, and after it has stopped half way, `hosted-engine.conf` is not there: the plan has what it will say.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.hosted_engine import hosted_engine_conf
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.plugins.deployed import deployment
from ovirt_hc_setup.resources.brick_on import VERB as BRICK
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.runner.attempt import Attempt, newest_attempt
from ovirt_hc_setup.runner.run_folder import RUNS, RunFolder, all_runs
from ovirt_hc_setup.sitting.following import at_work
from ovirt_hc_setup.sitting.standing import stands
from ovirt_hc_setup.system.deployment.local_deployment import CONF, LocalDeployment


@dataclass(frozen=True)
class RunHere:
    """`state` as `RunFolder.state`; `active`: its worker is at work now; `attempt` is the newest one, None before the first."""

    folder: RunFolder
    verb: str
    state: str
    active: bool
    since: float
    attempt: Attempt | None

    @property
    def undoing(self) -> bool:
        return self.state == "undoing" or (self.attempt is not None and self.attempt.undoing)

    def lines(self) -> list[str]:
        """What to tell an operator: a line of what it is, then what to do."""
        return [self.summary(), *(f"  {what + ':':<10} {how}" for what, how in self.ways())]

    def summary(self) -> str:
        what = f"Run {self.folder.id} ({self.verb})"
        attempt = self.attempt
        if self.active and attempt is None:
            return f"{what} has just been started."
        if attempt is None:
            return f"{what} was confirmed {_at(self.since)}, and nothing of it was begun."
        steps = f"{attempt.done} steps undone" if self.undoing else f"{attempt.done} of {attempt.steps} steps done"
        if self.active:
            now = "; now: " + ", ".join(attempt.doing.values()) if attempt.doing else ""
            return f"{what} is {'being undone' if self.undoing else 'running'} {_at(attempt.begun)}: {steps}{now}."
        why = attempt.end.message.splitlines()[0] if attempt.end is not None and attempt.end.message else "it was killed"
        half = "is only partly undone" if self.undoing else "stopped half way"
        return f"{what} {half}, {_at(attempt.last)}: {steps}. Why: {why}"

    def ways(self) -> Sequence[tuple[str, str]]:
        """What can be done, and by which command."""
        undo = f"ovirt-hc-setup reset {self.folder.id}"
        if self.verb == BRICK:
            return [("Continue", "another host started it: run the same command again there"), ("Undo", undo)]
        if self.active:
            return [("Watch", f"ovirt-hc-setup {self.verb} --attach")]
        if self.undoing:
            return [("Finish", undo)]
        return [("Continue", f"ovirt-hc-setup {self.verb}, with the options it had"), ("Undo", undo)]

    def row(self) -> str:
        """A line in a list of runs."""
        return f"{self.folder.id:<34} {'running' if self.active else self.state:<10} {_at(self.since)}"

    def values(self) -> dict[str, Any]:
        """For `status --json`."""
        attempt = self.attempt
        return {
            "id": self.folder.id,
            "verb": self.verb,
            "state": self.state,
            "active": self.active,
            "since": attempt.begun if attempt is not None else self.since,
            "last": attempt.last if attempt is not None else self.since,
            "steps": attempt.steps if attempt is not None else 0,
            "done": attempt.done if attempt is not None else 0,
            "doing": list(attempt.doing) if attempt is not None and self.active else [],
            "message": attempt.end.message if attempt is not None and attempt.end is not None else "",
        }

    def deployment(self) -> LocalDeployment | None:
        """The deployment that this run makes, as its plan has it; None where the plan has none or cannot be read."""
        try:
            kinds = assembled(self.folder.about.plugins).kinds
            for one in self.folder.resources(kinds):
                if isinstance(one, File) and one.path == CONF:
                    return deployment(hosted_engine_conf.read(one.content))
        except SetupError:
            return None
        return None


def unfinished(host: Host, root: Path = RUNS) -> RunHere | None:
    """The newest run that is neither finished nor undone."""
    return next((run for run in runs_here(host, root) if run.state != "finished"), None)


def runs_here(host: Host, root: Path = RUNS) -> list[RunHere]:
    """The runs that are not taken back, newest first; a folder that cannot be read is passed over, and so is history."""
    return [run for folder in reversed(all_runs(root)) if (run := _read(host, folder)) is not None]


def _read(host: Host, folder: RunFolder) -> RunHere | None:
    try:
        if not stands(folder):
            return None
        state = folder.state
        active = state != "finished" and _at_work(host, folder)
        return RunHere(folder, folder.verb, state, active, folder.state_since, newest_attempt(folder.events))
    except SetupError:
        return None


def _at_work(host: Host, folder: RunFolder) -> bool:
    try:
        return at_work(host, folder)
    except SetupError:
        return False  # it has said its last word, and only the kernel keeps it


def _at(at: float) -> str:
    return time.strftime("since %Y-%m-%d %H:%M:%S", time.localtime(at))
