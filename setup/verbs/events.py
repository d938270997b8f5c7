"""`events`: what `--output jsonl` prints, as a page and as a JSON Schema. Needs neither root nor the host."""

from __future__ import annotations

import argparse
import json
import sys

from ovirt_hc_setup.report.events_page import reference, schema

EXAMPLES = """examples:
  ovirt-hc-setup events schema > event.schema.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "events",
        help="explain the lines of --output jsonl",
        description="The events that --output jsonl prints, one a line.",
        epilog=EXAMPLES,
    )
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    actions.add_parser("schema", help="a JSON Schema of one line")
    actions.add_parser("reference", help="every type and field, in Markdown")


def run(args: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n" if args.action == "schema" else reference())
    return 0
