"""`worker` (not for operators): applies or undoes a run folder, started as a transient unit by the other verbs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.commandline.options import require_root
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.resources.brick_on import VERB as BRICK
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.runner.run_work import HeldLock, apply_run, undo_run
from ovirt_hc_setup.sitting.judged_late import judge_of
from ovirt_hc_setup.system.host.commands import LocalHost

WATCH = "To watch it: ovirt-hc-setup {verb} --attach"
LAST_WORD = "ended with "
"""How the line begins in the unit's journal."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("worker", description="Apply or undo a run folder; started by the other verbs.")
    parser.add_argument("action", choices=("apply", "undo"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--by", default="", help="who began it, from where")
    parser.add_argument("--leave", action="append", default=[], help="do not take this back")
    parser.add_argument("--verbose", action="store_true", help="let the commands be events of the run")


def run(args: argparse.Namespace) -> int:
    """The last word of a run that failed goes to the unit's journal too: the disk that events are written to may be full."""
    require_root()
    folder = RunFolder(args.folder)
    kinds = assembled(folder.about.plugins).kinds
    host = LocalHost(folder.about.host)
    log = EventLog(folder.events, host.name, tuple(folder.secrets.all().values()))
    if args.verbose:
        tell_commands(log)
    folder.refuse_newer(__version__)
    hint = "Another host has asked for it: it ends by itself." if folder.verb == BRICK else WATCH.format(verb=folder.verb)
    held = HeldLock(args.by, hint)
    if args.action == "undo":
        last = undo_run(folder, host, kinds, log, held, args.leave)
    else:
        last = apply_run(folder, host, kinds, log, held, judge_of(folder, host))
    if last.exit_code:
        print(f"{LAST_WORD}{last.exit_code}: {plain(last.message)}", file=sys.stderr, flush=True)
    return last.exit_code
