"""A host that is connected over SSH: commands, files by commands, and programs that are followed or fed.

asyncssh is imported by the functions that need it: see `ssh`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import errno
import os
import shlex
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host, Outcome, Request
from ovirt_hc_setup.base.waiting import heed
from ovirt_hc_setup.system.host.commands import PIECE, told
from ovirt_hc_setup.system.host.kept_output import Kept, WholeLines
from ovirt_hc_setup.system.remote.ssh_loop import the_loop

if TYPE_CHECKING:
    import asyncssh

SILENT_SECONDS = 2100.0
"""How long a program that is followed may say nothing: longer than the longest of its steps that says nothing, an installation of
packages (1800 s)."""

QUIET_SECONDS = 10.0
"""From when on it is told that a program says nothing."""

Silence = Callable[[int, int], None]
"""Hears for how many seconds a program has said nothing, and the limit."""

LAG = 15.0  # seconds after the limit of a command for the answer that it was ended there
KILLED = (-9, 137)
_ENVIRONMENT = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin LC_ALL=C.UTF-8"

_UNREADABLE = 1  # base64's exit code for a file that it cannot read
_WRITE = """\
set -e
umask 077
mkdir -p "${1%/*}"
cat >"$1.new"
chmod "$2" "$1.new"
chown "$3" "$1.new"
sync "$1.new"
mv -f "$1.new" "$1"
"""


class ConnectionBroken(SetupError):
    """The connection ended before the command did. What was started there may go on."""


class SshHost(Host):
    """A connected host; files are read and written by commands, so that no SFTP is needed."""

    def __init__(self, name: str, connection: asyncssh.SSHClientConnection) -> None:
        super().__init__(name)
        self._connection = connection

    def close(self) -> None:
        the_loop().wait(self._close())

    async def _close(self) -> None:
        self._connection.close()
        await self._connection.wait_closed()

    def outcome(self, request: Request) -> Outcome:
        """Raises ConnectionBroken when the connection ended before the command."""
        return told(the_loop().wait(self._run(request)))

    def read(self, path: Path) -> bytes:
        """Raises FileNotFoundError, or another OSError when it is there and cannot be read."""
        outcome = self.run("base64", "-w0", "--", str(path), check=False)
        if outcome.code == _UNREADABLE:
            words = outcome.err.rstrip()
            number = next((number for number in errno.errorcode if words.endswith(os.strerror(number))), errno.EIO)
            raise OSError(number, os.strerror(number), str(path))
        outcome.check()
        try:
            return base64.b64decode(outcome.out, validate=True)
        except binascii.Error as error:
            raise CommandFailed(f"{path} was not read whole: {error}", host=self.name) from error

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        uid, gid = owner or (0, 0)
        self.run("sh", "-c", _WRITE, "-", str(path), f"{mode:o}", f"{uid}:{gid}", stdin=data)

    def follow(
        self, argv: tuple[str, ...], line: Callable[[str], None], silent: Silence | None = None, stdin: bytes = b""
    ) -> Outcome:
        """Run a command for as long as it says something, and hand over each line of its output as it comes; `silent` hears how
        long it has said nothing. Raises ConnectionBroken, Stopped, and CommandFailed after `SILENT_SECONDS` without a word: what
        it began there is left as it is."""
        return the_loop().wait(self._follow(Request(argv, stdin=stdin), line, silent or (lambda waited, limit: None)))

    def feed(self, argv: tuple[str, ...], write: Callable[[BinaryIO], None], timeout: float) -> Outcome:
        """Run a command whose input `write` makes, in a thread of its own, as it is read. Raises what `write` raised."""
        reading, writing = os.pipe()
        failed: list[BaseException] = []

        def fill() -> None:
            try:
                with os.fdopen(writing, "wb") as out:
                    write(out)
            except BrokenPipeError:
                pass  # the command there ended early; its exit code says why
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=fill, name="feed", daemon=True)
        thread.start()
        with os.fdopen(reading, "rb") as source:
            outcome = the_loop().wait(self._run(Request(argv, timeout), source))
        thread.join(5)
        if failed:  # what the command there made of half its input says nothing
            raise failed[0]
        return outcome.check()

    async def _run(self, request: Request, source: BinaryIO | None = None) -> Outcome:
        import asyncssh

        begun = time.monotonic()
        out, err = Kept(), Kept()
        try:
            process = await self._connection.create_process(
                _bounded(request), encoding=None, stdin=source if source is not None else asyncssh.PIPE
            )
            async with asyncio.timeout(request.timeout + LAG):
                if source is None:
                    given = asyncio.ensure_future(_give(process.stdin, request.stdin or b""))
                await asyncio.gather(_take(process.stdout, out.add), _take(process.stderr, err.add))
                if source is None:
                    await given
                await process.wait_closed()
        except TimeoutError:
            process.close()
            return Outcome(request, self.name, None, out.text(), err.text(), time.monotonic() - begun)
        except (OSError, asyncssh.Error) as error:
            raise self._broken(request, error) from error
        elapsed = time.monotonic() - begun
        killed = process.returncode in KILLED and elapsed >= request.timeout
        code = None if killed else self._code(request, process.returncode)
        return Outcome(request, self.name, code, out.text(), err.text(), elapsed)

    async def _follow(self, request: Request, line: Callable[[str], None], silent: Silence) -> Outcome:
        import asyncssh

        begun = heard = time.monotonic()
        err, lines = Kept(), WholeLines(line)

        def hear(data: bytes) -> None:
            nonlocal heard
            heard = time.monotonic()
            lines.add(data)

        try:
            process = await self._connection.create_process(_words(request), encoding=None)
            given = asyncio.ensure_future(_give(process.stdin, request.stdin or b""))
            said = asyncio.gather(_take(process.stderr, err.add), _take(process.stdout, hear))
            while not said.done():
                await asyncio.wait([said], timeout=1.0)
                waited = time.monotonic() - heard
                heed()
                if not said.done() and waited > SILENT_SECONDS:
                    raise self._mute(request)
                if waited > QUIET_SECONDS:
                    silent(int(waited), int(SILENT_SECONDS))
            await given
            await process.wait_closed()
        except (OSError, asyncssh.Error) as error:
            raise self._broken(request, error) from error
        except SetupError:
            given.cancel()
            said.cancel()
            process.close()
            raise
        code = self._code(request, process.returncode)
        return Outcome(request, self.name, code, "", plain(err.text()), time.monotonic() - begun)

    def _mute(self, request: Request) -> CommandFailed:
        hint = "Look there at what it waits for: `ps axf`, `dmesg`. Then run the same command again: it continues there."
        message = f"`{request.argv[0]}` has said nothing for {SILENT_SECONDS:.0f} s"
        return CommandFailed(message, hint=hint, host=self.name)

    def _code(self, request: Request, code: int | None) -> int:
        if code is None or (code < 0 and self._connection.is_closed()):
            raise self._broken(request, "it ended without an exit code")
        return code

    def _broken(self, request: Request, why: object) -> ConnectionBroken:
        return ConnectionBroken(f"the connection to {self.name} broke during `{request.argv[0]}`: {why}", host=self.name)


async def _take(stream: asyncssh.SSHReader[bytes], take: Callable[[bytes], None]) -> None:
    import asyncssh

    try:
        while data := await stream.read(PIECE):
            take(data)
    except (OSError, asyncssh.Error):
        return  # how the command ended says so too


async def _give(stream: asyncssh.SSHWriter[bytes], data: bytes) -> None:
    import asyncssh

    try:
        for begin in range(0, len(data), PIECE):
            stream.write(data[begin : begin + PIECE])
            await stream.drain()
        stream.write_eof()
    except (OSError, asyncssh.Error):
        return  # it wants no more; its exit code says why


def _bounded(request: Request) -> str:
    """The command with an end there too: closing the connection ends nothing on the other side."""
    seconds = f"{max(request.timeout, 0.1):.1f}"
    return _words(request, before=("timeout", "--signal=KILL", seconds))


def _words(request: Request, before: tuple[str, ...] = ()) -> str:
    settings = " ".join(shlex.quote(f"{name}={value}") for name, value in request.env.items())
    folder = f"cd {shlex.quote(str(request.cwd))} && " if request.cwd else ""
    return f"{folder}exec env {_ENVIRONMENT} {settings} {shlex.join((*before, *request.argv))}"
