"""Options that several verbs have."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.commandline.parser import more
from ovirt_hc_setup.report.choosing import OUTPUTS

DIALOGS = ("console", "machine")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        choices=OUTPUTS,
        default="auto",
        metavar="HOW",
        help=f"{', '.join(OUTPUTS[:-1])} or {OUTPUTS[-1]} (JSON, a line an event)",
    )
    parser.add_argument("--verbose", action="store_true", help="show every command that is run, with its exit code")


def add_dialog(parser: argparse.ArgumentParser) -> None:
    more(parser).add_argument(
        "--dialog",
        choices=DIALOGS,
        default="console",
        help="who answers: a person at the terminal, or a program over standard input and output, in otopi's machine dialect",
    )


def add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answers",
        "--config-append",
        dest="answers",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="an answer file; the last of several wins",
    )
    parser.add_argument(
        "--set", dest="settings", metavar="KEY=VALUE", action="append", default=[], help="one answer; may be repeated"
    )
    parser.add_argument("--otopi-environment", dest="environment", action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--unattended", action="store_true", help="never ask; report what is missing, and stop")
    parser.add_argument("--ask-secrets", action="store_true", help="ask for passwords, also with --unattended")
    more(parser).add_argument(
        "--plugin", metavar="NAME", action="append", default=[], help="load this installed plugin; it runs as root"
    )


def require_root() -> None:
    """Raises UsageError for anybody but root."""
    if os.geteuid() != 0:
        raise UsageError(
            f"this must be run as root, and you are user {os.geteuid()}", hint="Run it as root, or with sudo."
        )
