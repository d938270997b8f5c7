"""What a kind of storage offers to the rest: where things lie on it, and the resources that make it usable.

A backend changes nothing by itself. `plugins/storage` asks the one that `OVEHOSTED_STORAGE/domainType` names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.formats.hosted_engine.engine_files import EngineFiles
from ovirt_hc_setup.formats.vdsm.storage_look import StorageLook
from ovirt_hc_setup.model.disk_access import DiskAccess
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.resource import Resource


class ToldElsewhere(SetupError):
    """The storage cannot be looked into for a reason that a check of the backend's own subject tells."""


class StorageBackend(Protocol):
    """`name` is the domain type (`glusterfs`)."""

    @property
    def name(self) -> str: ...

    def look(self, context: Context) -> StorageLook:
        """What lies on the storage now, without leaving a trace. Raises ToldElsewhere or another SetupError."""
        ...

    def engine_files(self, context: Context) -> EngineFiles:
        """The hosted engine that is on the storage, without leaving a trace. Raises NotDeployed when there is none, FormatError
        when it is damaged, ToldElsewhere or another SetupError when nobody can look."""
        ...

    def mount_point(self, context: Context) -> Path:
        """Where the storage is to be found once it is mounted: where VDSM would look for it."""
        ...

    def disk(self, context: Context, image: UUID, volume: UUID) -> DiskAccess:
        """Where a volume of the domain is, and how a VM reaches it."""
        ...

    def mount_options(self, context: Context) -> str:
        """What it is mounted with, separated by commas; empty for storage that is not mounted."""
        ...

    def sector_size(self, context: Context) -> int | None:
        """The smallest piece that the disks below take, 512 or 4096 bytes; None when this host cannot look at them."""
        ...

    def resources(self, context: Context) -> Sequence[Resource]:
        """What makes the storage usable on this host; the last of them provides `storage.mounted`."""
        ...
