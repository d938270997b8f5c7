"""A run is gone on with, and taken back, by the program that began it: its plan speaks in that one's kinds of resource."""

from __future__ import annotations

import os
import shlex
import sys

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.system.remote import own_program

HANDED_OVER = "OVIRT_HC_HANDED_OVER"
"""The environment variable that says so to the program that gets it: it hands nothing on."""


def hand_over(host: Host, folder: RunFolder, report: Reporter, *, undoing: bool = False) -> None:
    """Where another program began the run and still lies there, this one becomes that one, with the same command line.

    Raises UsageError when it does not lie there any more: it was newer, or the units of the plan would call what is not there.
    This program takes back what an older one has made.
    """
    about = folder.about
    if about.program in ((), own_program.staying_command(), own_program.own_command()):
        folder.refuse_newer(__version__)
        return
    if HANDED_OVER not in os.environ and _starts(host, about.program):
        report(Note(text=f"Run {folder.id} was begun by another program, version {about.version}. That one works on it:"))
        with report.pause():
            words = [*about.program, *sys.argv[1:]]
            os.execve(words[0], words, {**os.environ, HANDED_OVER: folder.id})  # noqa: S606
    folder.refuse_newer(__version__)
    message = f"run {folder.id} was begun by another program, version {about.version}, which is not there any more"
    if not undoing:
        hint = f"It was started by: {shlex.join(about.program)}\nTo take back what it made: ovirt-hc-setup reset {folder.id}"
        raise UsageError(message, hint=hint)
    report(Note(level="warning", text=f"{message[0].upper()}{message[1:]}: this one takes back what it made."))


def _starts(host: Host, program: tuple[str, ...]) -> bool:
    return os.access(program[0], os.X_OK) and host.run(*program, "--version", check=False).ok
