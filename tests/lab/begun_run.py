"""Run inside a lab's host: write the folder of a confirmed run that starts some units and writes some files, in that order.

Usage: begun_run.py [--verb VERB] UNIT|/FILE ... ; the new folder is printed. Without a verb it is a deployment.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from ovirt_hc_setup import __version__
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import create


def main(words: list[str]) -> None:
    verb, steps = (words[1], words[2:]) if words[0] == "--verb" else ("deploy", words)
    plan: list[Resource] = []
    for step in steps:
        after = tuple(one.name for one in plan[-1:])
        if step.startswith("/"):
            plan.append(File(name=Path(step).name, path=Path(step), content="of a test\n", after=after))
        else:
            plan.append(Unit(name=step, unit=f"{step}.service", at_boot=False, after=after))
    folder = create(verb, socket.gethostname(), __version__, {}, plan)
    folder.journal.append("", "confirmed", by="a test")
    print(folder.path)


if __name__ == "__main__":
    main(sys.argv[1:])
