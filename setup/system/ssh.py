"""Other hosts over SSH. asyncssh lives here only, its loop in one thread; to everybody else this is a host like any other.

A host is spoken to only when its key is known: from root's or the system's known_hosts, or because an operator has seen the
fingerprint and accepted it, which is then kept there.

To import asyncssh takes longer than all the rest of a wizard's start, and most runs have one host: the functions that need it
import it themselves.
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
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.events import plain
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.base.os_errors import naming
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.system.commands import PIECE, told
from ovirt_hc_setup.system.kept_output import Kept, Lines

if TYPE_CHECKING:
    import asyncssh

CONNECT_SECONDS = 15.0

SILENT_SECONDS = 2100.0
"""How long a program that is followed may say nothing: longer than the longest of its steps that says nothing, an installation of
packages (1800 s)."""

QUIET_SECONDS = 10.0
"""From when on it is told that a program says nothing."""

Silence = Callable[[int, int], None]
"""Hears for how many seconds a program has said nothing, and the limit."""

ALIVE_EVERY = 10  # seconds between two signs of life; three that stay unanswered end the connection
LAG = 15.0  # seconds after the limit of a command for the answer that it was ended there
KILLED = (-9, 137)
KNOWN_HOSTS = (Path("/root/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))
_ENVIRONMENT = "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin LC_ALL=C.UTF-8"

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

T = TypeVar("T")


class ConnectionBroken(SetupError):
    """The connection ended before the command did. What was started there may go on."""


class HostKeyUnknown(SetupError):
    """Nobody has vouched for this host yet: `fingerprint` is what an operator can compare, `line` what known_hosts would hold."""

    def __init__(self, host: str, fingerprint: str, line: str) -> None:
        super().__init__(
            f"the SSH key of {host} is not known: {fingerprint}",
            hint=f"Compare it with `ssh-keygen -lf` on its console, and accept it once with `ssh root@{host}`.",
            host=host,
        )
        self.fingerprint = fingerprint
        self.line = line


class AccessDenied(SetupError):
    """The host is the right one, and does not let us in."""


class _Loop:
    """asyncssh's event loop, in a thread that ends with the program."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="ssh", daemon=True).start()

    def wait(self, work: Coroutine[Any, Any, T], limit: float | None = None) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(limit)


_loop: _Loop | None = None
_lock = threading.Lock()


def _the_loop() -> _Loop:
    global _loop
    with _lock:
        _loop = _loop or _Loop()
        return _loop


def connect(address: OtherHost, password: Secret | None = None, *, agent: bool = True) -> SshHost:
    """Without `agent`, by keys only that are on this host: what a worker can do as well, when nobody sits there any more.

    Raises HostKeyUnknown, AccessDenied, or CommandFailed when nothing answers or the key is another one than the known."""
    return _the_loop().wait(_connect(address, password, agent))


