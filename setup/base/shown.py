"""Text on its way to a person's eyes: without anything that steers a terminal, its commands as that person can give them.

Inside, in events and files, our own commands are written `ovirt-hc-setup VERB ...`. How the program was called here, the
launcher and the hosts of a rehearsal say in the environment; it stands in front when such a text is shown.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from functools import cache

from ovirt_hc_setup.base.event_types import plain

NAME = "ovirt-hc-setup"
CALLED = "OVIRT_HC_CALLED"
"""The environment variable: the path that the program was called by, or words of a shell that lead to it."""

FOR_HOSTS = ("deploy", "add-host", "remove-host", "check", "status", "engine", "reset")
VERBS = (*FOR_HOSTS, "answers", "events", "bundle", "completion", "man", "rehearse", "lab")

_COMMAND = re.compile(rf"(?<![\w./-]){NAME}(?= (?:{'|'.join(VERBS)}|--help|VERB)\b)")


def shown(text: str) -> str:
    return as_called(plain(text))


def as_called(text: str) -> str:
    """`text` with our own commands as they can be given here."""
    return _COMMAND.sub(lambda found: called(), text) if NAME in text else text


def called() -> str:
    """How this program is called here, as words for a shell: its name where the PATH leads to it."""
    return _called(os.environ.get(CALLED, ""), sys.argv[0], os.environ.get("PATH"))


@cache
def _called(told: str, started: str, path: str | None) -> str:
    way = told or started
    if not told and os.path.basename(started) == "__main__.py":
        return shlex.join((sys.executable, "-I", "-m", "ovirt_hc_setup"))
    if told and " " in told and not os.path.exists(told):
        return told
    if os.path.basename(way) != NAME:
        return NAME
    found = shutil.which(NAME, path=path)
    if "/" not in way or (found is not None and os.path.exists(way) and os.path.samefile(found, way)):
        return NAME
    return shlex.quote(way)
