"""`status`: the engine, its VM and lease, the hosts, the storage and the volume, as this host sees them."""

from __future__ import annotations

import argparse
import sys

from ovirt_hc_setup.base.errors import NotDeployed
from ovirt_hc_setup.base.events import Status
from ovirt_hc_setup.formats import status_json
from ovirt_hc_setup.report import status_table
from ovirt_hc_setup.report.reporters import Plain, reporter
from ovirt_hc_setup.system import deployment_look, local_deployment
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.system.local_deployment import CONF
from ovirt_hc_setup.verbs.options import add_output, require_root
from ovirt_hc_setup.verbs.verbose import tell_commands

UNREAD = 4


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "status",
        help="the engine, its hosts, the volume and the domain",
        description="Show the state of the deployment that this host is part of. Nothing is changed. "
        f"Ends with 0, with {UNREAD} when a part of it could not be read, with 6 when nothing is deployed here.",
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
    deployment = local_deployment.find(host)
    if deployment is None:
        if args.json:
            print("{}", flush=True)
        raise NotDeployed(f"nothing is deployed on this host: {CONF} is not there", hint="Start with: ovirt-hc-setup deploy")
    status = deployment_look.look(host, deployment)
    if args.output == "jsonl":
        reporter("jsonl")(Status(status=status_json.as_values(status)))
    elif args.json:
        print(status_json.write(status), end="", flush=True)
    else:
        status_table.show(status, args.output)
    return UNREAD if status.troubles else 0
