"""How long the engine's disk takes into its volume, beside what one would do by hand: unpack, then convert.

    python -m benchmarks.copy_appliance [FOLDER]

FOLDER is where the volume lies (a mounted GlusterFS volume, say); the appliances are made below /var/tmp. Prints seconds and
the ratio to the way by hand; ours also compares the copy with its source, the way by hand does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from ovirt_hc_setup.formats.vdsm import volume_metadata
from ovirt_hc_setup.formats.vdsm.volume_metadata import Allocation, Legality, VolumeMetadata
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.system.appliance.appliance_files import read_appliance
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.appliances import IMAGE, MACHINE, MIB, VOLUME, ovirt_ovf, qcow2_disk

VIRTUAL = 5 << 30
PIECE = 8 << 20
PIECES = 58  # of data, spread evenly over the disk, half of each random
ROUNDS = 2


class Nothing:
    """A record and a progress that keep nothing."""

    before: Mapping[str, Any] = MappingProxyType({})

    def keep(self, image: Any) -> Any:
        return image

    def committing(self) -> None: ...

    def amount(self, *what: Any) -> None: ...

    def note(self, *what: Any) -> None: ...

    def line(self, *what: Any) -> None: ...


def make_appliances(folder: Path) -> dict[str, Path]:
    raw = folder / "disk.raw"
    with raw.open("wb") as out:
        for piece in range(PIECES):
            out.seek(piece * (VIRTUAL // PIECES // MIB) * MIB)
            out.write(os.urandom(PIECE // 2) + (b"engine %d " % piece * PIECE)[: PIECE // 2])
        out.truncate(VIRTUAL)
    image = qcow2_disk(raw, folder / "disk.qcow2")
    ova = pack(folder, image, "w")
    return {"bare qcow2": image, "plain OVA": ova, "gzip'd OVA": squeeze(ova)}


def pack(folder: Path, image: Path, mode: Any) -> Path:
    ovf = folder / "machine.ovf"
    ovf.write_bytes(ovirt_ovf())
    with tarfile.open(folder / "engine.ova", mode) as archive:
        archive.add(image, f"images/{IMAGE}/{VOLUME}")
        archive.add(ovf, f"master/vms/{MACHINE}/{MACHINE}.ovf")
    return folder / "engine.ova"


def squeeze(ova: Path) -> Path:
    packed = ova.with_suffix(".ova.gz")
    with packed.open("wb") as out:
        subprocess.run(("gzip", "-c", str(ova)), stdout=out, check=True)
    return packed


def by_hand(source: Path, kind: str, target: Path, folder: Path) -> None:
    unpacked = folder / "unpacked"
    if kind != "bare qcow2":
        unpacked.mkdir()
        subprocess.run(("tar", "xzf" if "gzip" in kind else "xf", str(source), "-C", str(unpacked)), check=True)
        source = unpacked / "images" / IMAGE / VOLUME
    command = ("qemu-img", "convert", "-n", "-t", "none", "-f", "qcow2", "-O", "raw", str(source), str(target))
    subprocess.run(command, check=True)
    shutil.rmtree(unpacked, ignore_errors=True)


def ours(source: Path, kind: str, target: Path, folder: Path) -> None:
    image, volume = uuid4(), uuid4()
    domain = target.parent / str(uuid4())
    resource = DiskImage(
        name="x", appliance=read_appliance(source), domain=domain, image=image, volume=volume, size=VIRTUAL, spool=folder
    )
    resource.path.parent.mkdir(parents=True)
    target.rename(resource.path)
    metadata = VolumeMetadata(
        domain=UUID(domain.name),
        image=image,
        capacity=VIRTUAL,
        created=1,
        description="",
        disk_type="HEVD",
        allocation=Allocation.SPARSE,
        legality=Legality.ILLEGAL,
    )
    resource.layout.meta.write_bytes(volume_metadata.write(metadata))
    nothing: Any = Nothing()
    resource.apply(LocalHost("here"), nothing, nothing)
    shutil.rmtree(domain)


def timed(way: Callable[[Path, str, Path, Path], None], source: Path, kind: str, place: Path, folder: Path) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        target = place / "volume"
        target.touch()
        os.truncate(target, VIRTUAL)
        begun = time.monotonic()
        way(source, kind, target, folder)
        best = min(best, time.monotonic() - begun)
        target.unlink(missing_ok=True)
    return best


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        place = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
        print(f"volume in {place}, {PIECES * PIECE // MIB} MiB of data in {VIRTUAL >> 30} GiB, best of {ROUNDS}")
        for kind, source in make_appliances(folder).items():
            hand = timed(by_hand, source, kind, place, folder)
            mine = timed(ours, source, kind, place, folder)
            print(f"{kind:12} by hand {hand:5.1f} s   copied and compared {mine:5.1f} s   ratio {mine / hand:.2f}")


if __name__ == "__main__":
    main()
