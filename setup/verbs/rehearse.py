"""`rehearse`: the main job, for real, on three hosts inside this machine."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.lab import Lab
from ovirt_hc_setup.report.words import span
from ovirt_hc_setup.verbs.options import add_output, require_root

INTRODUCTION = """
You are on hc1, the first of three hosts that live inside this machine. Good answers here:
  storage path   hc1.hc.test:/engine        engine's name  engine.hc.test
  memory         1024                       disk           5
The addresses come by DHCP. Leave with Ctrl-C.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "rehearse",
        help="deploy for real on three hosts inside this machine",
        description="Bring up three hosts inside this machine, build a replica-3 volume on them, deploy a hosted engine "
        "(a small stand-in appliance, everything else is real), look at it from outside, and take it all down again.",
    )
    parser.add_argument("--keep", action="store_true", help="leave the hosts running; `lab down` ends them")
    parser.add_argument("--interactive", action="store_true", help="ask the real questions instead of answering them")
    parser.add_argument("--name", help="which lab, when there are several")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """0 when the engine's health page answered from another host and everything else is as promised."""
    require_root()
    begun = time.monotonic()
    if args.interactive and not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask at", hint="Leave --interactive out.")
    lab = Lab(args.name)
    kept = args.keep or lab.is_up()  # one that was up before is not ours to take down
    code = 1
    try:
        code = _rehearse(args, lab, begun)
        print(f"Rehearsal {'succeeded' if code == 0 else 'FAILED'} after {span(time.monotonic() - begun)}.", flush=True)
        return code
    finally:
        if kept:
            print("The hosts are kept: ovirt-hc-setup lab exec hc1 -- virsh list; ovirt-hc-setup lab down ends them.")
        else:
            lab.down(_say(begun))


def _rehearse(args: argparse.Namespace, lab: Lab, begun: float) -> int:
    rehearsal.prepare(lab, _say(begun))
    options = ("--output", args.output)
    if args.interactive:
        print(INTRODUCTION)
        code = rehearsal.deploy_by_hand(lab, options)
    else:
        answers = rehearsal.answers_file().read_bytes()
        code = rehearsal.deploy(lab, answers, options, terminal=sys.stdout.isatty())
    return code or _verdict(lab)


def _verdict(lab: Lab) -> int:
    verdicts = rehearsal.verdicts(lab)
    for verdict in verdicts:
        print(f"[{'ok' if verdict.ok else 'FAILED':^7}] {verdict.what}: {verdict.seen}", flush=True)
    return 0 if all(verdict.ok for verdict in verdicts) else 4


def _say(begun: float) -> Callable[[str], None]:
    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {text}", flush=True)

    return say
