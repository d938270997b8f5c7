"""A lab's host as the rest of the program sees any host: commands and files, here by way of its namespaces."""

from __future__ import annotations

import os
import shlex
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.host import Host, Outcome, Request
from ovirt_hc_setup.lab.processes import Process
from ovirt_hc_setup.system.host.commands import execute

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TERMINAL = ("setpriv", "--pdeathsig", "KILL", "script", "-q", "-e")
WRITE = """\
set -e
umask 077
[ -d "${1%/*}" ] || (umask 022; mkdir -p "${1%/*}")
aside="$1.new.$$"
cat >"$aside"
chmod "$2" "$aside"
[ -z "$3" ] || chown "$3" "$aside"
sync "$aside"
mv -f "$aside" "$1"
"""


def entering(
    init: Process,
    argv: Sequence[str],
    *,
    terminal: bool = False,
    cwd: str = "/root",
    env: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The command that runs `argv` in a host, with the environment of a login of root's.

    With `terminal` it gets a terminal of the host's own: screen and tmux need one that has a name in there. That terminal is
    gone with the one outside; script(1) by itself would stay, since it takes no SIGHUP.
    """
    inner = (*_TERMINAL, "-c", shlex.join(argv), "/dev/null") if terminal else tuple(argv)
    settings = [f"{name}={value}" for name, value in login_environment(env).items()]
    return ("nsenter", "-t", str(init.pid), "-a", "--", "env", "-i", "-C", cwd, *settings, *inner)


def login_environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """The environment of a login of root's in a host, with `env` over it."""
    return {
        "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash", "PATH": _PATH,
        "LANG": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb"), **(env or {}),
    }  # fmt: skip


class LabHost(Host):
    """A running host of a lab, of whatever kind. `init` is the process of this machine that ends when the host does."""

    def __init__(self, name: str, init: Process) -> None:
        super().__init__(name)
        self.init = init

    @abstractmethod
    def boot(self) -> str:
        """What is another at each boot; raises CommandFailed while the host cannot be asked."""

    @abstractmethod
    def entering(
        self, argv: Sequence[str], *, terminal: bool = False, cwd: str = "/root", env: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """The command that runs `argv` in the host, with the environment of a login of root's."""

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        owned = f"{owner[0]}:{owner[1]}" if owner is not None else ""
        self.run("sh", "-c", WRITE, "write", str(path), f"{mode:o}", owned, stdin=data)


class ContainerHost(LabHost):
    """A host that is a container, by its first process."""

    def boot(self) -> str:
        return f"{self.init.pid}.{self.init.started}"

    def entering(
        self, argv: Sequence[str], *, terminal: bool = False, cwd: str = "/root", env: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        return entering(self.init, argv, terminal=terminal, cwd=cwd, env=env)

    def outcome(self, request: Request) -> Outcome:
        entered = self.entering(request.argv, cwd=str(request.cwd or "/root"), env={"LC_ALL": "C.UTF-8", **request.env})
        outcome = execute(Request(entered, request.timeout, request.stdin), self.name)
        return replace(outcome, request=request)  # shown as what it is, not as how it got there

    def read(self, path: Path) -> bytes:
        with self._inner(path).open("rb") as file:
            return file.read()

    def _inner(self, path: Path) -> Path:
        resolved = self.run("readlink", "-m", "--", str(path)).out.rstrip("\n")
        return Path(f"/proc/{self.init.pid}/root{resolved}")
