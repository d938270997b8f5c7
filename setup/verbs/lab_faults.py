"""`lab power-off` and its like: what goes wrong in a cluster, done to hosts of a lab."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab import faults
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.whole_lab import Lab

_MOST = 86400  # a day, in seconds
_HOST = f"one of {', '.join(HOSTS)}, or of the others if there are more"


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Declare the actions of `lab` that do harm, and those that end it; the parsers."""
    off = _action(actions, "power-off", "end a host at once, as a power failure does", _power_off)
    on = _action(actions, "power-on", "boot a host that is off", _power_on)
    freeze = _action(actions, "freeze", "let a host stand still", _freeze)
    slow = _action(actions, "slow", "slow down a host's network or its bricks' disks", _slow)
    clock = _action(actions, "clock", "move a host's clock", _clock)
    for action in (off, on, freeze, clock):
        action.add_argument("host", metavar="LAB-HOST", help=_HOST)
    slow.add_argument("host", metavar="LAB-HOST[/LINK]", help=f"{_HOST}; with /LINK only what it sends over that one")
    cut = _action(actions, "cut", "cut a host off, or the link between two", _cut)
    meant = "one host, off from everything; or two, only from one another; HOST/LINK is one link of a host, as hc1/host1"
    cut.add_argument("link", metavar="A[:B]", help=meant)
    for action in (freeze, cut):
        action.add_argument("--for", dest="seconds", type=_above_zero, metavar="S", help="end it after S seconds; wait so long")
    slow.add_argument("--net", type=_above_zero, metavar="MS", help="delay what it sends by so many milliseconds")
    slow.add_argument("--disk", type=_above_zero, metavar="MS", help="one operation of its bricks in so many milliseconds")
    clock.add_argument("seconds", type=int, metavar="+SECONDS", help="forward, or backward with a minus sign")
    mend = _action(actions, "mend", "end every cut, slowness and standstill", lambda lab, args: faults.mend(lab))
    return [off, on, freeze, slow, clock, cut, mend]


def _above_zero(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 to {_MOST}")
    return int(text)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    do: Callable[[Lab, argparse.Namespace], None],
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(do=do)
    return parser


def _power_off(lab: Lab, args: argparse.Namespace) -> None:
    lab.kill(args.host)


def _power_on(lab: Lab, args: argparse.Namespace) -> None:
    lab.start(args.host)


def _freeze(lab: Lab, args: argparse.Namespace) -> None:
    faults.freeze(lab, args.host)
    _until(lab, args.seconds)


def _cut(lab: Lab, args: argparse.Namespace) -> None:
    one, _, other = args.link.partition(":")
    faults.cut(lab, one, other or None)
    _until(lab, args.seconds)


def _until(lab: Lab, seconds: int | None) -> None:
    if seconds is None:
        return
    try:
        time.sleep(seconds)
    finally:
        faults.mend(lab)


def _slow(lab: Lab, args: argparse.Namespace) -> None:
    if not args.net and not args.disk:
        raise UsageError("nothing says what is to be slow", hint="Give --net MS, --disk MS or both.")
    if args.net:
        faults.slow_network(lab, args.host, args.net)
    if args.disk:
        faults.slow_disks(lab, args.host.partition("/")[0], args.disk)


def _clock(lab: Lab, args: argparse.Namespace) -> None:
    faults.set_clock(lab, args.host, args.seconds)
