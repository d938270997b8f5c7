"""The one disk of an appliance among the members of its archive, its format named by who packed it, not guessed.

oVirt puts `KEY=VALUE` volume metadata beside the disk (`<volume>.meta`, FORMAT=COW or RAW); its OVF says volume-format.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.formats.appliance.foreign_files import AND_GIVE, TARGET, foreign, looks_like_disk
from ovirt_hc_setup.formats.appliance.ovf import Ovf, OvfDisk, parse_ovf
from ovirt_hc_setup.formats.appliance.qcow2_header import is_qcow2, parse_qcow2_header
from ovirt_hc_setup.formats.appliance.tar_index import TarMember
from ovirt_hc_setup.model.appliance import DiskFormat

SECTOR = 512
HEAD = 4096
"""Bytes kept of the start of every member: enough for a qcow2 header and for volume metadata."""

WHOLE = 1 << 20
"""A member with the name of an OVF is kept up to this size, in bytes."""

FIRST_CHUNK = ".000000000"
"""How the first file of a chunked disk ends (DSP0243, 7.1): nine digits."""


@dataclass(frozen=True)
class OvaDisk:
    """A disk in an archive; `virtual_size` in bytes."""

    member: TarMember
    format: DiskFormat
    virtual_size: int
    alias: str = ""


def kept(name: str) -> int:
    """How many bytes of a member's start are needed here."""
    return WHOLE if name.lower().endswith(".ovf") else HEAD


def find_disk(members: Sequence[TarMember], where: str) -> tuple[Ovf, OvaDisk]:
    """The OVF of the archive `where`, and its disk. Raises FormatError for what cannot be used."""
    ovf = _ovf(members, where)
    if len(ovf.disks) != 1:
        count = f"{len(ovf.disks)} disks" if ovf.disks else "no disk"
        raise FormatError(f"the OVF in {where} has {count}; an engine appliance has exactly one")
    disk = ovf.disks[0]
    by_name = {member.name: member for member in members}
    chunk = next((name for name in disk.names if f"{name}{FIRST_CHUNK}" in by_name), "")
    if chunk:
        shown = shlex.quote(chunk)
        hint = f"Put it together: tar -xf {shlex.quote(where)} && cat {shown}.[0-9]* > {TARGET}, {AND_GIVE}"
        raise FormatError(f"the disk {chunk} in {where} is cut into several files (ovf:chunkSize)", hint=hint)
    member = next((by_name[name] for name in disk.names if name in by_name), None)
    if member is None:
        wanted = " or ".join(repr(name) for name in disk.names) or "nothing"
        raise FormatError(f"{where} does not contain the disk that its OVF names: {wanted}")
    return ovf, _disk(member, disk, by_name.get(f"{member.name}.meta"), where)


def _ovf(members: Sequence[TarMember], where: str) -> Ovf:
    found = [member for member in members if member.name.lower().endswith(".ovf")]
    # oVirt's export domain layout has the machine below master/; anything else beside it is not the machine.
    found = [member for member in found if member.name.startswith("master/")] or found
    if len(found) != 1:
        count = f"has {len(found)} OVF files" if found else "has no OVF (a member whose name ends in .ovf)"
        raise FormatError(f"{where} {count}, so it is not an engine appliance")
    if len(found[0].head) < found[0].size:
        raise FormatError(f"the OVF {found[0].name} in {where} is too large: {found[0].size} bytes")
    return parse_ovf(found[0].head, f"{found[0].name} in {where}", found[0].name.rpartition("/")[0])


def _disk(member: TarMember, disk: OvfDisk, meta: TarMember | None, archive: str) -> OvaDisk:
    where, named = f"{member.name} in {archive}", _named_format(meta, disk)
    _refuse_foreign(member, disk, archive)
    looks_qcow2 = is_qcow2(member.head)
    if named == "RAW" and looks_qcow2:
        raise FormatError(f"the disk {where} is said to be RAW and begins like a qcow2 image; it is not opened")
    if named == "COW" or looks_qcow2:
        header = parse_qcow2_header(member.head, where)
        header.refuse_unsafe(where)
        return OvaDisk(member, DiskFormat.QCOW2, header.virtual_size, disk.alias)
    _check_raw(member, disk, where)
    return OvaDisk(member, DiskFormat.RAW, member.size, disk.alias)


def _refuse_foreign(member: TarMember, disk: OvfDisk, archive: str) -> None:
    found = foreign(member.head, member.name)
    if found is None and disk.compression:
        raise FormatError(
            f"the disk {member.name} in {archive} is compressed by its OVF's word ({disk.compression[:40]}), and is not",
            hint="The archive contradicts itself: make or download it again.",
        )
    if found is not None:
        unpack = f"Take it out with: tar -xf {shlex.quote(archive)} {shlex.quote(member.stored or member.name)}\n"
        hint = f"{unpack}{found.hint}"
        raise FormatError(f"the disk {member.name} in {archive} is {found.what}; raw and qcow2 can be used", hint=hint)


def _check_raw(member: TarMember, disk: OvfDisk, where: str) -> None:
    if not member.size or member.size % SECTOR:
        raise FormatError(f"the raw disk {where} has {member.size} bytes, which is not a whole number of sectors")
    if disk.capacity and not disk.capacity - disk.unit < member.size <= disk.capacity:
        raise FormatError(f"the raw disk {where} has {member.size} bytes, and its OVF says {disk.capacity}")
    if not looks_like_disk(member.head):
        raise FormatError(
            f"the raw disk {where} is no disk: it has neither a partition table nor a file system",
            hint="Give an engine appliance: what is in the place of its disk is something else.",
        )


def _named_format(meta: TarMember | None, disk: OvfDisk) -> str:
    """COW, RAW, or empty when neither the metadata beside the disk nor the OVF says."""
    lines = meta.head.decode("utf-8", "replace").splitlines() if meta else []
    pairs = {key.strip(): value.strip().upper() for key, _, value in (line.partition("=") for line in lines)}
    named = pairs.get("FORMAT", "") or disk.volume_format
    return named if named in ("COW", "RAW") else ""
