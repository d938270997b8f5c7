"""`status`: the engine, its VM and lease, the hosts, the storage and the volume, as this host sees them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from ovirt_hc_setup.base.errors import NotDeployed
from ovirt_hc_setup.base.event_types import Status, plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.formats.hosted_engine import status_json
from ovirt_hc_setup.model.deployment_status import DeploymentStatus
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.report import status_table
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.runner.apply_one import EventProgress
from ovirt_hc_setup.sitting.runs_here import RunHere, runs_here
from ovirt_hc_setup.system.deployment import deployment_look
from ovirt_hc_setup.system.deployment.local_deployment import CONF, LocalDeployment
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.storage import mounts

UNREAD = 4
TAKEN_BACK = "What one of them made is taken back by: ovirt-hc-setup reset RUN"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "status",
        help="the engine, its hosts, the volume and the domain",
        description="Show the state of the deployment that this host is part of. Nothing is changed. "
        f"Ends with 0, with {UNREAD} when a part could not be read or a run is unfinished, with 6 when nothing is deployed here.",
        epilog="examples:\n  ovirt-hc-setup status\n  ovirt-hc-setup status --json | jq .storage",
    )
    parser.add_argument("--json", action="store_true", help="as `hosted-engine --vm-status --json`, and more")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """0, or 4 when something could not be read (all the rest is shown); raises NotDeployed."""
    require_root()
    if args.verbose:
        tell_commands(reporter("jsonl") if args.output == "jsonl" else Plain(sys.stderr))
    host = LocalHost()
    deployment, runs = deployed.find(host), runs_here(host)
    run = next((one for one in runs if one.state != "finished"), None)
    if deployment is None and run is None:
        if runs or args.json:
            _show(args, None, runs)
        raise NotDeployed(f"nothing is deployed on this host: {CONF} is not there", hint="Start with: ovirt-hc-setup deploy")
    deployment = deployment or _begun(host, run)
    waiting = partial(EventProgress("status", Plain(sys.stderr)).amount, unit="seconds")
    status = deployment_look.look(host, deployment, waiting) if deployment is not None else None
    _show(args, status, runs)
    return UNREAD if run is not None or status is None or status.troubles else 0


def _begun(host: Host, run: RunHere | None) -> LocalDeployment | None:
    """What an unfinished run has made of a deployment so far: nothing before its storage is mounted."""
    planned = run.deployment() if run is not None else None
    return planned if planned is not None and mounts.mounted_at(host, planned.mount_point) is not None else None


def _show(args: argparse.Namespace, status: DeploymentStatus | None, runs: Sequence[RunHere]) -> None:
    values = status_json.as_values(status) if status is not None else {}
    begun = [run for run in runs if run.state != "finished"]
    values |= {"run": begun[0].values()} if begun else {}
    values |= {"runs": [run.values() for run in runs]} if runs else {}
    if args.output == "jsonl":
        reporter("jsonl")(Status(status=values))
        return
    if args.json:
        print(plain(status_json.write(values)), end="", flush=True)
        return
    for run in begun:
        print("\n".join(shown(line) for line in run.lines()), end="\n\n", flush=True)
    if status is not None:
        status_table.show(status, args.output)
    if len(runs) > len(begun):
        lines = ("", "Runs of this host:", *(f"  {run.row()}" for run in runs), TAKEN_BACK)
        print("\n".join(shown(line) for line in lines), flush=True)
