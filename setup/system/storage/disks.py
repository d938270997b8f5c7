"""Disks: what is on one, and an XFS file system of ours on a blank one. Nothing here writes on a disk that is not blank."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.block_devices import COLUMNS, BlockDevice, read_devices, read_signatures

MKFS_SECONDS = 300.0
# blkid(8), low-level probing: nothing was found.
_NOTHING = 2
# What GlusterFS asks for: room for its attributes in the inode, larger folders. Nothing is discarded, which can take minutes.
_OPTIONS = ("-K", "-i", "size=512", "-n", "size=8192")
# udev's links to a disk; a name that was given to what lies on it, or in a volume group, may be given to something else.
_NAMES = r"""
wanted=$(readlink -f "$1")
for name in /dev/disk/by-id/* /dev/disk/by-path/*; do
    case "$name" in */dm-name-* | */lvm-pv-uuid-* | */md-*) continue ;; esac
    if [ -L "$name" ] && [ "$(readlink -f "$name")" = "$wanted" ]; then printf '%s\n' "$name"; fi
done
"""


def look(host: Host, device: Path) -> BlockDevice:
    """What a disk is and what is on it; nothing is opened for writing. Raises Conflict when it is not there, CommandFailed."""
    if not host.run("test", "-b", str(device), check=False).ok:
        raise Conflict(f"there is no disk {device} on {host.name}", hint="`lsblk` there lists its disks.", host=host.name)
    said = host.run("lsblk", "--json", "--bytes", "--paths", "--output", COLUMNS, "--", str(device)).out
    found = read_devices(said)[0]
    signatures = read_signatures(host.run("wipefs", "--no-act", "--json", "--", str(device)).out)
    low = host.run("blkid", "--probe", "--", str(device), check=False)
    unsure = () if low.code == _NOTHING or signatures else (f"blkid says: {(low.out + low.err).strip()}",)
    stable = str(stable_name(host, device))
    return replace(found, stable=stable, traces=tuple(dict.fromkeys((*found.traces, *signatures, *unsure))))


def stable_name(host: Host, device: Path) -> Path:
    """The name by which a disk is found again when the kernel finds its disks in another order: one that is made of what the
    disk says of itself (WWN, serial number), else of where it is plugged in. `device` itself where udev makes neither."""
    found = [Path(line) for line in host.run("sh", "-c", _NAMES, "-", str(device), check=False).out.splitlines()]
    if device in found:
        return device
    return min(found, key=_preference, default=device)


def _preference(name: Path) -> tuple[int, str]:
    kinds = ("wwn-", "nvme-eui.", "nvme-uuid.", "scsi-3", "dm-uuid-")
    of_itself = name.parent.name == "by-id"
    known = (number for number, kind in enumerate(kinds) if of_itself and name.name.startswith(kind))
    return next(known, len(kinds) if of_itself else len(kinds) + 1), str(name)


def holding(host: Host, uuid: UUID) -> Path | None:
    """The device that has the file system with this UUID, whatever it is called now; None when there is none here."""
    wanted = ("--cache-file", "/dev/null", "--match-token", f"UUID={uuid}", "--output", "device")
    found = host.run("blkid", *wanted, check=False).out.split()
    return Path(found[0]) if found else None


def blank(host: Host) -> tuple[BlockDevice, ...]:
    """The whole disks of a host that nothing is on, as far as lsblk knows."""
    said = host.run("lsblk", "--json", "--bytes", "--paths", "--output", COLUMNS).out
    return tuple(device for device in read_devices(said) if device.kind == "disk" and device.size and not device.traces)


def is_ours(host: Host, device: Path, uuid: UUID) -> bool:
    """Whether the file system on it, whole or half made, is the one with this UUID."""
    said = host.run("blkid", "--probe", "--match-tag", "UUID", "--output", "value", "--", str(device), check=False).out
    return said.strip() == str(uuid)


def is_whole(host: Host, device: Path) -> bool:
    """Whether mkfs.xfs came to its end: the superblock says that it did not until then (`sb_inprogress`).

    Raises Conflict where nobody can say: a file system that is damaged is not a half made one, which may be begun anew.
    """
    outcome = host.run("xfs_db", "-r", "-c", "sb 0", "-c", "print inprogress", str(device), check=False)
    said = outcome.out.strip()
    if not outcome.ok or said not in ("inprogress = 0", "inprogress = 1"):
        why = f"the file system on {device} is this run's, but whether it is complete is unknown: {outcome.describe()}"
        hint = f"It may hold data. Check it with `xfs_repair -n {device}`. If nobody needs it: `wipefs -a {device}`."
        raise Conflict(why, hint=hint, host=host.name)
    return said == "inprogress = 0"


def make_xfs(host: Host, device: Path, uuid: UUID) -> None:
    """Make the file system. Over a half made one of ours it begins anew; anything else that is there makes mkfs.xfs refuse."""
    again = ("-f",) if is_ours(host, device, uuid) and not is_whole(host, device) else ()
    host.run("mkfs.xfs", "-q", *again, *_OPTIONS, "-m", f"uuid={uuid}", str(device), timeout=MKFS_SECONDS)


def wipe_xfs(host: Host, device: Path, uuid: UUID) -> None:
    """Make a disk blank again that has our file system; raises Conflict when it has anything else."""
    if not is_ours(host, device, uuid):
        raise Conflict(f"{device} has no file system {uuid}", hint="Nothing was wiped.", host=host.name)
    host.run("wipefs", "--all", "--quiet", "--types", "xfs", "--", str(device))


def same_device(host: Host, device: Path, point: Path) -> bool:
    """Whether what is mounted at `point` is this disk, however the mount calls it."""
    mounted = host.run("findmnt", "--noheadings", "--raw", "--output", "MAJ:MIN", "--mountpoint", str(point), check=False).out
    number = host.run("lsblk", "--nodeps", "--noheadings", "--raw", "--output", "MAJ:MIN", "--", str(device), check=False).out
    return bool(number.strip()) and number.strip() in mounted.split()
