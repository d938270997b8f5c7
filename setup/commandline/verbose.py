"""`--verbose`: every command that is run, with its exit code and the time it took.

What the wizard runs is told by the wizard; what the worker runs becomes an event of the run, so that it is told by whoever
shows that run, then and later. Secrets never stand in a command.
"""

from __future__ import annotations

import shlex

from ovirt_hc_setup.base.event_types import CommandRan, Sink
from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.system.host import commands

LONGEST = 300
KILLED = -9


def tell_commands(sink: Sink) -> None:
    """From now on, every command to `sink`, which has to take events from any thread."""
    commands.watch(lambda outcome: sink(_event(outcome)))


def _event(outcome: Outcome) -> CommandRan:
    words = shlex.join(outcome.request.argv)
    line = " ".join(words.split())
    command = line if len(line) <= LONGEST else line[:LONGEST] + " ..."
    code = KILLED if outcome.code is None else outcome.code
    return CommandRan(command=command, exit_code=code, elapsed=round(outcome.elapsed, 3), host=outcome.host)
