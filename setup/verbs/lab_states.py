"""`lab save` and its like: hosts that took long to bring where they are, kept and started again within a minute."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from ovirt_hc_setup.lab import states
from ovirt_hc_setup.lab.state_saving import save


def add_actions(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], timed: Callable[[], Callable[[str], None]]
) -> list[argparse.ArgumentParser]:
    """Declare the actions of `lab` about saved states; the parsers of those that are about one lab."""
    saving = actions.add_parser(
        "save",
        help="keep the hosts as they are, for `lab up --from`",
        description="Stop the hosts cleanly, copy them, and start them again. Guests are saved with their memory and go on.",
    )
    saving.set_defaults(do=lambda lab, args: save(lab, args.state, timed()))
    saving.add_argument("state", metavar="STATE", help="its name: small letters, digits and dashes")
    listing = actions.add_parser(
        "states",
        help="list what is saved, or remove one",
        description="List the saved states.",
        epilog="examples:\n  ovirt-hc-setup lab states\n  ovirt-hc-setup lab states --forget joined",
    )
    listing.add_argument("--forget", metavar="STATE", help="remove this one instead")
    listing.set_defaults(do=lambda lab, args: states.forget(args.forget) if args.forget else _list(), name=None)
    return [saving]


def _list() -> None:
    if not states.saved_states():
        print("no state is saved")
    for state in states.saved_states():
        kind = state.kind
        old = "" if state.current else "  (of another version of the program)"
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(state.folder.stat().st_mtime))
        print(f"{state.name:<24} {made}  {state.bytes / 2**30:4.1f} GiB  {kind.name}, {', '.join(kind.suites)}{old}")
