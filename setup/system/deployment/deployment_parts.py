"""Single parts of a deployment, each read by itself. They raise SetupError or OSError, and take no longer than `host` allows."""

from __future__ import annotations

import base64

from ovirt_hc_setup.base.errors import CommandFailed, FormatError, SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.unit_names import mount_unit_name
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.formats.hosted_engine.ha_metadata import BLOCK, HostBlock
from ovirt_hc_setup.formats.vdsm import domain_metadata, xleases
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.model.deployment_status import (
    NOT_DEFINED,
    RUNNING,
    UNKNOWN,
    Board,
    BoardHost,
    DomainSeen,
    EngineLease,
    Health,
)
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.system.deployment import engine_health, engine_lease
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.libvirt.libvirt_domains import LOCAL, connect

HA_AGENT = "ovirt-ha-agent.service"
SHUT_OFF = "shut off"
XLEASES_SINCE = 4
_INDEX = 'test -f "$1" || { echo "it is not there" >&2; exit 1; }; tail -c "+$(($2 + 1))" -- "$1" | head -c "$3" | base64 -w0'
_SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=3", "-o", "StrictHostKeyChecking=yes", "--")


def ha_agent(host: Host) -> bool:
    """Whether oVirt's HA agent runs here, which then decides about the engine VM."""
    return units.state(host, HA_AGENT).is_active


def board(host: Host, deployment: LocalDeployment) -> Board:
    """The HA metadata, as far as `host.read` gives the volume."""
    data = host.read(deployment.layout.volume(*deployment.conf.metadata).data)
    found = ha_metadata.read(data)
    hosts = [_on_board(block, data[number * BLOCK : (number + 1) * BLOCK]) for number, block in found.hosts.items()]
    return Board(found.maintenance, tuple(hosts), found.damaged)


def domain(host: Host, deployment: LocalDeployment) -> DomainSeen:
    found = domain_metadata.read(host.read(deployment.layout.metadata))
    name, pools = plain(found.name), found.pool_uuids
    damage = plain(_damage(host, deployment, found))
    return DomainSeen(uuid=found.sd_uuid, name=name, version=found.version, sector=found.block_size, pools=pools, damage=damage)


def _damage(host: Host, deployment: LocalDeployment, domain: DomainMetadata) -> str:
    """What is wrong with the index of external leases, which every domain has since version 4."""
    if domain.version < XLEASES_SINCE:
        return ""
    path, words = deployment.layout.xleases, (str(domain.alignment), str(xleases.INDEX_SIZE))
    said = host.run("sh", "-c", _INDEX, "-", str(path), *words, check=False)
    if not said.ok:
        return f"dom_md/xleases cannot be read: {said.err.strip() or 'no answer in time'}"
    try:
        index = xleases.read(base64.b64decode(said.out))
    except (FormatError, ValueError) as error:
        return f"dom_md/xleases: {error}"
    return "" if index.lockspace == str(domain.sd_uuid) else f"dom_md/xleases is of the lockspace {index.lockspace}"


def lease(host: Host, deployment: LocalDeployment) -> EngineLease:
    """The engine VM's lease, with the holder's name where that can be had."""
    sector = domain(host, deployment).sector
    hosts = engine_lease.members(host, deployment.lockspaces[0], sector)
    found = engine_lease.lease(host, deployment, sector, hosts)
    try:
        return engine_lease.named(found, board(host, deployment))
    except (SetupError, OSError):
        return found  # sanlock's name for the holder has to do


def health(fqdn: str) -> Health:
    found = engine_health.ask(Fqdn.parse(fqdn))
    return Health(found.up, plain(found.said))


def vm_here(deployment: LocalDeployment) -> str:
    """libvirt's word for the engine VM on this host. May hang as long as libvirt starts a VM that waits for its lease."""
    with connect() as libvirt:
        found = libvirt.find(deployment.vm)
    return NOT_DEFINED if found is None else found.state


def vm_on(host: Host, name: str, deployment: LocalDeployment) -> str:
    """libvirt's word on another host, over SSH without any question; `unknown` when that cannot be had."""
    try:
        # A name from the HA metadata: whoever can write there must not put an option of ssh into it.
        target = str(Fqdn.parse(name))
        outcome = host.run(*_SSH, target, f"virsh -q -c {LOCAL} domstate {deployment.vm}", timeout=6, check=False)
    except SetupError:
        return UNKNOWN
    word = plain(outcome.out).strip()
    if outcome.ok and (word in RUNNING or word in (SHUT_OFF, "crashed")):
        return word
    return NOT_DEFINED if "failed to get domain" in outcome.err else UNKNOWN


def require_mounted(deployment: LocalDeployment, mounted: bool) -> None:
    """Raises CommandFailed: what is below an empty folder says nothing about the storage."""
    if not mounted:
        hint = f"See `systemctl status '{mount_unit_name(deployment.mount_point)}'`, and whether the storage is served."
        raise CommandFailed(f"nothing is mounted at {deployment.mount_point}", hint=hint)


def _on_board(block: HostBlock, data: bytes) -> BoardHost:
    return BoardHost(
        host_id=block.host_id,
        hostname=" ".join(plain(block.hostname).split()),
        timestamp=block.timestamp,
        score=block.score,
        engine_status={plain(key): plain(value) for key, value in block.engine_status.items()},
        maintenance=block.maintenance,
        stopped=block.stopped,
        conf_on_shared_storage=block.conf_on_shared_storage,
        conf_refreshed=block.conf_refreshed,
        crc32=ha_metadata.checksum_in(data),
        state=" ".join(plain(block.state).split()),
        text=plain(block.text),
    )
