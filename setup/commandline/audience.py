"""Whom a verb may ask, and how it shows what it does: one decides about the other.

The machine dialect owns standard output, so `--output` is not for it. With `--output jsonl` nobody is asked: a question among
the lines would be one that no reader expects.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.shown import NAME
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.dialog.console import Console
from ovirt_hc_setup.dialog.dialog import Dialog, interactive
from ovirt_hc_setup.report.choosing import Output

OTOPI_DIALECT = ("DIALOG/dialect=machine", "DIALOG/dialect=str:machine")


def dialog_of(options: RunOptions) -> Dialog | None:
    """Who is asked; None with `--unattended`, and where there is nobody to ask."""
    return None if options.unattended else _there(options)


def asker(options: RunOptions) -> Dialog | None:
    """Who answers the questions; None with `--unattended`. Raises UsageError without a terminal."""
    if options.unattended:
        return None
    more = options.answers or options.settings or options.environment
    words = options.words
    dialog = _there(options, "the same command" if more else f"{NAME} {shlex.join(words)}")
    if dialog is None:
        hint = "Use --unattended with --answers FILE, or --dialog machine, or run it at a terminal."
        raise UsageError(_nobody(options), hint=hint)
    return dialog


def secret_asker(options: RunOptions) -> Dialog | None:
    """Who is asked for secrets with `--ask-secrets`. Raises UsageError without a terminal."""
    if not options.ask_secrets:
        return None
    dialog = _there(options)
    if dialog is None:
        hint = "Run it at a terminal, or give them as file:PATH or env:NAME."
        raise UsageError(f"--ask-secrets: {_nobody(options)}", hint=hint)
    return dialog


def menu_of(options: RunOptions) -> Dialog | None:
    """Who is asked what Ctrl-C means, also with `--unattended`; None: it leaves the view."""
    return None if by_machine(options) else _there(options)


def output_of(options: RunOptions) -> Output:
    """How events are shown. Raises UsageError for `--output` with the machine dialect."""
    output: Output = options.output
    if not by_machine(options):
        return output
    if output != "auto":
        hint = f"Omit --output {output}. Another process can follow a run: deploy --attach --output jsonl."
        raise UsageError("--dialog machine needs standard output for itself", hint=hint)
    return "machine"


def by_machine(options: RunOptions) -> bool:
    """Whether a program answers: by `--dialog machine`, or as otopi was told so on the command line."""
    return options.dialog == "machine" or _as_otopi(options)


def _as_otopi(options: RunOptions) -> bool:
    given: Iterable[str] = (*options.settings, *" ".join(options.environment).split())
    return any(word in OTOPI_DIALECT for word in given)


def _there(options: RunOptions, command: str = "") -> Dialog | None:
    """`command` goes on where a person leaves in the middle of the questions."""
    if by_machine(options):
        from ovirt_hc_setup.dialog.machine_dialog import MachineDialog

        return MachineDialog()
    return None if _jsonl(options) or not interactive() else Console(command)


def _nobody(options: RunOptions) -> str:
    return "--output jsonl asks no questions" if _jsonl(options) else "there is no terminal for questions"


def _jsonl(options: RunOptions) -> bool:
    return options.output == "jsonl"
