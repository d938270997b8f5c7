"""`bundle`: one archive for a bug report, without secrets."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.events import Note
from ovirt_hc_setup.formats.bundle_archive import bundle_archive
from ovirt_hc_setup.report.reporters import reporter
from ovirt_hc_setup.report.words import size
from ovirt_hc_setup.runner.run_folder import all_runs
from ovirt_hc_setup.system.bundle_parts import parts
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.system.files import write_file
from ovirt_hc_setup.verbs.options import add_output, require_root


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "bundle",
        help="make one archive for a bug report, without secrets",
        description="Gather what a bug report needs from this host: the runs, and what systemd, GlusterFS, sanlock and libvirt "
        "say. Passwords are masked, and nothing is sent anywhere: look at it before you pass it on.",
        epilog="examples:\n  ovirt-hc-setup bundle\n  ovirt-hc-setup bundle --to /root/report.tar.gz",
    )
    parser.add_argument("--to", metavar="FILE", type=Path, help="where to write it, instead of the current folder")
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Raises UsageError when the file is there already or cannot be written."""
    require_root()
    host, now = LocalHost(), time.time()
    folder = f"ovirt-hc-setup-bundle-{host.name}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}"
    path = (args.to or Path(f"{folder}.tar.gz")).absolute()
    if path.exists():
        raise UsageError(f"{path} already exists", hint="Choose another name: --to FILE")
    with reporter(args.output) as report:
        report(Note(text="Gathering what a bug report needs; this takes up to a minute."))
        runs = all_runs()
        secrets = [secret for one in runs for secret in one.secrets.all().values()]
        found = dict(parts(host, [one.path for one in runs], secrets))
        data = bundle_archive(folder, found, now)
        try:
            write_file(path, data, mode=0o600)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}", hint="Choose another place: --to FILE") from error
        told = [f"{path} ({size(len(data))}), readable by root only, contains:", *(f"  {name}" for name in found)]
        report(Note(text="\n".join([*told, "It contains names and addresses of your hosts, and no passwords."])))
    return 0
