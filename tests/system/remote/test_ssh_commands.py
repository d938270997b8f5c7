"""Commands on another host: a real SSH connection to a server that runs them with a real shell."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import asyncssh
import pytest

from ovirt_hc_setup.base.errors import CommandFailed, UsageError
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.system.remote import ssh, ssh_host
from ovirt_hc_setup.system.remote.ssh_host import SshHost


class _Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


async def _pump(source: Any, sink: Any, end: Callable[[], None]) -> None:
    with contextlib.suppress(OSError, asyncssh.Error):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    with contextlib.suppress(OSError, asyncssh.Error):
        end()


async def _serve(process: asyncssh.SSHServerProcess[bytes]) -> None:
    pipe = asyncio.subprocess.PIPE
    shell = await asyncio.create_subprocess_exec("sh", "-c", process.command or "", stdin=pipe, stdout=pipe, stderr=pipe)
    assert shell.stdin is not None
    given = asyncio.ensure_future(_pump(process.stdin, shell.stdin, shell.stdin.close))
    await asyncio.gather(
        _pump(shell.stdout, process.stdout, lambda: None),
        _pump(shell.stderr, process.stderr, lambda: None),
    )
    code = await shell.wait()
    process.exit(code if code >= 0 else 128 - code)
    given.cancel()


async def _listen(key: asyncssh.SSHKey) -> int:
    server = await asyncssh.create_server(
        _Server, "127.0.0.1", 0, server_host_keys=[key], process_factory=_serve, encoding=None
    )
    return server.get_port()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    loop, key = asyncio.new_event_loop(), asyncssh.generate_private_key("ssh-ed25519")
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(_listen(key), loop).result(20)
    known = tmp_path_factory.mktemp("ssh") / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {key.export_public_key().decode()}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssh, "KNOWN_HOSTS", (known,))
        patch.setenv("HOME", str(known.parent))
        connected = ssh.connect(OtherHost.parse(f"root@127.0.0.1:{port}"), agent=False)
    yield connected
    connected.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)


def test_commands_and_files_are_as_on_this_host(host: SshHost, tmp_path: Path) -> None:
    outcome = host.run("sh", "-c", "cat; echo err >&2; exit 3", stdin=b"in", check=False)
    assert (outcome.code, outcome.out, outcome.err) == (3, "in", "err\n")
    data = bytes(range(256)) * 4096
    host.write(tmp_path / "file", data, owner=(tmp_path.stat().st_uid, tmp_path.stat().st_gid))
    assert host.read(tmp_path / "file") == data


def test_a_file_that_is_not_there_is_told_apart_from_one_that_cannot_be_read(host: SshHost, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        host.read(tmp_path / "none")
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        host.read(tmp_path)
    with pytest.raises(OSError, match="Invalid argument"):  # as the speed of a link that has none
        host.read(Path("/sys/class/net/lo/speed"))


def test_a_command_whose_time_is_over_ends_there_and_what_it_said_is_told(host: SshHost, tmp_path: Path) -> None:
    begun = time.monotonic()
    script = "echo begun; echo why >&2; sleep 3; touch $0"
    outcome = host.run("sh", "-c", script, str(tmp_path / "went-on"), timeout=1, check=False)
    assert (outcome.code, outcome.out, outcome.err.splitlines()[:1]) == (None, "begun\n", ["why"])
    assert time.monotonic() - begun < 3
    time.sleep(3.5)
    assert not (tmp_path / "went-on").exists()


def test_a_flood_is_kept_within_limits_and_a_follower_gets_its_lines(host: SshHost) -> None:
    outcome = host.run("sh", "-c", "head -c 40M /dev/zero | tr '\\0' x; echo; echo the end")
    assert len(outcome.out) < (17 << 20)
    assert outcome.out.endswith("the end\n")
    lines: list[str] = []
    outcome = host.follow(("sh", "-c", "echo one; echo two >&2; printf 'a\\342\\200\\250b\\n'; exit 7"), lines.append)
    assert (outcome.code, outcome.err, lines) == (7, "two\n", ["one", "a\u2028b"])


def test_why_nothing_could_be_sent_is_told_and_not_what_the_receiver_made_of_it(host: SshHost) -> None:
    def write(out: BinaryIO) -> None:
        out.write(b"x")
        raise UsageError("this program cannot be sent")

    with pytest.raises(UsageError, match="cannot be sent"):
        host.feed(("tar", "-x", "-f", "-", "-C", "/nonexistent"), write, 30)


def flood(out: BinaryIO) -> None:
    for _ in range(64):
        out.write(b"y" * 65536)


def test_what_is_fed_arrives_and_a_receiver_that_fails_says_why(host: SshHost, tmp_path: Path) -> None:
    host.feed(("sh", "-c", f"cat > {tmp_path}/out"), flood, 30)
    assert (tmp_path / "out").stat().st_size == 4 << 20
    with pytest.raises(CommandFailed, match="no room"):
        host.feed(("sh", "-c", "echo no room >&2; exit 1"), flood, 30)


@pytest.mark.parametrize("before", ["", "old.example ssh-rsa AAAA\n", "old.example ssh-rsa AAAA"])
def test_a_key_that_is_pinned_stands_on_a_line_of_its_own(tmp_path: Path, before: str) -> None:
    path = tmp_path / ".ssh" / "known_hosts"
    path.parent.mkdir()
    path.write_text(before)
    ssh.pin("new.example ssh-ed25519 BBBB", path)
    assert path.read_text().splitlines() == [*before.splitlines(), "new.example ssh-ed25519 BBBB"]
    assert path.read_text().endswith("\n")


def test_a_program_that_says_nothing_any_more_is_told_of_and_not_followed_for_ever(
    host: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_host, "QUIET_SECONDS", 0.5)
    monkeypatch.setattr(ssh_host, "SILENT_SECONDS", 3.0)
    lines, silent = list[str](), list[tuple[int, int]]()
    with pytest.raises(CommandFailed, match="has said nothing for 3 s"):
        script = "for n in 1 2 3 4; do echo $n; sleep 1; done; exec sleep 60"
        host.follow(("sh", "-c", script), lines.append, lambda waited, limit: silent.append((waited, limit)))
    assert lines == ["1", "2", "3", "4"]
    assert silent[-1][1] == 3
    assert host.run("true").ok
