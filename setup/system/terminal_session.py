"""Whether the terminal that this program runs in is gone when an SSH connection breaks.

Told by who started whom, read from /proc (proc(5), `stat`): going up from this process, through shells, sudo and su, the first
program that holds terminals (tmux, screen) or that serves SSH decides. TERM tells nothing: it goes through SSH and sudo.
STY and TMUX are what screen and tmux set; sudo takes them away, so that they are a hint only where they are there.
"""

from __future__ import annotations

import os
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
    for name in _ancestors(proc, os.getpid() if pid is None else pid):
        if name in HOLDERS or name in SERVERS:
            return name in SERVERS
    return False


def _ancestors(proc: Path, pid: int) -> Iterator[str]:
    """The names of the process's parents, the nearest first; as far as they can be read."""
    seen: set[int] = set()
    while pid > 0 and pid not in seen:
        seen.add(pid)
        try:
            stat = (proc / str(pid) / "stat").read_text(errors="replace")
            # The name stands in parentheses and may hold some itself: the last one ends it.
            name, _, rest = stat.partition("(")[2].rpartition(")")
            pid = int(rest.split()[1])
        except (OSError, ValueError, IndexError):
            return
        yield name
