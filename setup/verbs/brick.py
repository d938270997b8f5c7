"""`brick` (not for operators): a run of this host's own that another host's run asks for, over SSH."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.resources.brick_on import VERB
from ovirt_hc_setup.runner.event_log import Follower
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import RunFolder, all_runs, create, read_resources
from ovirt_hc_setup.sitting.following import at_work, follow, start_worker
from ovirt_hc_setup.sitting.standing import refuse_another
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.remote.own_program import staying_command

ENDS = {"apply": "finished", "undo": "undone"}
IDENTITY = "HC_GLUSTER/brickUUID"
"""The name under which the run folder has the UUID by which it is found."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(VERB, description="Make a brick for a volume that another host builds; started by that one.")
    parser.add_argument("action", choices=("apply", "undo"))
    parser.add_argument("uuid")
    parser.add_argument("plan", help="the resources, as JSON")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    require_root()
    host = LocalHost()
    folder = _find(args.uuid)
    with reporter(args.output) as report:
        if args.action == "undo":
            return 0 if folder is None else _work(host, folder, "undo", report)
        return _work(host, folder or _made(host, args.uuid, _resources(args.plan)), "apply", report)


def _find(uuid: str) -> RunFolder | None:
    """The run for this brick that was not taken back."""
    found = [folder for folder in all_runs() if folder.verb == VERB and folder.state not in ("planned", "undone")]
    return next((folder for folder in reversed(found) if folder.answers[IDENTITY]["text"] == uuid), None)


def _resources(text: str) -> list[Resource]:
    return read_resources(text, assembled().kinds, "the plan that was sent")


def _made(host: Host, uuid: str, resources: Sequence[Resource]) -> RunFolder:
    """A new run, confirmed already: the operator has said Yes to it on the host that asks."""
    refuse_another(VERB, host.name)
    identity = {IDENTITY: {"text": uuid, "origin": "the host that builds the volume"}}
    made = create(VERB, host.name, __version__, identity, resources, program=staying_command())
    made.journal.append("", "confirmed")
    return made


def _work(host: Host, folder: RunFolder, action: str, report: Reporter) -> int:
    """Let a worker do it; one that is at work since a connection broke is seen to its end first."""
    if at_work(host, folder):
        follower = Follower(folder.events)
        follower.rewind(past_its_end=True)
        code = follow(host, folder, follower, report, None)
        if code or folder.state == ENDS[action]:
            return code
    return follow(host, folder, start_worker(host, folder, action, report), report, None)
