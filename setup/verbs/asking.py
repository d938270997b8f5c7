"""Whom a verb may ask, and how it shows what it does: one decides about the other.

The machine dialect owns standard output, so `--output` is not for it. With `--output jsonl` nobody is asked: a question among
the lines would be one that no reader expects.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.shown import NAME
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.dialog import Dialog, interactive
from ovirt_hc_setup.report.choosing import Output

OTOPI_DIALECT = ("DIALOG/dialect=machine", "DIALOG/dialect=str:machine")


def dialog_of(args: argparse.Namespace) -> Dialog | None:
    """Who is asked; None with `--unattended`, and where there is nobody to ask."""
    return None if getattr(args, "unattended", False) else _there(args)


def asker(args: argparse.Namespace) -> Dialog | None:
    """Who answers the questions; None with `--unattended`. Raises UsageError without a terminal."""
    if args.unattended:
        return None
    more = args.answers or args.settings or args.environment
    words = getattr(args, "words", (args.verb,))
    dialog = _there(args, "the same command" if more else f"{NAME} {shlex.join(words)}")
    if dialog is None:
        hint = "Use --unattended with --answers FILE, or --dialog machine, or run it at a terminal."
        raise UsageError(_nobody(args), hint=hint)
    return dialog


def secret_asker(args: argparse.Namespace) -> Dialog | None:
    """Who is asked for secrets with `--ask-secrets`. Raises UsageError without a terminal."""
    if not args.ask_secrets:
        return None
    dialog = _there(args)
    if dialog is None:
        hint = "Run it at a terminal, or give them as file:PATH or env:NAME."
        raise UsageError(f"--ask-secrets: {_nobody(args)}", hint=hint)
    return dialog


def menu_of(args: argparse.Namespace) -> Dialog | None:
    """Who is asked what Ctrl-C means, also with `--unattended`; None: it leaves the view."""
    return None if by_machine(args) else _there(args)


def output_of(args: argparse.Namespace) -> Output:
    """How events are shown. Raises UsageError for `--output` with the machine dialect."""
    output: Output = args.output
    if not by_machine(args):
        return output
    if output != "auto":
        hint = f"Omit --output {output}. Another process can follow a run: deploy --attach --output jsonl."
        raise UsageError("--dialog machine needs standard output for itself", hint=hint)
    return "machine"


def by_machine(args: argparse.Namespace) -> bool:
    """Whether a program answers: by `--dialog machine`, or as otopi was told so on the command line."""
    return getattr(args, "dialog", "") == "machine" or _as_otopi(args)


def _as_otopi(args: argparse.Namespace) -> bool:
    given: Iterable[str] = (*getattr(args, "settings", ()), *" ".join(getattr(args, "environment", ())).split())
    return any(word in OTOPI_DIALECT for word in given)


def _there(args: argparse.Namespace, command: str = "") -> Dialog | None:
    """`command` goes on where a person leaves in the middle of the questions."""
    if by_machine(args):
        from ovirt_hc_setup.dialog.machine import Machine

        return Machine()
    return None if _jsonl(args) or not interactive() else Console(command)


def _nobody(args: argparse.Namespace) -> str:
    return "--output jsonl asks no questions" if _jsonl(args) else "there is no terminal for questions"


def _jsonl(args: argparse.Namespace) -> bool:
    return getattr(args, "output", "") == "jsonl"
