"""A tree of files as a disk that a PC BIOS boots: one ext4 partition, extlinux in it, syslinux's code in the first sector."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab.appliance.appliance_recipe import LABEL
from ovirt_hc_setup.lab.chroot import run_alone
from ovirt_hc_setup.system.host.commands import LocalHost

START = 1 << 20
BOOT_CODE = 440
BOOT_CODE_FILES = (Path("/usr/lib/EXTLINUX/mbr.bin"), Path("/usr/lib/syslinux/mbr/mbr.bin"))
# No 64bit and no metadata_csum: extlinux writes into the file system itself and knows neither of all kinds.
FEATURES = "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,flex_bg,sparse_super,large_file,dir_nlink"


def make_disk(host: LocalHost, tree: Path, raw: Path, gib: int) -> None:
    """Write the raw disk image of `gib` GiB (sparse); raises CommandFailed."""
    size = gib << 30
    with raw.open("wb") as file:
        file.truncate(size)
    host.run("sfdisk", "--quiet", str(raw), stdin=f"label: dos\nstart={START // 512}, type=83, bootable\n".encode())
    _make_file_system(host, tree, raw, size)
    _install_extlinux(host, raw)
    with raw.open("r+b") as file:
        file.write(_boot_code())


def compress(host: LocalHost, raw: Path, qcow2: Path) -> None:
    """The raw image as a compressed qcow2; raises CommandFailed."""
    convert = ("qemu-img", "convert", "-c", "-m", "4", "-W", "-f", "raw", "-O", "qcow2")
    host.run(*convert, str(raw), str(qcow2), timeout=600)


def _make_file_system(host: LocalHost, tree: Path, raw: Path, size: int) -> None:
    where = ("-E", f"offset={START},lazy_itable_init=1", "-d", str(tree))
    blocks = str((size - START) // 4096)
    make = ("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-O", FEATURES, "-L", LABEL)
    host.run(*make, *where, str(raw), blocks, timeout=300)


def _install_extlinux(host: LocalHost, raw: Path) -> None:
    # In a mount namespace of its own: whatever happens, mount and loop device end with it.
    script = f'mount -o loop,offset={START} "$0" /mnt && extlinux --install /mnt/boot/extlinux && umount /mnt'
    run_alone(host, "sh", "-ec", script, str(raw), timeout=120)


def _boot_code() -> bytes:
    for path in BOOT_CODE_FILES:
        if path.exists():
            return path.read_bytes()[:BOOT_CODE]
    raise UsageError(f"{BOOT_CODE_FILES[0]} is not there", hint="It is in Debian's package extlinux: apt-get install extlinux")
