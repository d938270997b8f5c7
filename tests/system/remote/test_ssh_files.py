"""What is wrong in root's own SSH files is said in words. A real server answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.system.remote import ssh


class _Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True


async def _listen(key: asyncssh.SSHKey) -> int:
    return (await asyncssh.create_server(_Server, "127.0.0.1", 0, server_host_keys=[key])).get_port()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[OtherHost, str]]:
    """A server that lets nobody in, and its line of known_hosts."""
    loop, key = asyncio.new_event_loop(), asyncssh.generate_private_key("ssh-ed25519")
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(_listen(key), loop).result(20)
    yield OtherHost.parse(f"root@127.0.0.1:{port}"), f"[127.0.0.1]:{port} {key.export_public_key().decode()}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)


@pytest.fixture
def folder(tmp_path: Path, server: tuple[OtherHost, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(ssh, "KNOWN_HOSTS", (tmp_path / ".ssh/known_hosts",))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/known_hosts").write_text(server[1])
    return tmp_path / ".ssh"


def test_a_server_that_lets_nobody_in_says_so(server: tuple[OtherHost, str], folder: Path) -> None:
    with pytest.raises(ssh.AccessDenied):
        ssh.connect(server[0], agent=False)


@pytest.mark.parametrize(
    ("file", "wrong", "said"),
    [
        ("known_hosts", b"half-a-line\n", "half-a-line"),
        ("known_hosts", b"\xff\xfe host\n", "utf-8"),
        ("config", b"Host *\n  Port many\n", "line 2: Invalid Port"),
        ("id_rsa", b"not a key\n", "private key"),
    ],
)
def test_a_damaged_file_is_no_bug_of_ours(
    server: tuple[OtherHost, str], folder: Path, file: str, wrong: bytes, said: str
) -> None:
    whole = (folder / file).read_bytes() if (folder / file).exists() else b""
    (folder / file).write_bytes(wrong + whole)
    (folder / file).chmod(0o600)
    with pytest.raises(CommandFailed, match=said):
        ssh.connect(server[0], agent=False)
