"""Whom a verb may ask."""

from __future__ import annotations

import argparse

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.dialog import Dialog, interactive


def dialog_of(args: argparse.Namespace) -> Dialog | None:
    """Who is asked; None with `--unattended`, and where there is nobody to ask."""
    return None if getattr(args, "unattended", False) else _there()


def asker(args: argparse.Namespace) -> Dialog | None:
    """Who answers the questions; None with `--unattended`. Raises UsageError without a terminal."""
    if args.unattended:
        return None
    more = args.answers or args.settings
    dialog = _there("the same command" if more else f"ovirt-hc-setup {args.verb}")
    if dialog is None:
        raise UsageError("there is no terminal to ask at", hint="Use --unattended with --answers FILE, or run it at a terminal.")
    return dialog


def secret_asker(args: argparse.Namespace) -> Dialog | None:
    """Who is asked for secrets with `--ask-secrets`. Raises UsageError without a terminal."""
    if not args.ask_secrets:
        return None
    dialog = _there()
    if dialog is None:
        hint = "Run it at a terminal, or give them as file:PATH or env:NAME."
        raise UsageError("--ask-secrets: there is no terminal to ask for them at", hint=hint)
    return dialog


def menu_of(args: argparse.Namespace) -> Dialog | None:
    """Who is asked what Ctrl-C means, also with `--unattended`; None: it leaves the view."""
    return _there()


def _there(command: str = "") -> Dialog | None:
    """`command` goes on where somebody leaves in the middle of the questions."""
    return Console(command) if interactive() else None
