"""The engine VM's setup port, seen from the host: a socket that says line by line what engine-setup says in the guest.

QEMU serves one reader at a time. What the guest writes while nobody reads waits in the guest, so a reader that comes late, or
again, gets what has not been read.
"""

from __future__ import annotations

import socket
from pathlib import Path

LONGEST = 1024
"""Bytes of a line that are kept, as the predecessor did."""


class SetupChannel:
    """A reader of the port that connects by itself, as often as needed. Not for several threads."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._rest = b""

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def connect(self, path: Path) -> bool:
        """Connect unless connected; False when nobody serves the socket (yet)."""
        if self._socket is not None:
            return True
        fresh = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            fresh.settimeout(1.0)
            fresh.connect(str(path))
        except OSError:
            fresh.close()
            return False
        self._socket, self._rest = fresh, b""
        return True

    def lines(self, seconds: float) -> list[str]:
        """The lines that are there within this time, without their ends; returns at the first of them."""
        if self._socket is None:
            return []
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            return []
        except OSError:
            data = b""
        if not data:
            return self._ended()
        *whole, self._rest = (self._rest + data).split(b"\n")
        # A guest that never ends its line must not fill this host's memory.
        self._rest = self._rest[:LONGEST]
        return [_text(line) for line in whole]

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ended(self) -> list[str]:
        self.close()
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    return line[:LONGEST].decode("utf-8", "replace").rstrip("\r")
