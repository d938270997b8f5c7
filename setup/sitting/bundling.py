"""Making a bundle: this host and, over SSH, the others of the deployment, all at once, within limits of time and size."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.formats.host.bundle_archive import bundle_archive
from ovirt_hc_setup.keys import ADDITIONAL_HOSTS, GLUSTER_HOSTS, HOST_NAME
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.system.deployment import deployment_parts
from ovirt_hc_setup.system.deployment.bundle_parts import parts, parts_of_another
from ovirt_hc_setup.system.host.bounded_host import BoundedHost
from ovirt_hc_setup.system.host.hurried_host import HurriedHost
from ovirt_hc_setup.system.remote import ssh

UNREACHED = "unreachable.txt"
MOST_AT_ONCE = 8
MOST_BYTES = 128 << 20  # of all parts, before they are compressed
LEFT_OUT = b"(left out: the bundle is large enough)\n"


@dataclass(frozen=True)
class Made:
    """`unreached`: hosts of which it has nothing. `contents`: the names of its parts."""

    path: Path
    size: int
    contents: tuple[str, ...]
    unreached: tuple[str, ...]


def make(host: Host, runs: Sequence[RunFolder], of: Sequence[RunFolder], path: Path, limit: float) -> Made:
    """A bundle with the run folders `of`, at `path`; `runs` are all of this host, whose secrets are masked. After `limit` seconds
    what is still to be asked is left out. Raises OSError where it cannot be written."""
    now, until = time.time(), time.monotonic() + limit
    secrets = [secret for one in runs for secret in one.secrets.all().values()]
    hurried, others = HurriedHost(host, until), sorted(_others(host, runs))
    works: list[Callable[[], dict[str, bytes]]] = [partial(dict, parts(hurried, [one.path for one in of], secrets))]
    works += [partial(_of_another, name, secrets, until) for name in others]
    found = _bounded({name: data for one in at_once(works, MOST_AT_ONCE) for name, data in one.items()})
    folder = f"ovirt-hc-setup-bundle-{host.name}-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}"
    data = bundle_archive(folder, found, now)
    write_file(path, data, mode=0o600)
    unreached = tuple(name for name in others if f"hosts/{name}/{UNREACHED}" in found)
    return Made(path, len(data), tuple(found), unreached)


def _bounded(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The smallest parts come first to what room there is."""
    room, taken = MOST_BYTES, set[str]()
    for name in sorted(found, key=lambda name: len(found[name])):
        room -= len(found[name])
        taken |= {name} if room >= 0 else set()
    return {name: data if name in taken else LEFT_OUT for name, data in found.items()}


def _others(host: Host, runs: Sequence[RunFolder]) -> set[str]:
    """The other hosts of the deployment: those that runs of this host name, and those in the hosted-engine metadata."""
    own, named = {host.name}, set[str]()
    for run in runs:
        answers = {name: answer["text"] or "" for name, answer in run.answers.items()}
        own |= {answers.get(HOST_NAME.name, "")}
        for key in (GLUSTER_HOSTS, ADDITIONAL_HOSTS):
            named |= {one.strip() for one in answers.get(key.name, "").split(",")}
    try:
        deployment = deployed.find(host)
        if deployment is not None:
            board = deployment_parts.board(BoundedHost(host), deployment)
            own |= {board.name_of(deployment.conf.host_id)}
            named |= {block.hostname for block in board.hosts}
    except (SetupError, OSError):
        pass  # what cannot be read of the storage, the parts themselves will tell
    return {text for text in named if text and OtherHost.parse(text).host not in own}


def _of_another(text: str, secrets: Sequence[Secret], until: float) -> dict[str, bytes]:
    """Where root's own key does; nobody is asked for a password."""
    try:
        if time.monotonic() > until:
            raise CommandFailed("no time is left for it")
        remote = ssh.connect(OtherHost.parse(text))
    except SetupError as error:
        return {f"hosts/{text}/{UNREACHED}": f"{error}\n".encode("utf-8", "replace")}
    try:
        return dict(parts_of_another(HurriedHost(remote, until), secrets))
    finally:
        remote.close()
