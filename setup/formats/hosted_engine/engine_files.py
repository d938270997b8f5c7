"""The files of a hosted engine among everything that lies on a storage: its domain, and its volumes by their descriptions."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from ovirt_hc_setup.base.errors import FormatError, NotDeployed, SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.formats.hosted_engine import configuration_volume, ha_metadata
from ovirt_hc_setup.formats.vdsm import domain_metadata, volume_metadata
from ovirt_hc_setup.formats.vdsm.domain_metadata import DomainMetadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality, VolumeMetadata, alias_of
from ovirt_hc_setup.model.host_number import HIGHEST
from ovirt_hc_setup.model.volume_role import VolumeRole

OLD_DESCRIPTIONS = {
    "hosted-engine.lockspace": VolumeRole.LOCKSPACE,
    "hosted-engine.metadata": VolumeRole.METADATA,
    "Hosted Engine Image": VolumeRole.DISK,
}
"""What deployments before oVirt 4.2 wrote as plain text; the configuration volume's was its alias already."""

ALIASES = {role.alias: role for role in VolumeRole} | OLD_DESCRIPTIONS
NEEDED = (VolumeRole.CONFIGURATION, VolumeRole.METADATA, VolumeRole.LOCKSPACE)
IDS_SIZE = 1 << 20
SIZES = {
    VolumeRole.CONFIGURATION: configuration_volume.SIZE,
    VolumeRole.METADATA: (HIGHEST + 1) * ha_metadata.BLOCK,
    VolumeRole.LOCKSPACE: IDS_SIZE,
}
"""Bytes from the beginning of each volume that say everything."""

SHOWN = 8

HINT = "Deploy one with `ovirt-hc-setup deploy`, or give the path of the storage of the one to join."

