"""Run inside a lab's host: write the folder of a confirmed deployment that starts some units, one after the other.

Usage: begun_run.py UNIT ... ; the new folder is printed.
"""

from __future__ import annotations

import socket
import sys
from itertools import pairwise

from ovirt_hc_setup import __version__
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.run_folder import create


def main(units: list[str]) -> None:
    before = {after: (first,) for first, after in pairwise(units)}
    plan = [Unit(name=unit, unit=f"{unit}.service", at_boot=False, after=before.get(unit, ())) for unit in units]
    folder = create("deploy", socket.gethostname(), __version__, {}, plan)
    folder.journal.append("", "confirmed", by="a test")
    print(folder.path)


if __name__ == "__main__":
    main(sys.argv[1:])
