"""What a program says, kept within limits: its beginning and its end, and between them how much was left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MOST = 16 << 20
"""Bytes kept of one output: four times the longest answer that any reader of ours takes."""


LONGEST_LINE = 1 << 20


class Kept:
    """Takes pieces as they come; half of `most` is for the beginning, half for the end."""

    def __init__(self, most: int = MOST) -> None:
        self._half = most // 2
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._length = 0  # of the tail
        self._dropped = 0

    def add(self, data: bytes) -> None:
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail.append(data)
            self._length += len(data)
        while self._tail and self._length - len(self._tail[0]) >= self._half:
            self._drop(len(self._tail[0]))
            self._tail.popleft()

    def _drop(self, count: int) -> None:
        self._length -= count
        self._dropped += count

    def text(self) -> str:
        """As text; bytes that are none are replaced."""
        gap = f"\n[{self._dropped} bytes left out]\n".encode() if self._dropped else b""
        return b"".join((self._head, gap, *self._tail)).decode("utf-8", "replace")


class WholeLines:
    """Pieces as lines, handed over as they are whole; of a line that does not end only the beginning."""

    def __init__(self, take: Callable[[str], None], longest: int = LONGEST_LINE) -> None:
        self._take, self._longest = take, longest
        self._begun = bytearray()

    def add(self, data: bytes) -> None:
        *ended, rest = data.split(b"\n")
        for part in ended:
            self._grow(part)
            self._take(bytes(self._begun).decode("utf-8", "replace"))
            self._begun.clear()
        self._grow(rest)

    def _grow(self, part: bytes) -> None:
        self._begun += part[: self._longest - len(self._begun)]
