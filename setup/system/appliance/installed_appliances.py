"""The appliances that packages have installed on this host, by their descriptors in /etc/ovirt-hosted-engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.formats.appliance.appliance_descriptor import ApplianceDescriptor, parse_appliance_descriptor

DESCRIPTORS = Path("/etc/ovirt-hosted-engine")
PATTERN = "*-appliance*.conf"
"""`10-appliance-<distribution>.conf` of today's packages, several of which can be installed, and older names."""


@dataclass(frozen=True)
class InstalledAppliance:
    """`source` is the descriptor's file, `file_size` bytes; `problem` says why it cannot be chosen, empty when it can."""

    source: Path
    descriptor: ApplianceDescriptor
    file_size: int = 0
    problem: str = ""


def installed_appliances(folder: Path = DESCRIPTORS) -> tuple[InstalledAppliance, ...]:
    """All of them, the newest version first; what cannot be used comes last, with its problem."""
    found = [_installed(path) for path in sorted(folder.glob(PATTERN))]
    return tuple(sorted(found, key=lambda one: (not one.problem, _version_order(one.descriptor.version)), reverse=True))


def descriptor_of(path: Path, folder: Path = DESCRIPTORS) -> ApplianceDescriptor | None:
    """What an installed descriptor says of the appliance at `path`, if one does."""
    return next((one.descriptor for one in installed_appliances(folder) if one.descriptor.path == path), None)


def _installed(source: Path) -> InstalledAppliance:
    try:
        descriptor = parse_appliance_descriptor(source.read_text("utf-8", "replace"), str(source))
    except (SetupError, OSError) as error:
        reason = error.message if isinstance(error, SetupError) else str(error)
        return InstalledAppliance(source, ApplianceDescriptor(source), problem=reason)
    try:
        return InstalledAppliance(source, descriptor, descriptor.path.stat().st_size)
    except OSError as error:
        return InstalledAppliance(source, descriptor, problem=f"{descriptor.path}: {error.strerror}")


def _version_order(version: str) -> list[tuple[int, int, str]]:
    """Numbers compare as numbers, so that 4.5-10 is newer than 4.5-2."""
    parts = re.findall(r"\d+|[a-zA-Z]+", version)
    return [(1, int(part), "") if part.isdigit() and part.isascii() else (0, 0, part) for part in parts]