def pin(line: str, path: Path = KNOWN_HOSTS[0]) -> None:
    """Remember a host key that an operator has accepted."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with naming(path), os.fdopen(descriptor, "rb+", buffering=0) as out:
        size = os.fstat(descriptor).st_size
        whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
        out.write(f"{'' if whole else chr(10)}{line}\n".encode())
        os.fsync(descriptor)


async def _connect(address: OtherHost, password: Secret | None, agent: bool) -> SshHost:
    import asyncssh

    known = [str(path) for path in KNOWN_HOSTS if path.exists()]
    extra: dict[str, Any] = {"password": password.reveal()} if password is not None else {}
    extra |= {} if agent else {"agent_path": None}
    try:
        connection = await asyncssh.connect(
            address.host,
            address.port,
            username=address.user,
            known_hosts=known,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
            keepalive_interval=ALIVE_EVERY,
            keepalive_count_max=3,
            **extra,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise await _unverified(address, known) from error
    except asyncssh.PermissionDenied as error:
        hint = f"Authorize root's key there: ssh-copy-id {address.user}@{address.host}"
        raise AccessDenied(f"{address.host} refused the SSH login as {address.user}", hint=hint, host=address.host) from error
    except (OSError, asyncssh.Error, TimeoutError) as error:
        hint = "Is the host up, its name right, sshd running there and its port open?"
        why = getattr(error, "strerror", None) or str(error) or f"no answer within {CONNECT_SECONDS} s"
        raise CommandFailed(f"no SSH connection to {address.host}: {why}", hint=hint, host=address.host) from error
    except ValueError as error:  # asyncssh reads these as `ssh` does, and is stricter
        hint = "It stands in known_hosts, in the config file or in a key in ~/.ssh of root here, or in /etc/ssh/ssh_known_hosts."
        raise CommandFailed(f"no SSH connection to {address.host}: {error}", hint=hint, host=address.host) from error
    return SshHost(address.host, connection)


async def _unverified(address: OtherHost, known: list[str]) -> SetupError:
    import asyncssh

    try:
        key = await asyncssh.get_server_host_key(address.host, address.port)
    except (OSError, asyncssh.Error) as error:
        return CommandFailed(f"{address.host} did not send its SSH key: {error}", host=address.host)
    if key is None:
        return CommandFailed(f"{address.host} has no SSH key", host=address.host)
    fingerprint = f"{key.get_algorithm()} {key.get_fingerprint()}"
    if known and any(asyncssh.match_known_hosts(asyncssh.read_known_hosts(known), address.host, "", address.port)[:1]):
        hint = "If it was reinstalled, remove its old key with `ssh-keygen -R`. If not, the connection may be intercepted."
        return CommandFailed(f"the SSH key of {address.host} has changed: {fingerprint}", hint=hint)
    name = address.host if address.port == 22 else f"[{address.host}]:{address.port}"
    return HostKeyUnknown(address.host, fingerprint, f"{name} {key.export_public_key().decode().strip()}")


class SshHost:
    """A connected host. Fulfils the Host protocol; files are read and written by commands, so that no SFTP is needed."""

    def __init__(self, name: str, connection: asyncssh.SSHClientConnection) -> None:
        self._name = name
        self._connection = connection

    @property
    def name(self) -> str:
        return self._name

    def close(self) -> None:
        _the_loop().wait(self._close())

    async def _close(self) -> None:
        self._connection.close()
        await self._connection.wait_closed()

    def run(
        self,
        *argv: str,
        timeout: float = 60.0,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> Outcome:
        """As `Host.run`; raises ConnectionBroken when the connection ended before the command."""
        request = Request(argv, timeout, stdin, cwd, env or {})
        outcome = told(_the_loop().wait(self._run(request)))
        return outcome.check() if check else outcome

    def read(self, path: Path) -> bytes:
        """Raises FileNotFoundError, or CommandFailed when it is there and cannot be read."""
        outcome = self.run("base64", "-w0", "--", str(path), check=False)
        if not outcome.ok:
            if "No such file" in outcome.err:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f"{path} on {self.name}")
            outcome.check()
        try:
            return base64.b64decode(outcome.out, validate=True)
        except binascii.Error as error:
            raise CommandFailed(f"{path} was not read whole: {error}", host=self.name) from error

    def write(self, path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        uid, gid = owner or (0, 0)
        self.run("sh", "-c", _WRITE, "-", str(path), f"{mode:o}", f"{uid}:{gid}", stdin=data)

    def follow(self, argv: tuple[str, ...], line: Callable[[str], None], silent: Silence | None = None) -> Outcome:
        """Run a command for as long as it says something, and hand over each line of its output as it comes; `silent` hears how
        long it has said nothing. Raises ConnectionBroken, and CommandFailed after `SILENT_SECONDS` without a word: what it began
        there is left as it is."""
        return _the_loop().wait(self._follow(Request(argv), line, silent or (lambda waited, limit: None)))

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
            outcome = _the_loop().wait(self._run(Request(argv, timeout), source))
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
        err, lines = Kept(), Lines(line)

        def hear(data: bytes) -> None:
            nonlocal heard
            heard = time.monotonic()
            lines.add(data)

        try:
            process = await self._connection.create_process(_words(request), encoding=None)
            process.stdin.write_eof()
            said = asyncio.gather(_take(process.stderr, err.add), _take(process.stdout, hear))
            while not said.done():
                await asyncio.wait([said], timeout=1.0)
                waited = time.monotonic() - heard
                if not said.done() and waited > SILENT_SECONDS:
                    said.cancel()
                    process.close()
                    raise self._mute(request)
                if waited > QUIET_SECONDS:
                    silent(int(waited), int(SILENT_SECONDS))
            await process.wait_closed()
        except (OSError, asyncssh.Error) as error:
            raise self._broken(request, error) from error
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
