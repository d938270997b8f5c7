"""What a bug report has of a host: the run folders, what systemd, GlusterFS, sanlock and libvirt say, and their logs, with those
of QEMU and engine-setup; of the other hosts the same without run folders. Secrets are masked.

Never in it: `/run/ovirt-hc-setup`, the backups of run folders (files of the host as they were), the cloud-init ISO, disks.
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
from ovirt_hc_setup.base.event_types import LogLine, from_json, plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import MASK, Secret, masked

MOST = 8 * 1024 * 1024
"""Bytes of one part; of a longer one the end is taken."""

MOST_OF_A_LOG = 512 * 1024
"""Bytes of the end of one log file: those of GlusterFS can be gigabytes."""

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
    "journal-glusterd.txt": (*JOURNAL, "glusterd.service"),
    "journal-sanlock.txt": (*JOURNAL, "sanlock.service", "--unit", "wdmd.service"),
    "journal-libvirt.txt": (*JOURNAL, "libvirtd.service", "--unit", "virtqemud.service", "--unit", "virtlogd.service"),
    "journal-kernel.txt": ("journalctl", "--no-pager", "--output=short-iso", "--lines=2000", "--dmesg"),
}
# The ends of log files, by shell patterns. A log that is a link is none of a daemon's.
LOGS = {
    "log-gluster.txt": "/var/log/glusterfs/*.log /var/log/glusterfs/bricks/*.log",
    "log-sanlock.txt": "/var/log/sanlock.log",
    "log-qemu.txt": f"/var/log/libvirt/qemu/{VM}.log",
}
_TAILS = """
for file in %s; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then tail --verbose --bytes=%d -- "$file"; echo; fi
done
"""
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


def parts_of_another(host: Host, secrets: Sequence[Secret]) -> Iterator[tuple[str, bytes]]:
    """The same of another host of the deployment, below its name; its runs are told by the one that began them."""
    for name, text in _of_a_host(host):
        yield f"hosts/{host.name}/{name}", without_secrets(text, secrets).encode("utf-8", "replace")


def without_secrets(text: str, secrets: Sequence[Secret]) -> str:
    """`text` with the secrets masked, also where JSON or XML writes them in another way, and every hash of a password."""
    known = [found.reveal() for found in secrets]
    written = {form for text in known for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])}
    written |= {escape(text, more) for text in known for more in ({}, {'"': "&quot;"}, {'"': "&quot;", "'": "&apos;"})}
    return _HASH.sub(MASK, masked(text, [Secret(text) for text in written]))


def _of_a_host(host: Host) -> Iterator[tuple[str, str]]:
    yield "versions.txt", _versions(host)
    for name, path in FILES.items():
        yield name, _said(host, ("tail", f"--bytes={MOST}", str(path)))
    for name, command in COMMANDS.items():
        yield name, _said(host, command)
    for name, patterns in LOGS.items():
        yield name, _said(host, ("bash", "-c", _TAILS % (patterns, MOST_OF_A_LOG))) or f"there is no {patterns}\n"


def _texts(host: Host, runs: Sequence[Path]) -> Iterator[tuple[str, str]]:
    yield from _of_a_host(host)
    for run in runs:
        for name in (*OF_A_RUN, *([BUG] if (run / BUG).exists() else [])):
            yield f"runs/{run.name}/{name}", _end_of(run / name)
        if said := _engine_setup(run):
            yield f"runs/{run.name}/engine-setup.txt", said
        yield f"runs/{run.name}/worker.txt", _said(host, (*JOURNAL, f"ovirt-hc-setup-{run.name}.service"))


def _engine_setup(run: Path) -> str:
    """What programs of the guest and of this host have said during a run, engine-setup before all."""
    events = (from_json(line) for line in _end_of(run / "events.jsonl").split("\n"))
    return "".join(f"{event.source}: {plain(event.text)}\n" for event in events if isinstance(event, LogLine))


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
