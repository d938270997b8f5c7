"""`check`: every check, nothing changed."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from ovirt_hc_setup.base.event_types import Event, Found, Note
from ovirt_hc_setup.commandline.audience import asker, output_of
from ovirt_hc_setup.commandline.options import add_answers, add_dialog, add_output, require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.sitting.reading_pages import passed
from ovirt_hc_setup.sitting.wizard import Wizard
from ovirt_hc_setup.system.host.commands import LocalHost


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="run every check and change nothing",
        description="Run every check of a deployment on this host. Nothing is changed.",
        epilog="examples:\n  ovirt-hc-setup check\n  ovirt-hc-setup check --unattended --answers site.conf",
    )
    add_answers(parser)
    add_output(parser)
    add_dialog(parser)


def run(args: argparse.Namespace) -> int:
    """0 when nothing is in the way; raises CheckFailed."""
    require_root()
    options = RunOptions.of(args)
    with reporter(output_of(options)) as report:
        if args.verbose:
            tell_commands(report)
        wizard = Wizard(options, LocalHost(), report, asker(options))
        wizard.ask()
        found: list[Found] = []

        def sink(event: Event) -> None:
            if isinstance(event, Found):
                found.append(event)
            report(event)

        wizard.check(sink)
        report(Note(text=_verdict(options, found)))
    return 0


def _verdict(options: RunOptions, found: Sequence[Found]) -> str:
    """What the checks come to, and the command that does it."""
    doubts = sorted({event.check for event in found if event.severity == "warning"})
    warned = f" Warnings: {', '.join(doubts)}." if doubts else ""
    words = ["ovirt-hc-setup", "deploy", *(["--unattended", "--yes"] if options.unattended else [])]
    words += ["--ask-secrets"] if options.ask_secrets else []
    given = {"--answers": options.answers, "--set": options.settings, "--plugin": options.plugin}
    given["--otopi-environment"] = options.environment
    words += [word for option, values in given.items() for value in values for word in (option, str(value))]
    return f"{passed(found)}{warned} Nothing is in the way of a deployment; nothing was changed.\nNext: {shlex.join(words)}"
