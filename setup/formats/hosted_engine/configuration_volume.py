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
from ovirt_hc_setup.formats.appliance.tar_header import is_tar
from ovirt_hc_setup.formats.appliance.tar_index import InMemory, read_index

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
        raise FormatError(f"{WHAT} has no {', '.join(missing)}", hint="the deployment that wrote it did not finish")
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
    if not is_tar(data):
        raise FormatError(f"{WHAT} is not a plain tar archive", hint="It was never written, is compressed, or was overwritten.")
    found = read_index(InMemory(data), WHAT, lambda name: SIZE)
    paths = [member.stored for member in found if "/" in member.stored]
    if paths:
        raise FormatError(f"{WHAT} holds {paths[0][:200]!r}: names with a path are refused")
    return {member.name: member.head for member in found}


def _text(found: Mapping[str, bytes], name: str) -> str:
    try:
        return found[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} in {WHAT} is not text: byte {error.start} is not UTF-8") from error
