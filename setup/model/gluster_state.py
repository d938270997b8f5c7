"""How a GlusterFS pool is doing at the moment: peers, brick processes, what is still to be healed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Peer:
    """A host of the pool. The one that was asked calls itself `localhost`."""

    host: str
    uuid: UUID
    connected: bool


@dataclass(frozen=True)
class BrickState:
    """A brick's process: whether it runs, and its TCP port (None while it does not)."""

    host: str
    path: str
    online: bool
    port: int | None


@dataclass(frozen=True)
class HealState:
    """Entries (files and folders) that a brick has to heal, and those in split brain; None when the brick could not be asked."""

    brick: str
    pending: int | None
    split_brain: int | None
