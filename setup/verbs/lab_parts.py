"""`lab add-disk` and its like: what is plugged into a host while it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ovirt_hc_setup.lab import parts
from ovirt_hc_setup.lab.places import HOSTS
from ovirt_hc_setup.lab.topologies import MAIN, NETWORKS
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.model.size import Size

_Do = Callable[[Lab, argparse.Namespace], None]


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Declare the actions of `lab` that plug something in or pull it out; the parsers."""
    disk = _action(actions, "add-disk", "plug a blank disk into a host that runs", _add_disk)
    nic = _action(actions, "add-nic", "plug a network card into a host that runs", _add_nic)
    out = _action(actions, "pull-out", "pull out a disk, or a card that was plugged in", _pull_out)
    disk.add_argument("size", metavar="SIZE", help="as 20G; the file that it is takes no room until it is written")
    nic.add_argument("--network", choices=NETWORKS, default=MAIN, help=f"where its cable leads to ({MAIN} unless given)")
    out.add_argument("part", metavar="PART", help="as it is called in the host, such as /dev/ubdd or host1")
    return [disk, nic, out]


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, do: _Do
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}. For hosts with kernels of their own.")
    parser.add_argument("host", metavar="LAB-HOST", help=f"one of {', '.join(HOSTS)}, or of the others if there are more")
    parser.set_defaults(do=do)
    return parser


def _add_disk(lab: Lab, args: argparse.Namespace) -> None:
    print(parts.add_disk(lab, args.host, Size.parse(args.size)))


def _add_nic(lab: Lab, args: argparse.Namespace) -> None:
    print(parts.add_nic(lab, args.host, args.network))


def _pull_out(lab: Lab, args: argparse.Namespace) -> None:
    if args.part.startswith("/"):
        parts.remove_disk(lab, args.host, Path(args.part))
    else:
        parts.remove_nic(lab, args.host, args.part)
