"""All kinds of resource that are ours. A run folder is read back by these names, so a kind is never renamed lightly."""

from __future__ import annotations

from ovirt_hc_setup.resources.account import Account
from ovirt_hc_setup.resources.brick_on import BrickOn
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.resources.config_archive import ConfigArchive
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.resources.engine_ready import EngineReady
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.global_maintenance import GlobalMaintenance
from ovirt_hc_setup.resources.host_id import HostId
from ovirt_hc_setup.resources.hosted_engine_volume import HostedEngineVolume
from ovirt_hc_setup.resources.image_link import ImageLink
from ovirt_hc_setup.resources.late_checks import LateChecks
from ovirt_hc_setup.resources.libvirt_conf import LibvirtConf
from ovirt_hc_setup.resources.libvirt_domain import LibvirtDomain
from ovirt_hc_setup.resources.lockspace import Lockspace
from ovirt_hc_setup.resources.metadata_block import MetadataBlock
from ovirt_hc_setup.resources.mount import Mount
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.peer import Peer
from ovirt_hc_setup.resources.sanlock_host_name import SanlockHostName
from ovirt_hc_setup.resources.seed_iso import SeedIso
from ovirt_hc_setup.resources.seed_removed import SeedRemoved
from ovirt_hc_setup.resources.storage_domain import StorageDomain
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.resources.volume import Volume
from ovirt_hc_setup.resources.watchdog import Watchdog
from ovirt_hc_setup.runner.resource import Resource

KINDS: tuple[type[Resource], ...] = (
    Account,
    Brick,
    BrickOn,
    Bridge,
    ConfigArchive,
    DiskImage,
    EngineReady,
    File,
    GlobalMaintenance,
    HostId,
    HostedEngineVolume,
    ImageLink,
    LateChecks,
    LibvirtConf,
    LibvirtDomain,
    Lockspace,
    Mount,
    Package,
    Peer,
    SanlockHostName,
    SeedIso,
    SeedRemoved,
    StorageDomain,
    Unit,
    Volume,
    Watchdog,
    MetadataBlock,
)
