"""Bytes in order, out of a plain file or out of a gzip'd one, for readers that go through them once."""

from __future__ import annotations

import importlib
import os
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from ovirt_hc_setup.base.errors import FormatError


def _fastest_codec() -> Any:
    """ISA-L's module where it is installed: the same interface as zlib, four times as fast."""
    try:
        return importlib.import_module("isal.isal_zlib")
    except ImportError:
        return zlib


_CODEC: Any = _fastest_codec()

GZIP_MAGIC = b"\x1f\x8b"
_RAW_CHUNK = 1 << 20
_PLAIN_CHUNK = 4 << 20
_GZIP = 31  # zlib's window bits for: a gzip header and trailer, checksum verified


class PlainSource:
    """A seekable file; `skip` reads nothing."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def skip(self, size: int) -> int:
        at = self._file.tell()
        passed = min(size, max(0, self._size - at))
        self._file.seek(at + passed)
        return passed


class GzipSource:
    """A gzip'd file (also several members in a row), unpacked as it is read with little memory.

    `seen` gets every compressed byte in order, so that a checksum of the file costs no second reading. Raises FormatError
    for damage and for an end that comes too early.
    """

    def __init__(self, file: BinaryIO, where: str, seen: Callable[[bytes], object] | None = None) -> None:
        self._file = file
        self._where = where
        self._seen = seen
        self._codec: Any = _CODEC.decompressobj(wbits=_GZIP)
        self._compressed = b""
        self._plain = memoryview(b"")
        self.at = 0
        """How many unpacked bytes were handed out."""

    def chunk(self, most: int = _PLAIN_CHUNK) -> memoryview:
        """The next bytes, at most `most`; empty at the end."""
        if not self._plain:
            self._plain = memoryview(self._unpacked())
        taken, self._plain = self._plain[:most], self._plain[most:]
        self.at += len(taken)
        return taken

    def peek(self, size: int) -> bytes:
        """Up to `size` of the next bytes, which are handed out again; only before anything was."""
        head = self.read(size)
        self._plain = memoryview(head + bytes(self._plain))
        self.at = 0
        return head

    def read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size and (part := self.chunk(size - len(parts))):
            parts += part
        return bytes(parts)

    def skip(self, size: int) -> int:
        left = size
        while left and (part := self.chunk(left)):
            left -= len(part)
        return size - left

    def drain(self, most: int = 16 << 20) -> None:
        """Read to the end, so that the trailer's checksum is verified and `seen` has seen the whole file.

        Raises FormatError when more than `most` bytes still come: archives are padded, but not that much.
        """
        begun = self.at
        while self.chunk():
            if self.at - begun > most:
                raise FormatError(f"{self._where} goes on after the end of the archive in it")

    def _unpacked(self) -> bytes:
        """Some unpacked bytes; empty only at the end of the file, where the last trailer was right."""
        while True:
            if self._codec.eof and not self._next_stream():
                return b""
            if not self._compressed:
                self._compressed = self._raw()
                if not self._compressed:
                    raise self._truncated()
            plain = self._decompress()
            if plain:
                return plain

    def _decompress(self) -> bytes:
        try:
            plain: bytes = self._codec.decompress(self._compressed, _PLAIN_CHUNK)
        except (zlib.error, _CODEC.error) as error:
            raise FormatError(
                f"{self._where} is damaged: its gzip data cannot be unpacked ({error})",
                hint="Copy or download it again and compare its checksum with the original's.",
            ) from error
        self._compressed = self._codec.unused_data if self._codec.eof else self._codec.unconsumed_tail
        return plain

    def _next_stream(self) -> bool:
        """Whether another gzip member follows; zeros after the last one are padding."""
        rest = self._compressed.lstrip(b"\0") or self._raw().lstrip(b"\0")
        if not rest:
            return False
        self._compressed = rest
        self._codec = _CODEC.decompressobj(wbits=_GZIP)
        return True

    def _raw(self) -> bytes:
        data = self._file.read(_RAW_CHUNK)
        if data and self._seen is not None:
            self._seen(data)
        return data

    def _truncated(self) -> FormatError:
        return FormatError(
            f"{self._where} is truncated: its gzip data ends in the middle, after {self._file.tell()} bytes",
            hint="Copy or download it again and compare its size with the original's.",
        )
