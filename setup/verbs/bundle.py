"""`bundle`: one archive for a bug report, without secrets."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.events import Note
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.bundle_archive import bundle_archive
from ovirt_hc_setup.keys import ADDITIONAL_HOSTS, GLUSTER_HOSTS, HOST_NAME
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.words import size
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.run_folder import RunFolder, all_runs
from ovirt_hc_setup.system import deployment_parts, local_deployment, ssh
from ovirt_hc_setup.system.bounded_host import BoundedHost
from ovirt_hc_setup.system.bundle_parts import parts, parts_of_another
from ovirt_hc_setup.system.commands import LocalHost
from ovirt_hc_setup.system.files import write_file
from ovirt_hc_setup.verbs.options import add_output, require_root

UNREACHED = "unreachable.txt"
MOST_AT_ONCE = 8


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "bundle",
        help="make one archive for a bug report, without secrets",
        description="Gather what a bug report needs: the runs, and what systemd, GlusterFS, sanlock, libvirt, QEMU and "
        "engine-setup log, on this host and, over SSH, on the others of the deployment. Passwords are masked, and nothing is "
        "sent anywhere: look at it before you pass it on.",
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
        report(Note(text="Gathering what a bug report needs; this takes up to two minutes."))
        runs = all_runs()
        secrets = [secret for one in runs for secret in one.secrets.all().values()]
        others = sorted(_others(host, runs))
        works: list[Callable[[], dict[str, bytes]]] = [partial(dict, parts(host, [one.path for one in runs], secrets))]
        works += [partial(_of_another, name, secrets) for name in others]
        found = {name: data for one in at_once(works, MOST_AT_ONCE) for name, data in one.items()}
        data = bundle_archive(folder, found, now)
        try:
            write_file(path, data, mode=0o600)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}", hint="Choose another place: --to FILE") from error
        for name in others:
            if f"hosts/{name}/{UNREACHED}" in found:
                report(Note(level="warning", text=f"{name} could not be reached: nothing of it is in the bundle"))
        told = [f"{path} ({size(len(data))}), readable by root only, contains:", *(f"  {name}" for name in found)]
        report(Note(text="\n".join([*told, "It contains names and addresses of your hosts, and no passwords."])))
    return 0


def _others(host: Host, runs: Sequence[RunFolder]) -> set[str]:
    """The other hosts of the deployment: those that runs of this host name, and those in the hosted-engine metadata."""
    own, named = {host.name}, set[str]()
    for run in runs:
        answers = {name: answer["text"] or "" for name, answer in run.answers.items()}
        own |= {answers.get(HOST_NAME.name, "")}
        for key in (GLUSTER_HOSTS, ADDITIONAL_HOSTS):
            named |= {one.strip() for one in answers.get(key.name, "").split(",")}
    try:
        deployment = local_deployment.find(host)
        if deployment is not None:
            board = deployment_parts.board(BoundedHost(host), deployment)
            own |= {board.name_of(deployment.conf.host_id)}
            named |= {block.hostname for block in board.hosts}
    except (SetupError, OSError):
        pass  # what cannot be read of the storage, the parts themselves will tell
    return {text for text in named if text and OtherHost.parse(text).host not in own}


def _of_another(text: str, secrets: Sequence[Secret]) -> dict[str, bytes]:
    """Where root's own key does; nobody is asked for a password."""
    try:
        remote = ssh.connect(OtherHost.parse(text))
    except SetupError as error:
        return {f"hosts/{text}/{UNREACHED}": f"{error}\n".encode("utf-8", "replace")}
    try:
        return dict(parts_of_another(remote, secrets))
    finally:
        remote.close()
