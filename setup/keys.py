"""The keys that are built in: the predecessor's names where it has one, `HC_*/` for new ones.

Sizes and memory keep the predecessor's units, which stand in the name: GB is GiB there, MB is MiB.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, TypeVar

from ovirt_hc_setup.base import draws
from ovirt_hc_setup.base.errors import ValueRefused
from ovirt_hc_setup.model.absolute_path import AbsolutePath
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.dns_servers import DnsServers
from ovirt_hc_setup.model.domain_name import DomainName
from ovirt_hc_setup.model.fqdn import Fqdn, HostName
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.link_name import BridgeName, LinkName
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.model.mail_address import MailAddress, MailAddresses
from ovirt_hc_setup.model.other_hosts import OtherHosts
from ovirt_hc_setup.model.server_name import ServerName
from ovirt_hc_setup.model.time_zone import TimeZone
from ovirt_hc_setup.model.volume_plan import BrickDevices, VolumeHosts
from ovirt_hc_setup.runner.key import (
    Key,
    Whose,
    bool_key,
    choice_key,
    int_key,
    noun_key,
    one_line,
    optional_noun_key,
    secret_key,
    text_key,
)

T = TypeVar("T")


def _of_hosts(key: Key[T], whose: Whose = "host") -> Key[T]:
    """What differs between servers: their hardware, the network that they stand in, what is wrong with one of them."""
    return replace(key, whose=whose)


def _parse_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        raise ValueRefused(f"{text!r} is not a UUID", hint="Leave the key out: one is generated.") from None


def _uuid_key(name: str, help: str) -> Key[uuid.UUID]:
    return Key(name=name, help=help, parse=_parse_uuid, draw=draws.uuid, form="UUID")


# Core
CONFIRM_SETTINGS = bool_key("OVEHOSTED_CORE/confirmSettings", "confirms the plan of an unattended run")
SKIP_CHECKS = _of_hosts(text_key("HC_CORE/skipChecks", "names of checks to skip, separated by commas", default="", separator=","))
LATER_CHECKS = replace(
    text_key(
        "HC_CORE/laterChecks", "found out: the checks that are judged when the packages are installed", default="", separator=","
    ),
    found_out=True,
)
WATCHDOG = _of_hosts(
    bool_key(
        "HC_CORE/watchdog", "whether a watchdog is set up behind sanlock, where the host or its kernel has one", default=True
    )
)

# Storage
_TYPES = ("nfs", "nfs3", "nfs4", "iscsi", "fc", "posixfs")
"""Those that the predecessor takes beside GlusterFS."""


def domain_type(served: tuple[str, ...]) -> Key[str]:
    """The key of the storage's type where these types are served, the usual one first."""
    others = {kind: f"storage of the type {kind} is not supported by this version" for kind in _TYPES if kind not in served}
    return choice_key("OVEHOSTED_STORAGE/domainType", "the type of the storage", served, default=served[0], others=others)


DOMAIN_TYPE = domain_type(("glusterfs",))
STORAGE_PATH = text_key(
    "OVEHOSTED_STORAGE/storageDomainConnection",
    "the storage for the engine, as SERVER:/VOLUME",
    example="host1.example.com:/engine",
)
MOUNT_OPTIONS = text_key(
    "OVEHOSTED_STORAGE/mntOptions", "further mount options; backup servers are detected", default="", separator=","
)
DOMAIN_NAME = text_key(
    "OVEHOSTED_STORAGE/storageDomainName", "the name of the storage domain", default="hosted_storage", noun=DomainName
)
HOST_ID = _of_hosts(
    noun_key("OVEHOSTED_STORAGE/hostID", "the id of this host in the lockspaces, 1 to 250", HostNumber, default=HostNumber.of(1)),
    "one",
)
CONNECTION_UUID = _uuid_key("OVEHOSTED_STORAGE/connectionUUID", "the id of the storage connection")
SD_UUID = _uuid_key("OVEHOSTED_STORAGE/sdUUID", "the UUID of the storage domain")
IMG_UUID = _uuid_key("OVEHOSTED_STORAGE/imgUUID", "the image UUID of the engine's disk")
VOL_UUID = _uuid_key("OVEHOSTED_STORAGE/volUUID", "the volume UUID of the engine's disk")
CONF_IMAGE_UUID = _uuid_key("OVEHOSTED_STORAGE/confImageUUID", "the image UUID of the configuration volume")
CONF_VOLUME_UUID = _uuid_key("OVEHOSTED_STORAGE/confVolUUID", "the volume UUID of the configuration volume")
METADATA_IMAGE_UUID = _uuid_key("OVEHOSTED_STORAGE/metadataImageUUID", "the image UUID of the hosted-engine metadata")
METADATA_VOLUME_UUID = _uuid_key("OVEHOSTED_STORAGE/metadataVolumeUUID", "the volume UUID of the hosted-engine metadata")
LOCKSPACE_IMAGE_UUID = _uuid_key("OVEHOSTED_STORAGE/lockspaceImageUUID", "the image UUID of the lockspace volume")
LOCKSPACE_VOLUME_UUID = _uuid_key("OVEHOSTED_STORAGE/lockspaceVolumeUUID", "the volume UUID of the lockspace volume")
DISK_SIZE_GB = int_key(
    "OVEHOSTED_STORAGE/imgSizeGB", "the size of the engine's disk in GiB", least=1, most=8192, example="61"
)

