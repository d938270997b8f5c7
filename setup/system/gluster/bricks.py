"""The folder of a brick: what a volume keeps in it."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.vdsm.storage_look import IGNORED
from ovirt_hc_setup.system.gluster import glusterd
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.storage import mounts

GLUSTERD = "glusterd.service"
SHOWN = 8
# Pieces of sharded files, and what GlusterFS keeps for itself: nothing that is there without a file that it belongs to.
_OWN = IGNORED | {".shard"}
_AT_ROOT = ("-mindepth", "1", "-maxdepth", "1", "-printf", "%P\\n")
# What cannot be looked at is not empty: then `find` fails, and with it the script.
_FIND = 'test ! -d "$1" || find "$@"\n'


def files(host: Host, folder: Path) -> tuple[str, ...]:
    """Files and folders at the root of the volume, a few of them; none for a brick that is not there. Raises CommandFailed."""
    return _others(host.run("sh", "-c", _FIND, "-", str(folder), *_AT_ROOT).out)


def files_on(host: Host, device: Path, folder: str) -> tuple[str, ...]:
    """The same, of a brick whose disk is not mounted: `folder` is its path in the file system. Nothing is written on the disk."""
    return _others(mounts.inside(host, "xfs", str(device), "norecovery", _FIND, f"./{folder}", *_AT_ROOT).out)


def _others(said: str) -> tuple[str, ...]:
    names = [name for name in said.splitlines() if name not in _OWN and not name.startswith(".glusterfs")]
    return tuple(sorted(names)[:SHOWN])


def volume_of(host: Host, folder: Path) -> str:
    """The volume that this host's glusterd has a brick at this folder for; empty when there is none. Raises CommandFailed."""
    if not units.state(host, GLUSTERD).is_active and not host.run("test", "-d", f"{folder}/.glusterfs", check=False).ok:
        return ""
    found = [one.name for one in glusterd.volumes(host) if any(brick.path == str(folder) for brick in one.bricks)]
    return found[0] if found else ""