Place = tuple[UUID, UUID]
"""Image and volume."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Everything found: the metadata of domains by folder, and of volumes by (folder, image, volume) as their names say."""

    domains: Mapping[str, bytes]
    volumes: Mapping[tuple[str, str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class EngineVolumes:
    """A domain with the volumes of a hosted engine in it."""

    domain: DomainMetadata
    volumes: Mapping[VolumeRole, Place]

    def pieces(self) -> dict[str, int]:
        """Paths below the storage's root, all made of UUIDs, with the bytes to read: archive, HA metadata, both lockspaces."""
        folder = PurePosixPath(str(self.domain.sd_uuid))
        wanted = {str(folder / "dom_md" / "ids"): IDS_SIZE}
        for role in NEEDED:
            image, volume = self.volumes[role]
            wanted[str(folder / "images" / str(image) / str(volume))] = SIZES[role]
        return wanted


@dataclass(frozen=True, kw_only=True)
class EngineFiles:
    """The first bytes of what a joining host has to know."""

    found: EngineVolumes
    ids: bytes
    archive: bytes
    ha_metadata: bytes
    lockspace: bytes


def read_listing(text: str) -> Listing:
    """Records of the listing script: `D<folder>` or `M<path>`, each followed by base64 of the file. Raises FormatError."""
    records = text.split("\0")
    if records.pop() or len(records) % 2:
        raise FormatError("the listing of the storage ended in the middle of a record")
    domains: dict[str, bytes] = {}
    volumes: dict[tuple[str, str, str], bytes] = {}
    for name, content in zip(records[::2], records[1::2], strict=True):
        parts = name[1:].split("/")
        if name[0] == "D":
            domains[plain(parts[0])] = decode(content)
        elif len(parts) == 4:
            volumes[plain(parts[0]), plain(parts[2]), plain(parts[3].removesuffix(".meta"))] = decode(content)
    return Listing(domains=domains, volumes=volumes)


def decode(text: str) -> bytes:
    """A file's bytes from base64; raises FormatError."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise FormatError("a file of the storage was not read completely") from error


def choose(listing: Listing, where: str) -> EngineVolumes:
    """The hosted engine on a storage. Raises NotDeployed when there is none, FormatError when it is there and damaged."""
    if not listing.domains:
        raise NotDeployed(f"there is no hosted engine on {where}: it holds no storage domain", hint=HINT)
    found, damaged = list[EngineVolumes](), list[str]()
    unread = _unreadable(listing)
    for folder, data in sorted(listing.domains.items()):
        volumes = _volumes(listing, folder)
        try:
            if VolumeRole.CONFIGURATION in volumes:
                found.append(EngineVolumes(domain=_domain(folder, data), volumes=volumes))
            else:
                _domain(folder, data)
        except FormatError as error:
            damaged.append(f"{folder}: {error.message}")
    if damaged:
        hint = "Nothing is read from a domain like that. Restore its dom_md/metadata from a backup."
        raise FormatError(f"the storage domain on {where} is damaged:\n  " + "\n  ".join(damaged), hint=hint)
    if unread and not (found and all(role in found[0].volumes for role in NEEDED)):
        # One of these may be what is looked for: somebody's engine is not called absent because its label cannot be read.
        hint = "Restore them from a backup: lines of KEY=VALUE, then EOF, as those beside them. Do not deploy over it."
        raise FormatError(f"volumes on {where} have damaged metadata:\n  " + "\n  ".join(unread), hint=hint)
    if not found:
        names = ", ".join(sorted(listing.domains))
        message = f"there is no hosted engine on {where}: the domain {names} has no volume '{VolumeRole.CONFIGURATION.alias}'"
        raise NotDeployed(message, hint=HINT)
    return _whole(_only(found, where), where)


def _only(found: list[EngineVolumes], where: str) -> EngineVolumes:
    if len(found) > 1:
        names = ", ".join(str(one.domain.sd_uuid) for one in found)
        raise FormatError(f"{where} holds {len(found)} hosted engines: {names}", hint="oVirt uses only one domain on a storage.")
    return found[0]


def _whole(found: EngineVolumes, where: str) -> EngineVolumes:
    missing = [role.alias for role in NEEDED if role not in found.volumes]
    if missing:
        message = f"the hosted engine on {where} lacks the volume{'s' * (len(missing) > 1)} {' and '.join(missing)}"
        raise FormatError(message, hint="Its deployment did not finish: complete it there, with the same command.")
    return found


def _domain(folder: str, data: bytes) -> DomainMetadata:
    found = domain_metadata.read(data)
    if str(found.sd_uuid) != folder:
        raise FormatError(f"its metadata is of the domain {found.sd_uuid}")
    return found


def _volumes(listing: Listing, folder: str) -> dict[VolumeRole, Place]:
    """The legal volumes of a hosted engine; one whose metadata cannot be read is none, as for VDSM."""
    found: dict[VolumeRole, Place] = {}
    for (domain, image, volume), data in sorted(listing.volumes.items()):
        if domain != folder:
            continue
        try:
            metadata, place = volume_metadata.read(data), (UUID(image), UUID(volume))
        except (SetupError, ValueError):
            continue
        role = _role(metadata)
        if role is None or metadata.legality is not Legality.LEGAL or str(metadata.image) != image:
            continue
        if role in found and role in NEEDED:
            raise FormatError(f"the domain {folder} has two volumes '{role.alias}': {found[role][1]} and {volume}")
        found[role] = place
    return found


def _unreadable(listing: Listing) -> list[str]:
    """The metadata of volumes that nobody can read, a few of them, with what is wrong."""
    found = []
    for (domain, image, volume), data in sorted(listing.volumes.items()):
        try:
            volume_metadata.read(data)
        except SetupError as error:
            found.append(f"{domain}/images/{image}/{volume}.meta: {error.message}")
    return found[:SHOWN]


def _role(metadata: VolumeMetadata) -> VolumeRole | None:
    return ALIASES.get(alias_of(metadata.description))
