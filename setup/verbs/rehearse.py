"""`rehearse`: the main job, for real, on three hosts inside this machine."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.lab import rehearsal
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.words import span
from ovirt_hc_setup.verbs.lab import add_kind, chosen_kind

INTRODUCTION = """
You are on hc1, the first of three hosts that live inside this machine.
Press Enter at most questions, except these:
  name of the engine     engine.hc.test
  passwords              what you like
  size of its disk       5
Addresses come from DHCP. Ctrl-C quits.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "rehearse",
        help="deploy for real on three hosts inside this machine",
        description="Bring up three hosts inside this machine, build a replica-3 volume on them, deploy a hosted engine "
        "(a small stand-in appliance, everything else is real), check it from outside, and remove everything again.",
        epilog="examples:\n  ovirt-hc-setup rehearse\n  ovirt-hc-setup rehearse --interactive --keep",
    )
    parser.add_argument("--keep", action="store_true", help="leave the hosts running; `lab down` removes them")
    parser.add_argument("--interactive", action="store_true", help="ask the real questions instead of answering them")
    parser.add_argument("--name", help="which lab, when there are several")
    add_kind(parser)
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """0 when the engine's health page answered from another host and everything else is as promised."""
    require_root()
    begun = time.monotonic()
    if args.interactive and args.output == "jsonl":
        raise UsageError("--output jsonl asks no questions", hint="Leave --interactive or --output out.")
    if args.interactive and not sys.stdin.isatty():
        raise UsageError("there is no terminal for questions", hint="Leave --interactive out.")
    lab = Lab(args.name)
    kept = args.keep or lab.is_up()  # one that was up before is not ours to take down
    code = 1
    try:
        code = _rehearse(args, lab, begun)
        how = {0: "succeeded", 5: "was left", 130: "was left"}.get(code, "FAILED")
        _tell(args)(f"Rehearsal {how} after {span(time.monotonic() - begun)}.")
        return code
    finally:
        if kept:
            name = f" --name {args.name}" if args.name else ""
            _tell(args)(f"The hosts keep running: ovirt-hc-setup lab exec{name} hc1 -- virsh list")
            _tell(args)(f"To remove them:         ovirt-hc-setup lab down{name}")
        else:
            lab.down(_say(args, begun))


def _rehearse(args: argparse.Namespace, lab: Lab, begun: float) -> int:
    rehearsal.prepare(lab, _say(args, begun), chosen_kind(args))
    options = ("--output", args.output, *(("--verbose",) if args.verbose else ()))
    if args.interactive:
        print(INTRODUCTION)
        code = rehearsal.deploy_by_hand(lab, options)
    else:
        answers = rehearsal.answers_file().read_bytes()
        code = rehearsal.deploy(lab, answers, options, terminal=sys.stdout.isatty())
    return code or _verdict(args, lab)


def _verdict(args: argparse.Namespace, lab: Lab) -> int:
    verdicts = rehearsal.verdicts(lab)
    for verdict in verdicts:
        _tell(args)(f"[{'ok' if verdict.ok else 'FAILED':^7}] {verdict.what}: {verdict.seen}")
    return 0 if all(verdict.ok for verdict in verdicts) else 4


def _say(args: argparse.Namespace, begun: float) -> Callable[[str], None]:
    tell = _tell(args)
    return lambda text: tell(f"[{time.monotonic() - begun:6.1f} s] {text}")


def _tell(args: argparse.Namespace) -> Callable[[str], None]:
    """Says a line, as an event where events are wanted."""
    if args.output == "jsonl":
        report = reporter("jsonl")
        return lambda text: report(Note(text=text))
    return lambda text: print(shown(text), flush=True)
