"""Running commands on this host, and the Host that does it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, NotInstalled
from ovirt_hc_setup.base.host import Host, Outcome, Request
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.system.host.kept_output import MOST, Kept

PIECE = 1 << 16  # bytes read or written at once
LAST_WORDS = 5.0  # seconds for a killed program's pipes to be closed
KEPT = ("PATH", "HOME", "TERM", "LIBVIRT_DEFAULT_URI", "XDG_RUNTIME_DIR")


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A small environment in locale C, so that what programs say can be read."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    path = kept.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "LANGUAGE": "C", **extra}


def execute(request: Request, host: str, most: int = MOST) -> Outcome:
    """Run a request here and wait for it; a program that is missing raises NotInstalled, a folder CommandFailed. Of each output
    at most `most` bytes are kept, the first and the last of it."""
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
        raise _missing(request, host) from error
    talk = _Talk(process, request.stdin or b"", most)
    try:
        in_time = talk.until(begun + request.timeout) and _ended(process, begun + request.timeout)
        if not in_time:
            _end(process)
            talk.until(time.monotonic() + LAST_WORDS)
            if not _ended(process, time.monotonic() + LAST_WORDS):
                talk.err.add(b"(still in the kernel, cannot be ended)")
    except BaseException:
        _end(process)
        _ended(process, time.monotonic() + LAST_WORDS)
        raise
    finally:
        talk.close()
    code = process.returncode if in_time else None
    return Outcome(request, host, code, talk.out.text(), talk.err.text(), time.monotonic() - begun)


def _missing(request: Request, host: str) -> CommandFailed:
    command = " ".join(request.argv)
    if request.cwd and not request.cwd.is_dir():
        return CommandFailed(f"{request.cwd} is not there, so `{command}` cannot run", host=host)
    failure = NotInstalled(f"{request.argv[0]} is not there, so `{command}` cannot run", host=host)
    failure.program = request.argv[0]
    return failure


class _Talk:
    """Both outputs of a program and what it is given, as far as the pipes take it."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes, most: int) -> None:
        self.out, self.err = Kept(most), Kept(most)
        self._left = memoryview(given)
        self._pipes = [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe is not None]
        self._selector = selectors.DefaultSelector()
        for pipe, kept in ((process.stdout, self.out), (process.stderr, self.err)):
            if pipe is not None:
                self._selector.register(pipe, selectors.EVENT_READ, kept)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE)

    def until(self, end: float) -> bool:
        """Until the program has closed its outputs; False at `end` (by time.monotonic()), or when it has not by then."""
        while self._selector.get_map():
            left = end - time.monotonic()
            if left <= 0:
                return False
            for key, _ in self._selector.select(left):
                if isinstance(key.data, Kept):
                    self._read(key.fileobj, key.fd, key.data)
                else:
                    self._write(key.fileobj, key.fd)
        return True

    def _read(self, pipe: Any, descriptor: int, kept: Kept) -> None:
        data = os.read(descriptor, PIECE)
        kept.add(data)
        if not data:
            self._selector.unregister(pipe)

    def _write(self, pipe: Any, descriptor: int) -> None:
        try:
            self._left = self._left[os.write(descriptor, self._left[:PIECE]) :]
        except BrokenPipeError:  # it wants no more
            self._left = self._left[:0]
        if not self._left:
            self._selector.unregister(pipe)
            pipe.close()

    def close(self) -> None:
        self._selector.close()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()


def _ended(process: subprocess.Popen[bytes], end: float) -> bool:
    try:
        process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    # The whole session: a killed shell must not leave its children behind with our pipes.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()


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


class LocalHost(Host):
    """The host this process runs on."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name or socket.getfqdn())

    def outcome(self, request: Request) -> Outcome:
        return told(execute(request, self.name))

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        write_file(path, data, mode=mode, owner=owner)
