"""Making the appliance once and keeping it: image, archive and descriptor, made aside and renamed when complete."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.lab.appliance import appliance_recipe, ova
from ovirt_hc_setup.lab.appliance.disk import compress, make_disk
from ovirt_hc_setup.lab.appliance.tree import make_tree
from ovirt_hc_setup.lab.base_image import minbase
from ovirt_hc_setup.lab.places import APPLIANCE_CACHE
from ovirt_hc_setup.system.host.commands import LocalHost

Progress = Callable[[str], None]

NAME = "HostedEngine"
DESCRIPTION = "The lab's stand-in for the oVirt Engine Appliance"
# Where a lab host shows the cache folder; the real appliance's package puts its archive there too.
INSTALLED = Path("/usr/share/ovirt-engine-appliance")
# When oVirt 4.5.5 came out. A fixed time, so that equal recipes give equal archives.
STAMP = 1701388800
QCOW2, OVA = "engine-appliance.qcow2", "engine-appliance.ova"
# Named as the real appliance's packages name theirs, of which several can be installed; they describe a qcow2 image.
DESCRIPTORS = {"10-appliance-debian12.conf": (QCOW2, "2"), "10-appliance-debian11.conf": (OVA, "1")}
PROGRAMS = {
    "mke2fs": "e2fsprogs",
    "sfdisk": "fdisk",
    "extlinux": "extlinux",
    "qemu-img": "qemu-utils",
}


@dataclass(frozen=True)
class BuiltAppliance:
    """The files of one appliance on this machine."""

    qcow2: Path
    ova: Path
    descriptors: tuple[Path, ...]
    version: str

    @property
    def folder(self) -> Path:
        """To be shown to lab hosts at `INSTALLED`, where the descriptors say that image and archive are."""
        return self.qcow2.parent


def appliance(progress: Progress) -> BuiltAppliance:
    """The lab's appliance, made the first time (about two minutes); raises CommandFailed."""
    lower = minbase(progress)
    digest = appliance_recipe.digest(lower.name)
    done = APPLIANCE_CACHE / digest
    if not done.is_dir():
        done.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(done.parent, progress):
            if not done.is_dir():
                _make_folder(lower, done, digest, progress)
    return BuiltAppliance(done / QCOW2, done / OVA, tuple(done / name for name in DESCRIPTORS), _version(digest))


def _version(digest: str) -> str:
    return f"4.5-lab.{digest[:8]}"


@contextmanager
def _one_at_a_time(folder: Path, progress: Progress) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("appliance: waiting for another process that makes it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_folder(lower: Path, done: Path, digest: str, progress: Progress) -> None:
    host = LocalHost("this machine")
    for left in done.parent.glob(".making-*"):
        # Under the lock, so what lies here was left by a process that was killed.
        shutil.rmtree(left)
    _install_programs(host, progress)
    aside = Path(tempfile.mkdtemp(prefix=".making-", dir=done.parent))
    try:
        ready = aside / "ready"
        ready.mkdir(mode=0o755)
        _make_image(host, lower, aside, ready / QCOW2, progress)
        _make_archive(ready, _version(digest), progress)
        os.sync()
        ready.rename(done)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _install_programs(host: LocalHost, progress: Progress) -> None:
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if packages:
        progress(f"installing on this machine: {' '.join(packages)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        host.run("apt-get", "update", "-q", timeout=300, env=quiet)
        host.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages, timeout=600, env=quiet)


def _make_image(host: LocalHost, lower: Path, aside: Path, qcow2: Path, progress: Progress) -> None:
    tree, raw = aside / "tree", aside / "disk.raw"
    make_tree(host, lower, tree, progress)
    progress("appliance: writing the boot disk")
    make_disk(host, tree, raw, appliance_recipe.VIRTUAL_GIB)
    progress("appliance: compressing it (about 30 s)")
    compress(host, raw, qcow2)


def _make_archive(ready: Path, version: str, progress: Progress) -> None:
    progress("appliance: writing the OVA and the descriptors")
    machine = ova.OvfMachine(
        name=NAME,
        version=version,
        disk_gib=appliance_recipe.VIRTUAL_GIB,
        memory_mb=appliance_recipe.MEMORY_MB,
        sockets=1,
        cores=appliance_recipe.CPUS,
        stamp=STAMP,
    )
    size = (ready / QCOW2).stat().st_size
    with (ready / QCOW2).open("rb") as volume, (ready / OVA).open("wb") as out:
        ova.write_ova(out, machine, volume, size)
    for name, (file, release) in DESCRIPTORS.items():
        with (ready / file).open("rb") as described:
            sha1 = hashlib.file_digest(described, "sha1").hexdigest()
        (ready / name).write_text(ova.descriptor(DESCRIPTION, f"{version}-{release}", str(INSTALLED / file), sha1))
