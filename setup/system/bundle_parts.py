"""What a bug report has of a host: the run folders, and what systemd, GlusterFS, sanlock and libvirt say. Secrets are masked.

Never in it: `/run/ovirt-hc-setup`, the backups of run folders (files of the host as they were), the seed, disks.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from ovirt_hc_setup import __version__
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import MASK, Secret, masked

MOST = 8 * 1024 * 1024
"""Bytes of one part; of a longer one the end is taken."""

OF_A_RUN = ("run.json", "answers.json", "plan.json", "journal.jsonl", "events.jsonl")
BUG = "bug.txt"  # the traceback of a worker, which few runs have
FILES = {"os-release": Path("/etc/os-release"), "mounts": Path("/proc/self/mounts")}
LIMIT = 20.0
VM = "HostedEngine"
JOURNAL = ("journalctl", "--no-pager", "--output=short-iso", "--lines=5000", "--unit")
COMMANDS = {
    "gluster-volume-info.xml": ("gluster", "--mode=script", "--xml", "volume", "info"),
    "gluster-volume-status.xml": ("gluster", "--mode=script", "--xml", "volume", "status"),
    "gluster-peer-status.xml": ("gluster", "--mode=script", "--xml", "peer", "status"),
    "sanlock-status.txt": ("sanlock", "client", "status", "-D"),
    "virsh-list.txt": ("virsh", "--readonly", "list", "--all"),
    "engine-vm.xml": ("virsh", "--readonly", "dumpxml", VM),
    "addresses.json": ("ip", "-json", "address"),
    "units.txt": ("systemctl", "list-units", "--all", "--no-pager", "ovirt-hc*", "gluster*", "sanlock*", "libvirt*", "virt*"),
    "journal-host.txt": (*JOURNAL, "ovirt-hc-setup-host.service"),
}
VERSIONS = (
    ("uname", "-a"),
    ("gluster", "--version"),
    ("sanlock", "version"),
    ("virsh", "--readonly", "version"),
    ("qemu-img", "--version"),
)
_HASH = re.compile(r"\$(?:1|5|6|y|gy|2[abxy]?)\$[./A-Za-z0-9,=$]{8,}")


def parts(host: Host, runs: Sequence[Path], secrets: Sequence[Secret]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part, secrets masked; a part that cannot be had says why. `runs` are run folders."""
    for name, text in _texts(host, runs):
        yield name, without_secrets(text, secrets).encode("utf-8", "replace")


def without_secrets(text: str, secrets: Sequence[Secret]) -> str:
    """`text` with the secrets masked, also where JSON or XML writes them in another way, and every hash of a password."""
    known = [found.reveal() for found in secrets]
    written = {form for text in known for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])}
    written |= {escape(text, more) for text in known for more in ({}, {'"': "&quot;"}, {'"': "&quot;", "'": "&apos;"})}
    return _HASH.sub(MASK, masked(text, [Secret(text) for text in written]))


def _texts(host: Host, runs: Sequence[Path]) -> Iterator[tuple[str, str]]:
    yield "versions.txt", _versions(host)
    for name, path in FILES.items():
        yield name, _end_of(path)
    for name, command in COMMANDS.items():
        yield name, _said(host, command)
    for run in runs:
        for name in (*OF_A_RUN, *([BUG] if (run / BUG).exists() else [])):
            yield f"runs/{run.name}/{name}", _end_of(run / name)
        yield f"runs/{run.name}/worker.txt", _said(host, (*JOURNAL, f"ovirt-hc-setup-{run.name}.service"))


def _versions(host: Host) -> str:
    own = f"ovirt-hc-setup {__version__}\nPython {platform.python_version()}\n"
    return own + "".join(f"\n$ {' '.join(command)}\n{_said(host, command)}" for command in VERSIONS)


def _said(host: Host, command: Sequence[str]) -> str:
    try:
        outcome = host.run(*command, timeout=LIMIT, check=False)
    except SetupError as error:
        return f"not available: {error.message}\n"
    return outcome.out[-MOST:] if outcome.ok else f"{outcome.describe()}\n{outcome.out[-MOST:]}"


def _end_of(path: Path) -> str:
    try:
        return path.read_bytes()[-MOST:].decode("utf-8", "replace")
    except OSError as error:
        return f"not available: {error.strerror}\n"
