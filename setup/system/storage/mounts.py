"""Mounts: which there are, who uses one, and a look into a storage that leaves no mount behind."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.formats.host.mountinfo import MountedAt, read_mountinfo, topmost
from ovirt_hc_setup.formats.vdsm.storage_look import StorageLook, read_look
from ovirt_hc_setup.model.file_tree import FileTree

LOOK_SECONDS = 45.0
ANSWER_SECONDS = 45.0
"""A volume whose link is cut pauses for 33 s at GlusterFS's ping timeout of 20, and goes on: it is not dead then."""

MAX_USERS = 20

# A mount and a PID namespace of its own: when this process dies, for whatever reason, the kernel ends all in there, the
# FUSE client too, and the mount with them.
_ALONE = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private", "--pid", "--fork",
          "--kill-child=KILL", "--mount-proc", "--")  # fmt: skip

# The tmpfs is seen only in there, so no folder has to be made or removed. FUSE's log goes into it and is shown on failure.
# GlusterFS gives its bricks ten seconds to answer, which busy hosts do not always keep: they get ten more.
_ENTER = r"""
set -eu
mount -t tmpfs -o size=4m none /mnt
mkdir /mnt/storage
attach() { mount -t "$1" -o "$3" "$2" /mnt/storage >/mnt/said 2>&1; }
cut_off() { grep -q 'Transport endpoint is not connected' /mnt/said /mnt/log 2>/dev/null; }
attach "$@" || { cut_off && : >/mnt/log && attach "$@"; } || {
    cat /mnt/said /mnt/log 2>/dev/null | tail -n 8 >&2
    exit 32
}
cd /mnt/storage
shift 3
"""

_LEAVE = r"""
cd /
umount /mnt/storage
"""

_LOOK = r"""
stat --printf 'R%u %g %a\0' .
stat --file-system --printf 'S%S %b %a\0' .
find . -mindepth 1 -maxdepth 1 -printf 'E%P\0' | head -c 400000
find . -mindepth 3 -maxdepth 3 -path './*/dom_md/metadata' -type f -size -64k \
    -printf 'D%H/%P\0' -exec head -c 16384 '{}' ';' -printf '\0' | sed -z 's,^D\./\(.*\)/dom_md/metadata$,D\1,'
"""

# Open files, working directories, roots and mapped programs; what a process does not let root see is not there any more.
_USERS = r"""
find /proc -mindepth 2 -maxdepth 4 \( -path '/proc/[0-9]*/fd/*' -o -path '/proc/[0-9]*/cwd' -o -path '/proc/[0-9]*/root' \
    -o -path '/proc/[0-9]*/map_files/*' \) \( -lname "$1" -o -lname "$1/*" \) -printf '%h %l\n' 2>/dev/null \
    | sort -u | head -n "$2"
"""


def mounts(host: Host) -> tuple[MountedAt, ...]:
    """Every mount that a new process on the host sees."""
    return read_mountinfo(host.run("cat", "/proc/self/mountinfo").out)


def mounted_at(host: Host, point: Path) -> MountedAt | None:
    """The mount at exactly this path, None when there is none."""
    return topmost(mounts(host), point)


def answers(host: Host, point: Path) -> bool:
    """Whether the file system mounted there still answers: a FUSE mount whose client died does not, a cut-off one hangs."""
    return host.run("stat", "--file-system", str(point), timeout=ANSWER_SECONDS, check=False).ok


def users(host: Host, point: Path) -> tuple[str, ...]:
    """Who has something open below a mount, as `PROGRAM (PID): FILE`: at most twenty, sanlock and QEMU among them."""
    pattern = "".join(f"\\{char}" if char in "*?[\\" else char for char in str(point))
    found = host.run("sh", "-c", _USERS, "-", pattern, str(MAX_USERS), check=False).out
    return tuple(dict.fromkeys(_user(host, line) for line in found.splitlines()))


def look(host: Host, tree: FileTree) -> StorageLook:
    """What lies on a storage: mounted read-only where nobody else sees it, looked at, and unmounted again.

    Raises CommandFailed with the last words of the mount program when it cannot be mounted.
    """
    return read_look(inside(host, *tree.mounting, _LOOK).out)


def inside(host: Host, kind: str, source: str, options: str, script: str, *arguments: str) -> Outcome:
    """Run a shell script at the root of a storage that is mounted read-only where nobody else sees it, and is gone afterwards.

    Raises CommandFailed with the last words of the mount program when it cannot be mounted, or when the script fails.
    """
    given = ",".join(part for part in ("ro", *_quiet(kind), options) if part)
    whole = _ENTER + script + _LEAVE
    outcome = host.run(*_ALONE, "sh", "-c", whole, "-", kind, source, given, *arguments, timeout=LOOK_SECONDS, check=False)
    if outcome.code == 32:
        said = "\n    ".join(outcome.err.strip().splitlines())
        raise CommandFailed(f"{source} cannot be mounted ({kind}, options {given}):\n    {said}", host=host.name)
    return outcome.check()


def _quiet(kind: str) -> tuple[str, ...]:
    return ("log-file=/mnt/log", "log-level=ERROR") if kind == "glusterfs" else ()


def _user(host: Host, line: str) -> str:
    process, _, file = line.partition(" ")
    pid = process.split("/")[2]
    name = host.run("cat", f"/proc/{pid}/comm", check=False).out.strip() or "a process"
    return f"{name} ({pid}): {file}"
