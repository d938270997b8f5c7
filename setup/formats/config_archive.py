"""The shared configuration on the volume `HostedEngineConfigurationImage`: a plain tar of exactly 20480 bytes.

Five regular files without any folder, because HA extracts them by their exact names. HA writes `ustar` headers with
mode 0644, owner 0 and time 0; the engine's deployment writes GNU headers of the vdsm user. Both are read.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError, ValueRefused

SIZE = 20480
"""Bytes: one tar record. HA refuses to write any other size, and the engine reads exactly this much."""

MEMBERS = ("version", "fhanswers.conf", "hosted-engine.conf", "broker.conf", "vm.conf")
WHAT = "the configuration archive"


@dataclass(frozen=True, kw_only=True)
class SharedConfiguration:
    """The texts of the five members."""

    version: str
    fhanswers: str
    hosted_engine: str
    broker: str
    vm: str

    def members(self) -> dict[str, str]:
        return dict(zip(MEMBERS, (self.version, self.fhanswers, self.hosted_engine, self.broker, self.vm), strict=True))


def write(configuration: SharedConfiguration) -> bytes:
    """The 20480 bytes; the same texts always give the same bytes. Raises ValueRefused when they do not fit."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in configuration.members().items():
            data = text.encode()
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
    bytes_ = out.getvalue()
    if len(bytes_.rstrip(b"\0")) > SIZE - 2 * tarfile.BLOCKSIZE or len(bytes_) > SIZE:
        sizes = ", ".join(f"{name} {len(text.encode())}" for name, text in configuration.members().items())
        raise ValueRefused(f"{WHAT} has to fit into {SIZE} bytes and does not ({sizes})")
    return bytes_.ljust(SIZE, b"\0")


def read(data: bytes) -> SharedConfiguration:
    """From the first bytes of the volume (which may have 20480 or 1 GiB). Raises FormatError."""
    found = _members(data[:SIZE])
    missing = [name for name in MEMBERS if name not in found]
    if missing:
        raise FormatError(f"{WHAT} has no {', '.join(missing)}", hint="the deployment that wrote it did not end well")
    texts = {name: _text(found, name) for name in MEMBERS}
    return SharedConfiguration(
        version=texts["version"].strip(),
        fhanswers=texts["fhanswers.conf"],
        hosted_engine=texts["hosted-engine.conf"],
        broker=texts["broker.conf"],
        vm=texts["vm.conf"],
    )


def is_blank(data: bytes) -> bool:
    """Whether nothing was ever written here."""
    return not data[:SIZE].strip(b"\0")


def _members(data: bytes) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        # "r:" reads uncompressed archives only: a compressed one cannot grow beyond the bytes it came in.
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errorlevel=2) as archive:
            for info in archive:
                stream = archive.extractfile(_plain(info, found))
                found[info.name] = b"" if stream is None else stream.read(SIZE)
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise FormatError(f"{WHAT} is no plain tar archive: {error}") from error
    return found


def _plain(info: tarfile.TarInfo, found: Mapping[str, bytes]) -> tarfile.TarInfo:
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise FormatError(f"{WHAT} holds {info.name!r}, which is no plain file")
    if "/" in info.name or info.name in ("", ".", ".."):
        raise FormatError(f"{WHAT} holds {info.name!r}: names with a path are refused")
    if info.size > SIZE or info.name in found:
        raise FormatError(f"{WHAT} holds {info.name!r} twice or with {info.size} bytes")
    return info


def _text(found: Mapping[str, bytes], name: str) -> str:
    try:
        return found[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} in {WHAT} is not text: byte {error.start} is not UTF-8") from error
