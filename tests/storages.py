"""A storage with a hosted engine on it, as bytes: what a host that joins reads, whole or spoiled."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.formats.hosted_engine import (
    broker_conf,
    configuration_volume,
    fhanswers,
    ha_metadata,
    hosted_engine_conf,
    vm_conf,
)
from ovirt_hc_setup.formats.hosted_engine.broker_conf import BrokerConf
from ovirt_hc_setup.formats.hosted_engine.configuration_volume import SharedConfiguration
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineFiles, EngineVolumes, choose, read_listing
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import BLOCK, HostBlock
from ovirt_hc_setup.formats.hosted_engine.hosted_engine_conf import HostedEngineConf
from ovirt_hc_setup.formats.hosted_engine.vm_conf import VmConf
from ovirt_hc_setup.formats.vdsm import domain_metadata, volume_metadata
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, VolumeMetadata
from ovirt_hc_setup.model.volume_role import VolumeRole

WHERE = "hc1:/engine"
SPACE = UUID("6cb4bb0d-9b83-4a7c-9b14-4f6a2fd9b0a1")
DOMAIN = DomainMetadata(sd_uuid=SPACE, name="hosted_storage", remote_path=WHERE)
VM = UUID("bbbbbbbb-0000-4000-8000-000000000001")


def place(role: VolumeRole) -> tuple[UUID, UUID]:
    letter = "abcd"[list(VolumeRole).index(role)]
    return UUID(f"{letter * 8}-0000-4000-8000-000000000001"), UUID(f"{letter * 8}-0000-4000-8000-000000000002")


CONF = HostedEngineConf(
    fqdn="engine.hc.test",
    vm_disk=place(VolumeRole.DISK),
    vm=VM,
    storage=WHERE,
    domain=SPACE,
    host_id=1,
    metadata=place(VolumeRole.METADATA),
    lockspace=place(VolumeRole.LOCKSPACE),
    configuration=place(VolumeRole.CONFIGURATION),
    gateway="192.0.2.1",
)
RECIPE = VmConf(vm=VM, name="HostedEngine", memory=4096, vcpus=2, max_vcpus=2, cpu_type="model_Westmere", machine="q35")
ANSWERS: dict[str, fhanswers.Value] = {
    "OVEHOSTED_VM/vmMemSizeMB": 4096,
    "OVEHOSTED_VM/vmMACAddr": "00:16:3e:5a:00:64",
    "OVEHOSTED_NETWORK/bridgeIf": "eth7",
}
LEASE = struct.Struct("<IIIIQQQQQ48s48sQ")


def configuration(
    conf: HostedEngineConf = CONF, vm: VmConf = RECIPE, answers: Mapping[str, fhanswers.Value] | str | None = None
) -> SharedConfiguration:
    """The shared configuration of a deployment."""
    return SharedConfiguration(
        version="2.5.2",
        fhanswers=answers if isinstance(answers, str) else fhanswers.write(ANSWERS if answers is None else answers),
        hosted_engine=hosted_engine_conf.write(conf),
        broker=broker_conf.write(BrokerConf()),
        vm=vm_conf.write(vm),
    )


def archive(
    conf: HostedEngineConf = CONF, vm: VmConf = RECIPE, answers: Mapping[str, fhanswers.Value] | str | None = None
) -> bytes:
    """The configuration archive of a deployment."""
    return configuration_volume.write(configuration(conf, vm, answers))


def lockspace(name: str, owners: Mapping[int, tuple[str, int]], sector: int = 512) -> bytes:
    """1 MiB of delta leases; `owners` by host id: the host's name and its timestamp."""
    leases = b""
    for number in range(1, (1 << 20) // sector + 1):
        owner, timestamp = owners.get(number, ("", 0))
        fields = (0x12212010, 0x30004, 0, sector, 0, 1, number, 1, 0, name.encode(), owner.encode(), timestamp)
        leases += LEASE.pack(*fields).ljust(sector, b"\0")
    return leases


def board(*blocks: HostBlock) -> bytes:
    data = bytearray(251 * BLOCK)
    for block in blocks:
        data[block.host_id * BLOCK : (block.host_id + 1) * BLOCK] = ha_metadata.write_host_block(block, "now")
    return bytes(data)


FIRST = HostBlock(host_id=1, hostname="hc1.hc.test", timestamp=100, stopped=True)


def meta(role: VolumeRole, description: str = "") -> bytes:
    """A volume's metadata; with the engine's description unless another is given."""
    return volume_metadata.write(
        VolumeMetadata(
            domain=SPACE,
            image=place(role)[0],
            capacity=role.size,
            created=1700000000,
            description=description or volume_metadata.described(role.alias, role.text),
            disk_type="2" if description else role.value,
            allocation=Allocation.PREALLOCATED,
        )
    )


def record(name: str, content: bytes) -> str:
    return f"{name}\0{base64.b64encode(content).decode()}\0"


def listing(metas: Mapping[VolumeRole, bytes] | None = None, domain: bytes | None = None, folder: str = str(SPACE)) -> str:
    """What the listing of a storage says."""
    found = {role: meta(role) for role in VolumeRole} if metas is None else metas
    said = record(f"D{folder}/dom_md/metadata", domain_metadata.write(DOMAIN) if domain is None else domain)
    for role, content in found.items():
        image, volume = place(role)
        said += record(f"M{folder}/images/{image}/{volume}.meta", content)
    return said


def volumes() -> EngineVolumes:
    return choose(read_listing(listing()), WHERE)


def files() -> EngineFiles:
    """A deployment of one host, hc1."""
    owners = {1: ("hc1.hc.test", 4000)}
    return EngineFiles(
        found=volumes(),
        ids=lockspace(str(SPACE), owners),
        archive=archive(),
        ha_metadata=board(FIRST),
        lockspace=lockspace("hosted-engine", owners),
    )


def golden(name: str) -> bytes:
    return (Path(__file__).parent / "golden" / "storage" / name).read_bytes()


def spoiled(**changes: object) -> EngineFiles:
    return replace(files(), **changes)  # type: ignore[arg-type]
