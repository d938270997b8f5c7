"""How hosts reach a storage: what a plugin brings for one type of storage (hook `ovirt_hc_setup_connections`).

Nobody else knows how a path of that type is written, what it is called, or how it comes to a host. What lies on the storage is
the same for all types of one kind of attachment, and is no matter of a Connection.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.model.disk_access import NetworkDisk
from ovirt_hc_setup.model.file_tree import FileTree
from ovirt_hc_setup.runner.context import Context
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.gluster.volume_look import VolumeLook


class ToldElsewhere(SetupError):
    """The storage cannot be looked into for a reason that a check of the Connection's own plugin tells."""


class Connection(ABC):
    """`name` is the type as answers and hosted-engine.conf have it, `packages` what hosts need for it, by package manager (`apt`,
    `dnf`). It changes nothing by itself, and keeps nothing: everything stands in the answers."""

    name: str
    packages: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    @property
    @abstractmethod
    def questions(self) -> Sequence[Question[str]]:
        """Those that are asked where this type was chosen, before anybody looks at the storage: for the path
        (`keys.STORAGE_PATH`), and what it takes beside it. The path's `settle` brings it into the one form that it has on all
        hosts, and raises ValueRefused for what is none."""

    @abstractmethod
    def root(self, path: str) -> Path:
        """Where VDSM would attach this path: known from the path alone, whatever is there."""

    @abstractmethod
    def attachment(self, context: Context) -> FileTree:
        """What hosts get. Raises ToldElsewhere or another SetupError when that cannot be found out."""

    @abstractmethod
    def resources(self, context: Context) -> Sequence[Resource]:
        """What attaches it to this host, back at every boot; the last of them provides `storage.attached`. Taken back, the host
        is as it was."""

    def sector_size(self, context: Context) -> int | None:
        """Bytes in a sector of the disks below, 512 or 4096; None when this host cannot look at them."""
        return None

    def network_form(self, context: Context, disk: Path) -> NetworkDisk | None:
        """How QEMU could reach a file below the root without the attachment, if it could."""
        return None

    def owning(self, path: str) -> str:
        """What an operator does to give the root of the storage to 36:36."""
        return f"Run `chown 36:36` and `chmod 0755` on the root of {path} where it is served."

    def trouble(self, context: Context) -> str:
        """Why it cannot be attached and what to do, as far as this host can see; empty when nothing is known."""
        return ""

    def health(self, path: str) -> VolumeLook | None:
        """Who tells how the storage is doing, for `status`; None when nobody does."""
        return None