# A volume that is built in the run
GLUSTER_BUILD = bool_key("HC_GLUSTER/build", "whether this run builds a replica-3 volume on three hosts", default=False)
GLUSTER_HOSTS = noun_key(
    "HC_GLUSTER/hosts",
    "the three hosts of the volume that is built, separated by commas, this one first",
    VolumeHosts,
    example="host1.example.com,host2.example.com,host3.example.com",
    separator=",",
)
GLUSTER_DEVICE = _of_hosts(
    noun_key(
        "HC_GLUSTER/device",
        "the blank disk for the brick: one path for all hosts, or HOST=/dev/sdb for each, separated by commas",
        BrickDevices,
        example="/dev/sdb",
        separator=",",
    ),
    "by name",
)
GLUSTER_ARBITER = bool_key(
    "HC_GLUSTER/arbiter", "whether the third host is an arbiter: file names and metadata, no data (2 + 1 arbiter)", default=False
)
BRICK_UUIDS = tuple(
    _uuid_key(f"HC_GLUSTER/brick{number}UUID", f"the UUID of the file system of brick {number}") for number in (1, 2, 3)
)
GLUSTER_MARK = _uuid_key("HC_GLUSTER/mark", "a mark on the volume that is built, by which it is recognised")

# Network
BRIDGE_NIC = _of_hosts(
    text_key("OVEHOSTED_NETWORK/bridgeIf", "the network interface for the management bridge", example="eno1", noun=LinkName)
)
BRIDGE_NAME = text_key(
    "OVEHOSTED_NETWORK/bridgeName", "the name of the management bridge", default="ovirtmgmt", example="ovirtmgmt", noun=BridgeName
)
GATEWAY = _of_hosts(
    text_key(
        "OVEHOSTED_NETWORK/gateway", "the gateway of the management network: it must answer ping", example="192.168.1.1", noun=Ip
    )
)
NETWORK_TEST = _of_hosts(
    choice_key(
        "OVEHOSTED_NETWORK/network_test",
        "how a host sees whether it is connected: ping (the gateway), dns (a query), tcp (a connection), none",
        ("ping", "dns", "tcp", "none"),
        default="ping",
    )
)
NETWORK_TEST_ADDRESS = _of_hosts(
    text_key(
        "OVEHOSTED_NETWORK/network_test_tcp_address",
        "what the network test tcp connects to",
        default="",
        example="192.168.1.1",
        noun=ServerName,
    )
)
NETWORK_TEST_PORT = _of_hosts(
    int_key(
        "OVEHOSTED_NETWORK/network_test_tcp_port",
        "the port that the network test tcp connects to",
        least=1,
        most=65535,
        example="22",
    )
)
ENGINE_FQDN = noun_key(
    "OVEHOSTED_NETWORK/fqdn",
    "the full name of the engine, not of this host",
    Fqdn,
    example="engine.example.com",
    aliases=("OVEHOSTED_VM/cloudinitInstanceHostName",),  # the predecessor took the one from the other
)
HOST_NAME = _of_hosts(
    noun_key("OVEHOSTED_NETWORK/host_name", "the full name of this host", HostName, example="host1.example.com"), "one"
)

