"""Applying, undoing and probing a single resource inside a lab's host, with a kill where a test wants one."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.runner.codec import to_plain
from ovirt_hc_setup.runner.resource import Resource

PROGRAM = Path(__file__).with_name("killed_resource.py")
WORKER = Path(__file__).with_name("worker_in_host.py")
KILLED = (-9, 137)
"""In a container it is seen by the signal, through the shell of a host with a kernel of its own by the code."""


@dataclass
class InHost:
    """One run of one resource on one host: its journal lives in the host, so that it survives kills and reboots."""

    lab: Lab
    host: str
    resource: Resource
    folder: Path = field(default_factory=lambda: Path("/var/lib/hc-test") / uuid4().hex)

    def act(self, action: str, moment: str = "none", timeout: float = 180) -> Outcome:
        """The outcome of apply or undo; its code is one of KILLED when the moment came."""
        argv = (sys.executable, str(PROGRAM), str(self.folder), action, moment)
        return self.lab.exec(self.host, *argv, stdin=self._wanted, timeout=timeout, check=False)

    def work(self, action: str, patience: float) -> Outcome:
        """A whole run of the resource, by the runner: its code is the run's, its last word on standard error."""
        argv = (sys.executable, str(WORKER), str(self.folder / "runs"), action, str(patience))
        return self.lab.exec(self.host, *argv, stdin=self._wanted, timeout=600, check=False)

    @property
    def _wanted(self) -> bytes:
        kind = type(self.resource)
        wanted = {"kind": f"{kind.__module__}.{kind.__qualname__}", "fields": to_plain(self.resource)}
        return json.dumps(wanted).encode()

    def apply(self) -> None:
        outcome = self.act("apply")
        assert outcome.ok, outcome.describe()
        assert json.loads(outcome.out.splitlines()[-1])["verdict"] == "done", outcome.out + outcome.err

    def undo(self) -> None:
        outcome = self.act("undo")
        assert outcome.ok, outcome.describe()

    def killed(self, action: str, moment: str) -> None:
        outcome = self.act(action, moment)
        assert outcome.code in KILLED, f"{moment} never came: {outcome.code} {outcome.out} {outcome.err}"
