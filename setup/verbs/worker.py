"""`worker` (not for operators): applies or undoes a run folder, started as a transient unit by the other verbs."""

from __future__ import annotations

import argparse
from pathlib import Path

from ovirt_hc_setup.plugins import BUILT_IN
from ovirt_hc_setup.resources.kinds import KINDS
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.plugins import Plugins
from ovirt_hc_setup.runner.run_folder import RunFolder, kinds_by_name
from ovirt_hc_setup.runner.worker import apply_run, undo_run
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.verbs.options import require_root
from ovirt_hc_setup.verbs.verbose import tell_commands


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("worker", description="Apply or undo a run folder; started by the other verbs.")
    parser.add_argument("action", choices=("apply", "undo"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="let the commands be events of the run")


def run(args: argparse.Namespace) -> int:
    require_root()
    folder = RunFolder(args.folder)
    kinds = kinds_by_name((*KINDS, *Plugins(BUILT_IN, folder.about.get("plugins", ())).kinds()))
    work = apply_run if args.action == "apply" else undo_run
    if args.verbose:
        tell_commands(EventLog(folder.events, str(folder.about["host"]), tuple(folder.secrets.all().values())))
    return work(folder, LocalHost(str(folder.about["host"])), kinds)
