"""What is given or packed in the place of a qcow2 or raw disk, told by its first bytes, with the command that helps.

The first bytes are those of the formats' own descriptions; a disk is known by a boot sector's signature (MBR, and before a GPT)
or by that of LVM, ext4 or XFS, which is all that a machine can start from without one.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_IMAGES = {
    b"KDMV": ("VMDK", "vmdk"),
    b"COWD": ("VMDK", "vmdk"),
    b"# Disk Descriptor": ("VMDK", "vmdk"),
    b"vhdxfile": ("VHDX", "vhdx"),
    b"conectix": ("VHD", "vpc"),
    b"<<< ": ("VDI", "vdi"),
    b"QED\0": ("QED", "qed"),
}
_PACKED = {
    b"\xfd7zXZ\0": ("xz", "xz -dc"),
    b"\x1f\x8b": ("gzip", "gzip -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_SIGNS = ((510, b"\x55\xaa"), (512, b"EFI PART"), (512, b"LABELONE"), (1080, b"\x53\xef"), (0, b"XFSB"))
_PAGE = (b"<!doctype html", b"<html", b"<?xml")

TARGET = "engine-appliance.qcow2"
AND_GIVE = "and give that file as the appliance."


@dataclass(frozen=True)
class Foreign:
    """`what` is the thing with its article; `hint` how to make something of it that can be used."""

    what: str
    hint: str


def foreign(head: bytes, path: str) -> Foreign | None:
    """What the file at `path` is by its first bytes; None when they say nothing."""
    file = shlex.quote(path)
    for magic, (name, driver) in _IMAGES.items():
        if head.startswith(magic):
            return Foreign(f"a {name} image", f"Convert it: qemu-img convert -f {driver} -O qcow2 {file} {TARGET}, {AND_GIVE}")
    for magic, (name, program) in _PACKED.items():
        if head.startswith(magic):
            return Foreign(f"packed with {name}", f"Unpack it: {program} {file} > {TARGET}, {AND_GIVE}")
    if head.startswith(b"\x7fELF"):
        return Foreign("a program", "Give the engine appliance itself.")
    if head.lstrip()[:64].lower().startswith(_PAGE):
        return Foreign("a web page", "Download it again, from the address of the file itself.")
    return None


def looks_like_disk(head: bytes) -> bool:
    """Whether the first 4096 bytes of a raw image are those of a disk that a machine can have."""
    return any(head[place : place + len(sign)] == sign for place, sign in _SIGNS)
