"""`asked-plan` (not for operators): what joining would be on this host, asked by the host that is deployed on, over SSH.

What is asked for stands on standard input, as JSON. Answers, findings and plan are said as events, and nothing is changed here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from ovirt_hc_setup import facts
from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.formats import shaped_json
from ovirt_hc_setup.formats.hosted_engine.promise import Promise
from ovirt_hc_setup.goals import JOINING
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.closing import joined_page
from ovirt_hc_setup.runner.codec import from_plain
from ovirt_hc_setup.sitting.run_making import Sitting
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.verbs.add_host import Joining

VERB = "asked-plan"
LONGEST = 1 << 20
"""Bytes of what is asked for: the configuration in it has 20 KiB."""


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`settings`: answers as `--set` has them. `host_id` was given out for this host by who asks."""

    plugins: tuple[str, ...]
    settings: tuple[str, ...]
    host_id: int
    promise: dict[str, Any]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(VERB, description="Plan on this host what another one asks for; change nothing.")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    require_root()
    text = sys.stdin.buffer.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise FormatError(f"what is asked for has more than {LONGEST} bytes")
    asked = shaped_json.read(text, PlanRequest, "what is asked for")
    options = RunOptions(
        plugin=asked.plugins,
        settings=asked.settings,
        propose_host_id=asked.host_id,
        unattended=True,
        plan=True,
        output=args.output,
    )
    with reporter(args.output) as report:
        sitting = Sitting(JOINING, options, LocalHost(), report, joined_page)
        sitting.refuse_deployed()
        return Joining(sitting, promised=_promised(asked)).begin()


def _promised(asked: PlanRequest) -> Mapping[str, Any]:
    """By the names of facts. How much room the disk has is the first host's concern."""
    promise = from_plain(asked.promise, Promise)
    built = {facts.VOLUME_PLAN.name: promise.volume, facts.DISK_ROOM.name: None} if promise.volume is not None else {}
    return {facts.SHARED.name: promise.deployment(asked.host_id), **built}