# Appliance and VM
APPLIANCE = text_key(
    "OVEHOSTED_VM/ovfArchive",
    "the engine appliance: the path of an OVA or qcow2 file",
    example="/root/engine-appliance.ova",
    noun=AbsolutePath,
)
TEMP_DIR = text_key(
    "OVEHOSTED_CORE/tempDir",
    "a folder for the disk of a compressed OVA while it is unpacked",
    default="/var/tmp",  # noqa: S108 - the predecessor's, and what is unpacked there has a name of its own
    noun=AbsolutePath,
)
VM_UUID = _uuid_key("OVEHOSTED_VM/vmUUID", "the UUID of the engine VM")
VM_MEMORY_MB = int_key("OVEHOSTED_VM/vmMemSizeMB", "the memory of the engine VM in MiB", least=256, most=2**22, example="16384")
VM_VCPUS = int_key("OVEHOSTED_VM/vmVCpus", "the number of virtual CPUs of the engine VM", least=1, most=512, example="4")
CPU_MODEL = text_key(
    "OVEHOSTED_VDSM/cpu", "the CPU model of the engine VM: one that all hosts support", example="model_Nehalem", noun=CpuModel
)
MACHINE = text_key("OVEHOSTED_VM/emulatedMachine", "the machine type of the engine VM", default="q35", noun=MachineType)
VM_MAC = noun_key(
    "OVEHOSTED_VM/vmMACAddr", "the MAC address of the engine VM", MacAddress, draw=MacAddress.draw, example="00:16:3e:1a:2b:3c"
)
CONSOLE = choice_key(
    "OVEHOSTED_VDSM/consoleType",
    "the console of the engine VM",
    ("vnc",),
    default="vnc",
    others=dict.fromkeys(("qxl", "spice"), "a SPICE console is not supported: QEMU of Enterprise Linux 9 has none"),
)
NIC_UUID = _uuid_key("OVEHOSTED_VM/nicUUID", "the id of the engine VM's network interface, by which oVirt knows it")
CDROM_UUID = _uuid_key("OVEHOSTED_VM/cdromUUID", "the id of the engine VM's CD drive, by which oVirt knows it")
CONSOLE_UUID = _uuid_key("OVEHOSTED_VM/consoleUUID", "the id of the engine VM's console, by which oVirt knows it")

# cloud-init
CLOUD_INIT = choice_key(
    "OVEHOSTED_VM/cloudInitISO",
    "whether the engine VM is set up by cloud-init",
    ("generate", "skip"),
    default="generate",
    others={"existing": "a cloud-init ISO of your own is not used: with generate one is made, with skip the VM gets none"},
)
ROOT_PASSWORD = secret_key("OVEHOSTED_VM/cloudinitRootPwd", "the password of root in the engine VM; empty for none", none=True)
ROOT_SSH_KEY = replace(
    text_key("OVEHOSTED_VM/rootSshPubkey", "a public SSH key for root in the engine VM, or none", default=""),
    parse=lambda text: "" if text.strip().lower() == "none" else one_line(text),
)
ENGINE_CIDR = optional_noun_key(
    "OVEHOSTED_VM/cloudinitVMStaticCIDR",
    "the static address of the engine VM with its prefix length; dhcp for none",
    Cidr,
    nothing=("dhcp",),
    example="192.168.1.50/24",
)
ENGINE_DNS = optional_noun_key(
    "OVEHOSTED_VM/cloudinitVMDNS",
    "up to three DNS servers of the engine VM, separated by commas",
    DnsServers,
    separator=",",
    example="192.168.1.1,192.168.1.2",
)
ETC_HOSTS = bool_key("OVEHOSTED_VM/cloudinitVMETCHOSTS", "whether this host goes into the engine VM's /etc/hosts", default=False)
TIME_ZONE = text_key("OVEHOSTED_VM/cloudinitVMTZ", "the time zone of the engine VM", default="UTC", noun=TimeZone)

# Engine
ADMIN_PASSWORD = secret_key("OVEHOSTED_ENGINE/adminPassword", "the password of the engine's user admin")
ENGINE_SETUP_TIMEOUT = int_key(
    "OVEHOSTED_ENGINE/engineSetupTimeout", "seconds that engine-setup may take", default=3600, least=60
)

# Notifications, kept for the configuration on the storage
SMTP_SERVER = text_key("OVEHOSTED_NOTIF/smtpServer", "the server for notification mails", default="localhost", noun=ServerName)
SMTP_PORT = int_key("OVEHOSTED_NOTIF/smtpPort", "its port", default=25, least=1, most=65535)
SOURCE_EMAIL = text_key(
    "OVEHOSTED_NOTIF/sourceEmail", "the sender of notification mails", default="root@localhost", noun=MailAddress
)
DEST_EMAIL = text_key(
    "OVEHOSTED_NOTIF/destEmail",
    "the receivers, separated by commas",
    default="root@localhost",
    separator=",",
    noun=MailAddresses,
)

# Further hosts
ADDITIONAL_HOSTS = optional_noun_key(
    "HC_HOSTS/additional",
    "additional hosts that join in the run of the first, separated by commas",
    OtherHosts,
    example="host2.example.com,host3.example.com",
    separator=",",
)

OF_BUILDING: tuple[Key[Any], ...] = (GLUSTER_BUILD, GLUSTER_HOSTS, GLUSTER_DEVICE, GLUSTER_ARBITER, *BRICK_UUIDS, GLUSTER_MARK)
"""What only the run needs that builds the volume."""

BUILT_IN: tuple[Key[Any], ...] = (*(value for value in list(globals().values()) if isinstance(value, Key)), *BRICK_UUIDS)
