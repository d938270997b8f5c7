"""Changing a GlusterFS pool and its volumes. `system/gluster.py` is for looking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.system.gluster import glusterd

CHANGE_SECONDS = 120.0

HOME = Path("/var/lib/glusterd")
"""Where glusterd keeps its own id, its peers and its volumes."""


def probe_peer(host: Host, name: str) -> None:
    """Take a host into this host's pool, known by `name`. Raises CommandFailed with glusterd's words."""
    _change(host, "peer", "probe", name)


def detach_peer(host: Host, name: str) -> None:
    _change(host, "peer", "detach", name)


def create_volume(host: Host, volume: str, bricks: Sequence[str], *, arbiter: bool) -> None:
    """A replica-3 volume. `bricks` are on file systems that were made for it, so that what an attempt that failed has left
    in their attributes is nothing to refuse them for."""
    copies = ("replica", "3", *(("arbiter", "1") if arbiter else ()))
    _change(host, "volume", "create", volume, *copies, "transport", "tcp", *bricks, "force")


def set_option(host: Host, volume: str, option: str, value: str) -> None:
    _change(host, "volume", "set", volume, option, value)


def set_group(host: Host, volume: str, group: str) -> bool:
    """All options of a group that GlusterFS brings; whether it knew the group."""
    return _try(host, "volume", "set", volume, "group", group).ok


def change(host: Host, command: Sequence[str]) -> None:
    """A command as the volume's judgement names it: `gluster volume ...`."""
    _change(host, *command[1:])


def start_volume(host: Host, volume: str) -> None:
    _change(host, "volume", "start", volume)


def stop_volume(host: Host, volume: str) -> None:
    _change(host, "volume", "stop", volume, "force")


def drop_bricks(host: Host, volume: str, left: int, bricks: Sequence[str]) -> None:
    """Take these bricks out of a replicated volume that has `left` others, whatever is on them."""
    _change(host, "volume", "remove-brick", volume, "replica", str(left), *bricks, "force")


def delete_volume(host: Host, volume: str) -> None:
    _change(host, "volume", "delete", volume)


def settle(host: Host, *bricks: Path) -> None:
    """What glusterd has written is on the host's disks when this returns, and what it has written into `bricks`.

    It syncs none of its files itself: after a power cut within the first half minute the files of a new volume are there and
    empty, and its glusterd does not start.
    """
    host.run("sync", "--file-system", "--", str(HOME), *map(str, bricks), timeout=CHANGE_SECONDS)


def _change(host: Host, *words: str) -> None:
    _try(host, *words).check(hint="See glusterd's log: /var/log/glusterfs/glusterd.log")


def _try(host: Host, *words: str) -> Outcome:
    return glusterd.in_its_turn(host, *words, timeout=CHANGE_SECONDS)
