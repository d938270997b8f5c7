"""A lab's host with a kernel of its own as the rest of the program sees any host, over a link that only the lab uses.

One SSH connection to a host is kept by a process of the lab; each command is a channel of it, a few hundredths of a second.
"""

from __future__ import annotations

import base64
import errno
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.lab.cgroups import make_cgroups
from ovirt_hc_setup.lab.guest import LabHost, login_environment
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.kernel_links import control_address
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.places import Places
from ovirt_hc_setup.lab.processes import Process
from ovirt_hc_setup.lab.ssh_keys import KeyFiles
from ovirt_hc_setup.system.host.commands import execute

_ABSENT, _UNREADABLE = 44, 45
_READ = f'[ -e "$1" ] || exit {_ABSENT}; base64 -w0 -- "$1" || exit {_UNREADABLE}'
_CONNECT_LIMIT = 20.0
# A host may stand still for a while and go on; one that is gone for longer than this has no connection any more.
_PATIENCE = ("ConnectTimeout=2", "ConnectionAttempts=8", "ServerAliveInterval=10", "ServerAliveCountMax=6")


class KernelHost(LabHost):
    """A running host, by the process that is its kernel."""

    def __init__(self, name: str, lab: Places, keeper: Process, init: Process) -> None:
        super().__init__(name, init)
        self._lab = lab
        self._keeper = keeper

    def boot(self) -> str:
        """What is another at each boot; raises CommandFailed while it cannot be asked."""
        return self.read(Path("/proc/sys/kernel/random/boot_id")).decode().strip()

    def entering(
        self, argv: Sequence[str], *, terminal: bool = False, cwd: str = "/root", env: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """The command that runs `argv` in the host, with the environment of a login of root's; the connection has to be there."""
        self.connect()
        settings = [f"{name}={value}" for name, value in login_environment(env).items()]
        inner = shlex.join(("env", "-i", "-C", cwd, *settings, *argv))
        return (*self._client, *_words("ProxyCommand=false"), "-tt" if terminal else "-T", "lab", inner)

    def outcome(self, request: Request) -> Outcome:
        # Ended there when its time is over: the client's end would not be noticed by what says nothing.
        bounded = ("timeout", "--kill-after=5", f"{request.timeout:.1f}", *request.argv)
        entered = self.entering(bounded, cwd=str(request.cwd or "/root"), env={"LC_ALL": "C.UTF-8", **request.env})
        outcome = execute(Request(entered, request.timeout + 2, request.stdin), self.name)
        late = outcome.code in (124, 137) and outcome.elapsed >= request.timeout
        return replace(outcome, request=request, code=None if late else outcome.code)

    def read(self, path: Path) -> bytes:
        found = self.run("sh", "-c", _READ, "read", str(path), check=False)
        if found.code == _ABSENT:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        if found.code == _UNREADABLE:
            raise OSError(errno.EIO, found.err.strip(), str(path))  # as the speed of a link that has none
        return base64.b64decode(found.check().out)

    def connect(self) -> None:
        """Have a connection; raises SetupError when the host takes none within its time."""
        if not self._connected():
            self._socket.unlink(missing_ok=True)
            self._start_connection()
            wait_for(f"{self.name} to take commands", _CONNECT_LIMIT, self._connected, poll=0.2)

    def disconnect(self) -> None:
        """End the connection, as to a host whose power is gone."""
        execute(Request((*self._client, "-O", "exit", "lab"), 10), self.name)
        self._socket.unlink(missing_ok=True)

    @property
    def _client(self) -> tuple[str, ...]:
        return ("ssh", "-F", "none", "-S", str(self._socket))

    @property
    def _socket(self) -> Path:
        return self._lab.host(self.name) / "commands"

    def _connected(self) -> bool:
        asked = execute(Request((*self._client, "-O", "check", "lab"), 10), self.name)
        return asked.ok

    def _start_connection(self) -> None:
        known = self._lab.host(self.name) / "known_hosts"
        keys = KeyFiles(self._lab.keys)
        known.write_text(keys.known_host(self.name, control_address(self.name)))
        options = _words(f"UserKnownHostsFile={known}", "StrictHostKeyChecking=yes", "BatchMode=yes", *_PATIENCE)
        argv = (*self._client, "-M", "-N", *options, "-i", str(keys.root_key))
        # A child of the lab's own: it ends with the lab, and holds nothing of whoever asked first.
        log = self._lab.logs / f"{self.name}.commands"
        Inside(self._keeper).start(log, make_cgroups(self._lab.name, "keeper"), *argv, f"root@{control_address(self.name)}")


def _words(*options: str) -> tuple[str, ...]:
    return tuple(word for option in options for word in ("-o", option))
