"""`program-id` (not for operators): which program this is, for another host that asks whether it has the same."""

from __future__ import annotations

import argparse

from ovirt_hc_setup.system.remote.own_program import identity


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    subparsers.add_parser("program-id", description="Print the identity of this program.")


def run(args: argparse.Namespace) -> int:
    print(identity())
    return 0
