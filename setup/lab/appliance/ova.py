"""An appliance archive in the layout of an oVirt export domain: `master/vms/` with the OVF, `images/` with volume and metadata.

The names and elements are those that oVirt's engine writes when a template is exported to an export domain and that
ovirt-hosted-engine-setup reads from an appliance. Nothing here opens a file: writers get streams.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

BLANK = UUID(int=0)
GIB = 1 << 30
SECTOR = 512


@dataclass(frozen=True, kw_only=True)
class OvfMachine:
    """What the OVF says about the engine VM. Sizes in the units of the field's name; `stamp` is seconds since the epoch."""

    name: str
    version: str
    disk_gib: int
    memory_mb: int
    sockets: int
    cores: int
    stamp: int

    def identity(self, part: str) -> UUID:
        """The same UUID for the same part of the same version, so that equal recipes give equal archives."""
        return uuid5(NAMESPACE_URL, f"{self.name}/{self.version}/{part}")

    @property
    def file_reference(self) -> str:
        """Where the volume lies below `images/`: image UUID, volume UUID."""
        return f"{self.identity('image')}/{self.identity('volume')}"

    @property
    def ovf_name(self) -> str:
        vm = self.identity("vm")
        return f"master/vms/{vm}/{vm}.ovf"


def metadata(machine: OvfMachine) -> str:
    """The volume's `.meta` in the form of an export domain (V3 keys; SIZE in sectors of 512 bytes)."""
    values = {
        "DOMAIN": BLANK,
        "CTIME": machine.stamp,
        "MTIME": machine.stamp,
        "FORMAT": "COW",
        "IMAGE": machine.identity("image"),
        "DISKTYPE": 1,
        "PUUID": BLANK,
        "LEGALITY": "LEGAL",
        "POOL_UUID": "",
        "SIZE": machine.disk_gib * GIB // SECTOR,
        "TYPE": "SPARSE",
        "VOLTYPE": "LEAF",
        "DESCRIPTION": machine.name,
    }
    return "".join(f"{key}={value}\n" for key, value in values.items()) + "EOF\n"


def ovf(machine: OvfMachine, volume_bytes: int) -> str:
    """The OVF: one disk, its size in GiB; sockets and cores; memory in MegaBytes."""
    cpus = machine.sockets * machine.cores
    items = _item(
        1,
        f"{cpus} virtual cpu",
        3,
        {"num_of_sockets": machine.sockets, "cpu_per_socket": machine.cores},
    ) + _item(
        2,
        f"{machine.memory_mb} MB of memory",
        4,
        {"AllocationUnits": "MegaBytes", "VirtualQuantity": machine.memory_mb},
    )
    drive = _item(
        str(machine.identity("volume")),
        "Drive 1",
        17,
        {"HostResource": machine.file_reference, "Parent": BLANK, "Template": BLANK, "StoragePoolId": BLANK},
    )
    return _OVF.format(
        reference=quoteattr(machine.file_reference),
        volume=quoteattr(str(machine.identity("volume"))),
        size=machine.disk_gib,
        bytes=volume_bytes,
        name=escape(machine.name),
        alias=quoteattr(machine.name),
        vm=quoteattr(str(machine.identity("vm"))),
        items=items + drive,
    )


def _item(instance: int | str, caption: str, kind: int, more: dict[str, object]) -> str:
    fields = {"Caption": caption, "InstanceId": instance, "ResourceType": kind, **more}
    inner = "".join(f"<rasd:{key}>{escape(str(value))}</rasd:{key}>" for key, value in fields.items())
    return f"<Item>{inner}</Item>"


_OVF = """<?xml version='1.0' encoding='UTF-8'?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" \
xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" \
xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ovf:version="4.5.0.0">\
<References><File ovf:href={reference} ovf:id={volume} ovf:size="{bytes}" ovf:description={alias}/></References>\
<Section xsi:type="ovf:NetworkSection_Type"><Info>List of networks</Info><Network ovf:name="ovirtmgmt"/></Section>\
<Section xsi:type="ovf:DiskSection_Type"><Info>List of Virtual Disks</Info>\
<Disk ovf:diskId={volume} ovf:size="{size}" ovf:actual_size="{size}" ovf:vm_snapshot_id="" ovf:parentRef="" \
ovf:fileRef={reference} ovf:format="http://www.vmware.com/specifications/vmdk.html#sparse" \
ovf:volume-format="COW" ovf:volume-type="Sparse" ovf:disk-interface="VirtIO" ovf:boot="true" \
ovf:disk-alias={alias} ovf:wipe-after-delete="false"/></Section>\
<Content ovf:id="out" xsi:type="ovf:VirtualSystem_Type"><Name>{name}</Name>\
<Section ovf:id={vm} ovf:required="false" xsi:type="ovf:OperatingSystemSection_Type"><Info>Guest OS</Info>\
<Description>OtherLinux</Description></Section>\
<Section xsi:type="ovf:VirtualHardwareSection_Type"><Info>Virtual hardware</Info>{items}</Section>\
</Content></ovf:Envelope>
"""


def write_ova(out: BinaryIO, machine: OvfMachine, volume: BinaryIO, volume_bytes: int) -> None:
    """Write the gzip'd tar: the volume before the OVF, which is the harder order for whoever reads it as a stream."""
    place = f"images/{machine.file_reference}"
    meta, described = metadata(machine).encode(), ovf(machine, volume_bytes).encode()
    # The volume is compressed in itself; more than the lowest level costs a minute and gains nothing.
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=out, mtime=machine.stamp) as zipped,
        tarfile.open(mode="w|", fileobj=zipped, format=tarfile.GNU_FORMAT) as archive,
    ):
        for folder in _folders([place, machine.ovf_name]):
            archive.addfile(_member(folder, 0, machine.stamp, tarfile.DIRTYPE))
        archive.addfile(_member(place, volume_bytes, machine.stamp), volume)
        archive.addfile(_member(f"{place}.meta", len(meta), machine.stamp), io.BytesIO(meta))
        archive.addfile(_member(machine.ovf_name, len(described), machine.stamp), io.BytesIO(described))


def _folders(names: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        parts = name.split("/")[:-1]
        found.update({"/".join(parts[: count + 1]): None for count in range(len(parts))})
    return list(found)


def _member(name: str, size: int, stamp: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.type = size, stamp, kind
    info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o640
    # vdsm:kvm, as in an export domain.
    info.uid = info.gid = 36
    return info


def descriptor(description: str, version: str, path: str, sha1: str) -> str:
    """The `*-appliance.conf` that goes with an installed appliance: plain `key=value` lines without a section."""
    return f"description={description}\nversion={version}\npath={path}\nsha1sum={sha1}\n"
