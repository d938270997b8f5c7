"""One run of one of the engine VM's resources on a host of the lab."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.runner.codec import to_plain
from tests.lab.in_host import InHost

PROGRAM = Path(__file__).with_name("killed_vm.py")


class VmInHost(InHost):
    """Its program knows passwords, and can be killed while it talks to libvirt."""

    def act(self, action: str, moment: str = "none", timeout: float = 180) -> Outcome:
        kind = type(self.resource)
        wanted = {"kind": f"{kind.__module__}.{kind.__qualname__}", "fields": to_plain(self.resource)}
        argv = (sys.executable, str(PROGRAM), str(self.folder), action, moment)
        return self.lab.exec(self.host, *argv, stdin=json.dumps(wanted).encode(), timeout=timeout, check=False)

    def verdict(self) -> str:
        outcome = self.act("probe")
        assert outcome.ok, outcome.describe()
        return str(json.loads(outcome.out.splitlines()[-1])["verdict"])


def shell(lab: Lab, host: str, text: str) -> str:
    """What a shell command on a host says; it has to end with 0."""
    return lab.exec(host, "sh", "-c", text).out
