"""How a storage's volume is doing: asked of this host's glusterd, or of the storage's server where this host is in no pool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.gluster_state import BrickState, HealState
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units

GLUSTERD = "glusterd.service"
T = TypeVar("T")


@dataclass(frozen=True)
class VolumeLook:
    """The volume that `storage` names. `turn`: seconds that other work of the pool is waited for. All of it raises CommandFailed
    or FormatError."""

    storage: StoragePath
    turn: float = glusterd.TURN_SECONDS

    def volume(self, host: Host) -> GlusterVolume:
        return self._ask(lambda name, server: glusterd.volume_info(host, name, server, self.turn))

    def bricks(self, host: Host) -> tuple[BrickState, ...]:
        return self._ask(lambda name, server: glusterd.brick_states(host, name, server, self.turn))

    def heal(self, host: Host) -> tuple[HealState, ...]:
        """Only a host of the pool can be asked."""
        return glusterd.heal_states(host, self.storage.volume, self.turn)

    def _ask(self, ask: Callable[[str, str], T]) -> T:
        path = self.storage
        try:
            return ask(path.volume, "")
        except CommandFailed as error:
            if glusterd.is_busy(error):
                raise  # the server is in the same pool
            try:
                return ask(path.volume, path.server)
            except CommandFailed:
                raise error from None


def why_not_to_leave(host: Host) -> tuple[str, ...]:
    """What speaks against this host's bricks being away for a while: bricks of the same volumes that are offline, and entries
    that are not healed yet. Nothing on a host that serves no replicated volume. Raises CommandFailed or FormatError."""
    if not units.state(host, GLUSTERD).is_active:
        return ()
    others, found = {peer.host for peer in glusterd.peers(host)} - {"localhost"}, list[str]()
    for volume in glusterd.volumes(host):
        if volume.started and volume.replica > 1:
            found += _needed_here(host, volume, others)
    return tuple(found)


def _needed_here(host: Host, volume: GlusterVolume, others: set[str]) -> list[str]:
    ours = [brick for brick in volume.bricks if brick.host not in others]
    online = {(one.host, one.path) for one in glusterd.brick_states(host, volume.name) if one.online}
    if not any((brick.host, brick.path) in online for brick in ours):
        return []  # no brick of this host is missed that is not missing already
    away = [brick for brick in volume.bricks if (brick.host, brick.path) not in online]
    return [f"brick {brick} of volume {volume.name} is offline" for brick in away] or _unhealed(host, volume.name)


def _unhealed(host: Host, volume: str) -> list[str]:
    states = glusterd.heal_states(host, volume)
    silent = [f"brick {one.brick} does not say what it has to heal" for one in states if one.pending is None]
    return silent or [f"volume {volume} has {one.pending} entries to heal on {one.brick}" for one in states if one.pending]

