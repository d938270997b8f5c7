"""How a storage's volume is doing: asked of this host's glusterd, or of the storage's server where this host is in no pool."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.gluster import GlusterVolume
from ovirt_hc_setup.model.gluster_state import BrickState, HealState
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.system import gluster

TRIES = 4
T = TypeVar("T")


def volume(host: Host, storage: str) -> GlusterVolume:
    """Raises CommandFailed or FormatError."""
    return _ask(storage, lambda name, server: gluster.volume_info(host, name, server))


def bricks(host: Host, storage: str) -> tuple[BrickState, ...]:
    """Raises CommandFailed or FormatError."""
    return _ask(storage, lambda name, server: gluster.brick_states(host, name, server))


def heal(host: Host, storage: str) -> tuple[HealState, ...]:
    """Only a host of the pool can be asked. Raises CommandFailed or FormatError."""
    return gluster.heal_states(host, StoragePath.parse(storage).volume)


def _ask(storage: str, ask: Callable[[str, str], T]) -> T:
    path = StoragePath.parse(storage)
    try:
        return _again(lambda: ask(path.volume, ""))
    except CommandFailed as error:
        try:
            return ask(path.volume, path.server)
        except CommandFailed:
            raise error from None


def _again(ask: Callable[[], T]) -> T:
    # glusterd answers one such question at a time for the whole pool, and refuses the others.
    for _ in range(TRIES - 1):
        try:
            return ask()
        except CommandFailed as error:
            if "Another transaction" not in error.message:
                raise
            time.sleep(0.7)
    return ask()
