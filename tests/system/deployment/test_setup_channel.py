"""The reader of the setup port, with a real socket on the other side."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.system.deployment.setup_channel import LONGEST, SetupChannel


class Server:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(str(path))
        self.listening.listen(1)

    def accept(self) -> socket.socket:
        self.listening.settimeout(5)
        return self.listening.accept()[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "port")
    yield made
    made.listening.close()


def test_lines_come_whole_however_they_were_cut(server: Server) -> None:
    channel = SetupChannel()
    assert channel.connect(server.path)
    guest = server.accept()
    guest.sendall(b"[ INFO ] Sta")
    assert channel.lines(1) == []
    guest.sendall(b"ge\r\nnext\nrest")
    assert channel.lines(1) == ["[ INFO ] Stage", "next"]
    guest.close()
    assert channel.lines(1) == ["rest"]
    assert not channel.connected


def test_a_silent_guest_costs_only_the_time_given(server: Server) -> None:
    channel = SetupChannel()
    channel.connect(server.path)
    assert channel.lines(0.05) == []
    assert channel.connected
    channel.close()


def test_it_connects_again_after_the_other_side_ended(server: Server) -> None:
    channel = SetupChannel()
    channel.connect(server.path)
    server.accept().close()
    assert channel.lines(1) == []
    assert channel.connect(server.path)
    with server.accept() as guest:
        guest.sendall(b"again\n")
        assert channel.lines(1) == ["again"]
    channel.close()


def test_a_line_without_end_does_not_grow(server: Server) -> None:
    channel = SetupChannel()
    channel.connect(server.path)
    with server.accept() as guest:
        for _ in range(20):
            guest.sendall(b"x" * 60_000)
            channel.lines(1)
        guest.sendall(b"\n")
        found: list[str] = []
        while not found:
            found = channel.lines(1)
    assert len(found[0]) <= LONGEST
    channel.close()


def test_a_socket_that_nobody_serves_is_not_connected(tmp_path: Path) -> None:
    assert not SetupChannel().connect(tmp_path / "nothing")
