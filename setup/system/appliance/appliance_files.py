"""Finding out what an appliance file is: which of the known layouts, where its one disk lies, and what is in the way.

Nothing is unpacked to disk. A bare image and a plain OVA are looked at in places; a gzip'd OVA is read once, from its
beginning to its end, because the OVF comes after the disk in oVirt's layout.
"""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ovirt_hc_setup.base.errors import FormatError, ValueRefused
from ovirt_hc_setup.formats.appliance.appliance_descriptor import ApplianceDescriptor
from ovirt_hc_setup.formats.appliance.foreign_files import AND_GIVE, TARGET, foreign, looks_like_disk
from ovirt_hc_setup.formats.appliance.ova_disk import HEAD, find_disk, kept
from ovirt_hc_setup.formats.appliance.qcow2_header import HEADER_LENGTH, Qcow2Header, is_qcow2, parse_qcow2_header
from ovirt_hc_setup.formats.appliance.tar_header import is_tar
from ovirt_hc_setup.formats.appliance.tar_index import read_index
from ovirt_hc_setup.model.appliance import Appliance, ApplianceKind, DiskFormat
from ovirt_hc_setup.system.appliance.byte_sources import GZIP_MAGIC, GzipSource, PlainSource

_HINT = "Give an engine appliance: an OVA (tar, plain or gzip'd) or a bare qcow2 image."


@dataclass(frozen=True)
class _Layout:
    kind: ApplianceKind
    format: DiskFormat
    offset: int
    size: int
    virtual_size: int
    vcpus: int = 0
    memory_mib: int = 0
    name: str = ""


def read_appliance(path: Path, descriptor: ApplianceDescriptor | None = None) -> Appliance:
    """What lies at `path`, with what its descriptor adds.

    Raises ValueRefused when there is no such file, FormatError when it is not an appliance that can be used.
    """
    with open_appliance(path) as file:
        size = os.fstat(file.fileno()).st_size
        layout = _layout(file, path, size)
    appliance = Appliance(
        path=path,
        kind=layout.kind,
        disk_format=layout.format,
        disk_offset=layout.offset,
        disk_size=layout.size,
        virtual_size=layout.virtual_size,
        file_size=size,
        description=layout.name,
        vcpus=layout.vcpus,
        memory_mib=layout.memory_mib,
    )
    return _described(appliance, descriptor)


def open_appliance(path: Path) -> BinaryIO:
    """The file, opened to read; raises ValueRefused for what is no regular file or cannot be read, or is empty."""
    try:
        # Without blocking: a pipe at this path must not hang the wizard.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise ValueRefused(f"the appliance {path} cannot be read: {reason}", hint=_HINT) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        os.close(descriptor)
        reason = "is an empty file" if stat.S_ISREG(status.st_mode) else "is not a regular file"
        raise ValueRefused(f"the appliance {path} {reason}", hint=_HINT)
    return os.fdopen(descriptor, "rb")


def disk_header(file: BinaryIO, offset: int, where: str) -> Qcow2Header:
    """The header of the qcow2 image that begins at `offset` of an open file, refused when it is not safe to open."""
    header = parse_qcow2_header(os.pread(file.fileno(), HEADER_LENGTH, offset), where)
    header.refuse_unsafe(where)
    return header


def _layout(file: BinaryIO, path: Path, size: int) -> _Layout:
    head = file.read(HEAD)
    file.seek(0)
    if is_qcow2(head):
        header = disk_header(file, 0, str(path))
        return _Layout(ApplianceKind.QCOW2, DiskFormat.QCOW2, 0, size, header.virtual_size)
    if head.startswith(GZIP_MAGIC):
        return _packed(file, path)
    if is_tar(head):
        return _archived(ApplianceKind.OVA, PlainSource(file), path)
    raise _refusal(head, path)


def _refusal(head: bytes, path: Path) -> FormatError:
    found = foreign(head, str(path))
    if found is not None:
        return FormatError(f"{path} is {found.what}, not an appliance that can be read", hint=found.hint)
    if looks_like_disk(head):
        hint = f"Convert it: qemu-img convert -f raw -O qcow2 {shlex.quote(str(path))} {TARGET}, {AND_GIVE}"
        return FormatError(f"{path} is a raw disk image without an archive around it", hint=hint)
    return FormatError(f"{path} is not an appliance: neither a tar archive, nor gzip'd, nor a qcow2 image", hint=_HINT)


def _packed(file: BinaryIO, path: Path) -> _Layout:
    source = GzipSource(file, str(path))
    head = source.peek(HEAD)
    if not is_tar(head):
        raise _packed_refusal(head, path)
    layout = _archived(ApplianceKind.OVA_GZ, source, path)
    source.drain()
    return layout


def _packed_refusal(head: bytes, path: Path) -> FormatError:
    """For what is gzip'd and no archive."""
    file = shlex.quote(str(path))
    if is_qcow2(head):
        hint = f"Unpack it: gzip -dc {file} > {TARGET}, {AND_GIVE}"
        return FormatError(f"{path} is a qcow2 image packed with gzip, which QEMU cannot read in places", hint=hint)
    found = foreign(head, TARGET)
    what = f"has {found.what} in it" if found else "has no archive in it"
    return FormatError(f"{path} is packed with gzip and {what}, not an appliance", hint=_HINT)


def _archived(kind: ApplianceKind, source: PlainSource | GzipSource, path: Path) -> _Layout:
    ovf, disk = find_disk(read_index(source, str(path), kept), str(path))
    member = disk.member
    return _Layout(
        kind, disk.format, member.offset, member.size, disk.virtual_size, ovf.vcpus, ovf.memory_mib, disk.alias or ovf.name
    )


def _described(appliance: Appliance, descriptor: ApplianceDescriptor | None) -> Appliance:
    if descriptor is None:
        return appliance
    description = descriptor.description or appliance.description
    return replace(appliance, version=descriptor.version, description=description, sha1=descriptor.sha1sum)
