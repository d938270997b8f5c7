"""The facts that plugins share: what they are. How they are read stands in the plugins; which answers they depend on
is found by watching."""

from __future__ import annotations

from ovirt_hc_setup.connection import Connection
from ovirt_hc_setup.formats.host.ip_json import Route
from ovirt_hc_setup.formats.hosted_engine.shared_configuration import Deployment
from ovirt_hc_setup.model.appliance import Appliance
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.disk_access import DiskAccess
from ovirt_hc_setup.model.engine_vm import EngineVm
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.model.gluster_state import PoolPeer
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.model.nic import Nic
from ovirt_hc_setup.model.volume_plan import VolumePlan
from ovirt_hc_setup.runner.context import Fact
from ovirt_hc_setup.system.libvirt.accelerator import Probed

# Storage
BUILDS: Fact[bool] = Fact("gluster.builds", "whether this run builds the volume")
VOLUME_PLAN: Fact[VolumePlan | None] = Fact(
    "gluster.volume-plan",
    "the volume that this run builds, if it builds one",
)
BUILT_SPACE: Fact[int | None] = Fact(
    "gluster.built-space",
    "bytes that the volume will offer which this run builds, if it builds one",
)
VOLUME: Fact[GlusterVolume] = Fact(
    "gluster.volume", "the volume behind the storage path, as it is or as it will be built"
)
HOST_NAMES: Fact[tuple[str, ...]] = Fact(
    "cluster.host-names",
    "what the other hosts are called, as far as the pool and the answers name them",
)
POOL: Fact[tuple[PoolPeer, ...]] = Fact(
    "gluster.pool", "the hosts of the pool that serves the storage, none where nobody could be asked"
)
CONNECTION: Fact[Connection] = Fact("storage.connection", "how hosts reach the storage")
ATTACHMENT: Fact[FileTree] = Fact("storage.attachment", "what hosts have of the storage, and where")
STORE: Fact[FileStore] = Fact("storage.store", "the storage domain, and where its parts are")
DISK: Fact[DiskAccess] = Fact(
    "storage.disk",
    "where the engine's disk is, and how the VM reaches it",
)
DISK_ROOM: Fact[int | None] = Fact(
    "storage.disk-room",
    "bytes that the engine's disk may have, what lies beside it taken off; nothing where this run has some of it there already",
)
SHARED: Fact[Deployment] = Fact(
    "storage.shared", "the hosted engine that is on the storage already"
)

# Appliance
APPLIANCE: Fact[Appliance] = Fact("appliance", "what the appliance is: sizes, version, where its disk lies")

# Network
NICS: Fact[tuple[Nic, ...]] = Fact("network.nics", "the network interfaces of this host")
DEFAULT_ROUTE: Fact[Route | None] = Fact("network.default-route", "the way out of this host's networks")
NAME_SERVERS: Fact[tuple[Ip, ...]] = Fact("network.name-servers", "the DNS servers that this host asks")
ABSENT_PACKAGES: Fact[tuple[str, ...]] = Fact("host.absent-packages", "the packages that the run installs on this host")
OWN_NAME: Fact[str] = Fact("network.own-name", "this host's full name")
OWN_ADDRESSES: Fact[tuple[Ip, ...]] = Fact("network.own-addresses", "every address on an interface of this host")
BRIDGE_ADDRESSES: Fact[tuple[Cidr, ...]] = Fact(
    "network.bridge-addresses",
    "the addresses that the management bridge has, or will take over from its interface",
)
ENGINE_ADDRESSES: Fact[tuple[Ip, ...]] = Fact(
    "network.engine-addresses", "what the engine's name resolves to"
)

# VM
SEEDED: Fact[bool] = Fact("vm.seeded", "whether the engine VM is set up by cloud-init in this run")
ENGINE_VM: Fact[EngineVm] = Fact("vm.engine", "the engine VM as libvirt is told about it")

# Host
HA_UNITS: Fact[tuple[str, ...]] = Fact("host.ha-units", "oVirt's HA services that are installed here, broker first")
CORES: Fact[int] = Fact("host.cores", "logical CPUs of this host")
MEMORY_MB: Fact[int] = Fact("host.memory", "memory of this host in MiB that a VM could get")
ACCELERATOR: Fact[Probed] = Fact("host.accelerator", "whether guests run with KVM here, found out by running one")
MACHINES: Fact[frozenset[MachineType]] = Fact("host.machines", "the machine types that a guest can have on this host")
CPU_MODELS: Fact[frozenset[CpuModel]] = Fact("host.cpu-models", "the CPU models that a guest can have on this host")
