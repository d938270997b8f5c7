"""The terminal that this program runs in: who sits there, and whether it is gone when an SSH connection breaks.

Told by who started whom, read from /proc (proc(5), `stat`): going up from this process, through shells, sudo and su, the first
program that holds terminals (tmux, screen) or that serves SSH decides. TERM tells nothing: it goes through SSH and sudo.
STY and TMUX are what screen and tmux set; sudo takes them away, so that they are a hint only where they are there.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path

PROC = Path("/proc")

# Names as the kernel has them (at most 15 bytes). tmux and screen show their servers so: "tmux: server", "screen".
HOLDERS = frozenset({"tmux: server", "tmux", "screen", "zellij", "dtach", "abduco", "mosh-server"})
# OpenSSH since 9.8 serves a session with a program of its own.
SERVERS = frozenset({"sshd", "sshd-session", "dropbear"})


def ends_with_connection(environ: Mapping[str, str] = os.environ, proc: Path = PROC, pid: int | None = None) -> bool:
    """Whether this is an SSH session outside screen and tmux, as far as can be seen. Never raises."""
    if environ.get("STY") or environ.get("TMUX"):
        return False
    for name, _ in _ancestors(proc, os.getpid() if pid is None else pid):
        if name in HOLDERS or name in SERVERS:
            return name in SERVERS
    return False


def whereabouts(environ: Mapping[str, str] = os.environ, proc: Path = PROC, pid: int | None = None) -> str:
    """Who runs this program from where, in words: "alice as root on pts/3, SSH from 192.0.2.7". Never raises."""
    own = os.getpid() if pid is None else pid
    user, terminal = _user(), _terminal(proc, own)
    before = environ.get("SUDO_USER", "")
    said = f"{before} as {user}" if before and before != user else user
    said += f" on {terminal}" if terminal else ""
    client = _client(environ, proc, own)
    return f"{said}, SSH from {client}" if client else said


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def _terminal(proc: Path, pid: int) -> str:
    for number in (0, 2, 1):
        try:
            target = os.readlink(proc / str(pid) / "fd" / str(number))
        except OSError:
            continue
        if target.startswith(("/dev/pts/", "/dev/tty")):
            return target.removeprefix("/dev/")
    return ""


def _client(environ: Mapping[str, str], proc: Path, pid: int) -> str:
    """The address that SSH comes from; sudo takes it out of the environment, but not out of that of the shell around it."""
    known = environ.get("SSH_CONNECTION", "").split()
    if known:
        return known[0]
    for _, parent in _ancestors(proc, pid):
        try:
            words = (proc / str(parent) / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        found = [word.partition(b"=")[2].split() for word in words if word.startswith(b"SSH_CONNECTION=")]
        if found and found[0]:
            return found[0][0].decode("ascii", "replace")
    return ""


def _ancestors(proc: Path, pid: int) -> Iterator[tuple[str, int]]:
    """The names and numbers of the process and its parents, the nearest first; as far as they can be read."""
    seen: set[int] = set()
    while pid > 0 and pid not in seen:
        seen.add(pid)
        try:
            stat = (proc / str(pid) / "stat").read_text(errors="replace")
            # The name stands in parentheses and may hold some itself: the last one ends it.
            name, _, rest = stat.partition("(")[2].rpartition(")")
            found, pid = pid, int(rest.split()[1])
        except (OSError, ValueError, IndexError):
            return
        yield name, found
