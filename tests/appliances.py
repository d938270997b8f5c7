"""Small appliances, made by the real qemu-img and tarfile: what the tests of reading and of copying them start from."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import tarfile
from pathlib import Path

from ovirt_hc_setup.formats.appliance.qcow2_header import MAGIC

MIB = 1 << 20
BOOT_SIGNATURE = b"\x55\xaa"
IMAGE = "6b1ef3f4-2a9e-4d0c-9a37-0a8c3a5f7d10"
VOLUME = "f2a4b3a0-77c2-4b7e-8e68-3a3a0a7a1c55"
MACHINE = "c9e1a2de-5d0e-4d5a-8d42-3f0f6c6a9b21"

OVIRT_OVF = """<?xml version="1.0" encoding="UTF-8"?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" xmlns:rasd="urn:rasd" xmlns:xsi="urn:xsi">
 <References><File ovf:href="{reference}" ovf:id="{volume}" ovf:size="{size}"/></References>
 <Section xsi:type="ovf:DiskSection_Type"><Info>List of Virtual Disks</Info>{disks}</Section>
 <Content ovf:id="out" xsi:type="ovf:VirtualSystem_Type"><Name>HostedEngine</Name>
  <Section xsi:type="ovf:VirtualHardwareSection_Type"><Info>4 CPU, 16384 Memory</Info>
   <Item><rasd:ResourceType>3</rasd:ResourceType><rasd:num_of_sockets>2</rasd:num_of_sockets>
    <rasd:cpu_per_socket>2</rasd:cpu_per_socket></Item>
   <Item><rasd:ResourceType>4</rasd:ResourceType><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits>
    <rasd:VirtualQuantity>16384</rasd:VirtualQuantity></Item>
  </Section>
 </Content>
</ovf:Envelope>
"""
OVIRT_DISK = (
    '<Disk ovf:diskId="{volume}" ovf:size="1" ovf:fileRef="{reference}"'
    ' ovf:volume-format="{named}" ovf:disk-alias="engine disk"/>'
)

GENERIC_OVF = b"""<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
 <References><File ovf:href="engine.qcow2" ovf:id="file1"/></References>
 <DiskSection>
  <Disk ovf:diskId="d1" ovf:fileRef="file1" ovf:capacity="51" ovf:capacityAllocationUnits="byte * 2^30"/>
 </DiskSection>
 <VirtualSystem ovf:id="vm"><Name>engine</Name><VirtualHardwareSection>
  <Item><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>6</rasd:VirtualQuantity></Item>
  <Item><rasd:AllocationUnits>byte * 2^30</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType>
   <rasd:VirtualQuantity>8</rasd:VirtualQuantity></Item>
 </VirtualHardwareSection></VirtualSystem></Envelope>"""

Members = list[tuple[str, bytes]]
RAW = (bytes(510) + BOOT_SIGNATURE).ljust(4096, b"\0")
"""The smallest raw disk that looks like one."""


def qcow2_header(
    version: int = 3, backing: int = 0, size: int = 1 << 30, crypt: int = 0, incompatible: int = 0, bits: int = 16
) -> bytes:
    """The first bytes of an image that has these peculiarities, and nothing after them."""
    base = struct.pack(">4sIQIIQIIQQIIQ", MAGIC, version, backing, 0, bits, size, crypt, 0, 0, 0, 0, 0, 0)
    return base + (struct.pack(">QQQII", incompatible, 0, 0, 4, 104) if version == 3 else b"")


def ovirt_ovf(named: str = "COW", disks: int = 1, reference: str = f"{IMAGE}/{VOLUME}") -> bytes:
    disk = OVIRT_DISK.format(volume=VOLUME, reference=reference, named=named)
    return OVIRT_OVF.format(volume=VOLUME, reference=reference, size=0, disks=disk * disks).encode()


def ovirt_members(disk: bytes, named: str = "COW") -> Members:
    """An appliance in oVirt's layout: the disk with its metadata first, the machine's OVF last."""
    return [
        (f"images/{IMAGE}/{VOLUME}", disk),
        (f"images/{IMAGE}/{VOLUME}.meta", f"FORMAT={named}\nTYPE=SPARSE\nEOF\n".encode()),
        (f"master/vms/{MACHINE}/{MACHINE}.ovf", ovirt_ovf(named)),
    ]


def packed(members: Members) -> bytes:
    """A tar of these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def write_ova(path: Path, members: Members, *, compressed: bool = False) -> Path:
    data = packed(members)
    path.write_bytes(gzip.compress(data, 1) if compressed else data)
    return path


def raw_disk(path: Path, size: int = 64 * MIB, data: int = 6 * MIB) -> Path:
    """A sparse raw disk with data at its beginning, in its middle, and in its last sectors."""
    with path.open("wb") as out:
        for offset in (0, size // 2, size - data // 3):
            out.seek(offset)
            out.write(os.urandom(data // 6) + bytes(64 << 10) + (b"engine" * (data // 6))[: data // 3 - data // 6 - (64 << 10)])
        out.truncate(size)
        out.seek(510)
        out.write(BOOT_SIGNATURE)
    return path


def qcow2_disk(raw: Path, path: Path, *options: str) -> Path:
    command = ("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", *options, str(raw), str(path))
    subprocess.run(command, check=True, timeout=120)
    return path
