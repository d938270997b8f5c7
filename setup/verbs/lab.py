"""`lab`: the hosts of a rehearsal, by themselves."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

from ovirt_hc_setup.commandline.options import require_root
from ovirt_hc_setup.lab.host_kinds import (
    KERNEL_VARIABLE,
    KIND_NAMES,
    NETWORK_VARIABLE,
    SUITE_VARIABLE,
    HostKind,
    kind_asked_for,
)
from ovirt_hc_setup.lab.kernel import kernel
from ovirt_hc_setup.lab.places import DEFAULT_NAME, EVERY_HOST, HOSTS, NAME_VARIABLE
from ovirt_hc_setup.lab.recipe import SUITES
from ovirt_hc_setup.lab.rehearsal import make_ready
from ovirt_hc_setup.lab.state_saving import begin_from
from ovirt_hc_setup.lab.topologies import TOPOLOGIES
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.verbs import lab_faults, lab_parts, lab_states

_SHELL = ("bash", "-l")
EXAMPLES = """examples:
  ovirt-hc-setup lab cut hc1:hc2 --for 60"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb and its actions."""
    parser = subparsers.add_parser(
        "lab",
        help="start, use and remove three test hosts on this machine",
        description=f"Hosts ({', '.join(HOSTS)}) with disks and a network of their own.",
        epilog=EXAMPLES,
    )
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    up = actions.add_parser(
        "up", help="start what is not running", description="Start the hosts, or those of a lab that are down."
    )
    up.add_argument(
        "--hosts",
        type=int,
        choices=range(len(HOSTS), len(EVERY_HOST) + 1),
        default=len(HOSTS),
        metavar="N",
        help=f"how many: {len(HOSTS)} (unless given), at most {len(EVERY_HOST)}; those beyond the third have no disks",
    )
    up.add_argument("--from", dest="state", metavar="STATE", help="as the hosts were when `lab save STATE` kept them")
    add_kind(up)
    down = actions.add_parser("down", help="stop and remove all of it", description="Stop the hosts and remove them.")
    ready = actions.add_parser(
        "prepare", help="build and cache what is slow to build", description="Prepare what the hosts and the engine need."
    )
    add_kind(ready)
    ready.add_argument("--newer-kernel", action="store_true", help="fetch the newest kernel for hosts that have one of their own")
    inside = actions.add_parser("exec", help="run a command in a host", description="Run a command in a host as root.")
    inside.add_argument("host", metavar="LAB-HOST", help=f"one of {', '.join(HOSTS)}")
    inside.add_argument("command", metavar="-- CMD", nargs=argparse.REMAINDER, help="the command; a login shell without one")
    more = (*lab_faults.add_actions(actions), *lab_parts.add_actions(actions), *lab_states.add_actions(actions, _timed))
    for action in (up, down, inside, *more):
        action.add_argument("--name", help=f"which lab (else {NAME_VARIABLE}, else '{DEFAULT_NAME}')")


def add_kind(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say of what kind the hosts are."""
    parser.add_argument(
        "--kernel",
        choices=KIND_NAMES,
        metavar="KERNEL",
        help=f"this machine's for all (container), or one of their own (own); else {KERNEL_VARIABLE}, else container",
    )
    parser.add_argument(
        "--suite",
        metavar="SUITE[,SUITE...]",
        help=f"Debian's: {' or '.join(SUITES)}; several, host by host; else {SUITE_VARIABLE}, else {SUITES[0]}",
    )
    wirings = ", ".join(TOPOLOGIES)
    wired = f"how they are wired: {wirings}; else {NETWORK_VARIABLE}, else one"
    parser.add_argument("--network", choices=TOPOLOGIES, metavar="WIRING", help=wired)


def chosen_kind(args: argparse.Namespace) -> HostKind | None:
    """The kind of the options; None when none is given. What some of them leave open is as the environment says."""
    given = (args.kernel, args.suite, args.network)
    return None if given == (None, None, None) else kind_asked_for(*given)


def run(args: argparse.Namespace) -> int:
    """Do the action; the exit code of `exec` is that of the command."""
    require_root()  # before a lock is made that root could not take
    if args.action == "prepare":
        make_ready(_timed(), chosen_kind(args) or kind_asked_for())
        if args.newer_kernel:
            kernel(_timed(), newer=True)
        return 0
    lab = Lab(args.name)
    if args.action == "up" and args.state:
        begin_from(lab, args.state, _timed(), args.hosts, chosen_kind(args))
    elif args.action == "up":
        lab.up(_timed(), args.hosts, chosen_kind(args))
    elif args.action == "down":
        lab.down(_timed())
    elif "do" in args:
        args.do(lab, args)
    else:
        _become(lab, args.host, args.command)
    return 0


def _timed() -> Callable[[str], None]:
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:6.1f} s] {text}", flush=True)

    return say


def _become(lab: Lab, host: str, command: list[str]) -> None:
    argv = command[1:] if command[:1] == ["--"] else command
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    entered = lab.host(host).entering(argv or _SHELL, terminal=terminal)
    # Replaced, not waited for: input, output, signals and exit code are then the command's own.
    os.execvp(entered[0], entered)  # noqa: S606
