"""`bundle`: one archive for a bug report, without secrets."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryFile

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.words import size
from ovirt_hc_setup.runner.run_folder import all_runs
from ovirt_hc_setup.sitting.bundling import make
from ovirt_hc_setup.system.host.commands import LocalHost

LIMIT = 180.0  # seconds


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "bundle",
        help="make one archive for a bug report, without secrets",
        description="Gather what a bug report needs: the runs, and what systemd, GlusterFS, sanlock, libvirt, QEMU and "
        "engine-setup log, on this host and, over SSH, on the others of the deployment. Passwords are masked, and nothing is "
        "sent anywhere: look at it before you pass it on.",
        epilog="examples:\n  ovirt-hc-setup bundle\n  ovirt-hc-setup bundle --to /root/report.tar.gz",
    )
    parser.add_argument("--to", metavar="FILE", type=Path, help="file or folder to write it to (default: the current folder)")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Raises UsageError when the file is there already or cannot be written."""
    require_root()
    host = LocalHost()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    name = f"ovirt-hc-setup-bundle-{host.name}-{stamp}.tar.gz"
    path = (args.to / name if args.to and args.to.is_dir() else args.to or Path(name)).absolute()
    if path.exists():
        raise UsageError(f"{path} already exists", hint="Choose another name: --to FILE")
    _require_writable(path)
    with reporter(args.output) as report:
        report(Note(text=f"Gathering what a bug report needs; this takes up to {LIMIT / 60:.0f} minutes."))
        runs = all_runs()
        try:
            made = make(host, runs, runs, path, LIMIT)
        except OSError as error:
            raise _unwritable(path, error) from error
        for name in made.unreached:
            report(Note(level="warning", text=f"{name} could not be reached: nothing of it is in the bundle"))
        told = [f"{path} ({size(made.size)}), readable by root only, contains:", *(f"  {name}" for name in made.contents)]
        report(Note(text="\n".join([*told, "It contains names and addresses of your hosts, and no passwords."])))
    return 0


def _require_writable(path: Path) -> None:
    """Raises UsageError; minutes of gathering come afterwards."""
    try:
        with TemporaryFile(dir=path.parent) as file:
            file.write(b"1")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {error.strerror}", hint="Choose another place: --to FILE")
