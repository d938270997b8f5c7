"""Running commands on this host, and the Host that does it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.system.files import write_file

KEPT = ("PATH", "HOME", "TERM", "LIBVIRT_DEFAULT_URI", "XDG_RUNTIME_DIR")


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A small environment in locale C, so that what programs say can be read."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = kept.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "LANGUAGE": "C", **extra}


def execute(request: Request, host: str) -> Outcome:
    """Run a request here and wait for it; a program that is missing raises CommandFailed."""
    begun = time.monotonic()
    try:
        process = subprocess.Popen(
            request.argv,
            stdin=subprocess.PIPE if request.stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=request.cwd,
            env=environment(request.env),
            start_new_session=True,
        )
    except FileNotFoundError as error:
        missing = request.cwd if request.cwd and not request.cwd.is_dir() else request.argv[0]
        raise CommandFailed(f"{missing} is not there, so `{' '.join(request.argv)}` cannot run", host=host) from error
    code: int | None
    try:
        out, err = process.communicate(request.stdin, timeout=request.timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        out, err = _end(process)
        code = None
    except BaseException:
        _end(process)
        raise
    elapsed = time.monotonic() - begun
    return Outcome(request, host, code, _text(out), _text(err), elapsed)


def _end(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    # The whole session: a killed shell must not leave its children behind with our pipes.
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        process.kill()
    try:
        return process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        return b"", b"(still in the kernel, cannot be ended)"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


Watcher = Callable[[Outcome], None]
_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """From now on tell it of every command that has ended, on this host or over SSH, in the thread that ran it."""
    _watchers.append(watcher)


def told(outcome: Outcome) -> Outcome:
    """The same outcome, after those who watch were told of it."""
    for watcher in _watchers:
        watcher(outcome)
    return outcome


class LocalHost:
    """The host this process runs on."""

    def __init__(self, name: str = "") -> None:
        self._name = name or socket.getfqdn()

    @property
    def name(self) -> str:
        return self._name

    def run(
        self,
        *argv: str,
        timeout: float = 60.0,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> Outcome:
        outcome = told(execute(Request(argv, timeout, stdin, cwd, env or {}), self.name))
        return outcome.check() if check else outcome

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        write_file(path, data, mode=mode, owner=owner)
