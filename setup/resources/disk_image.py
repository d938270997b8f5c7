"""The engine's disk: what the appliance holds, in a volume of the storage domain that is there already.

**Commit point**: the volume's metadata is renamed into place with LEGALITY=LEGAL, after the copy was compared with its
source and is on the storage. A kill **before** it leaves an ILLEGAL volume with a part of the disk in it, which no VM is
ever given; applying again empties it and starts over, and neither a writing qemu-img nor an unpacked disk outlives the
killed process. A kill **after** it leaves the whole disk, and applying again finds it done.
`undo` **knows that it is ours** by the record, by the domain and image UUIDs in the metadata (drawn for this run), and by
the image having no volume but this one; it refuses while any process on any host has the disk open (QEMU's image lock).
It marks the volume ILLEGAL first and empties it then, so that a kill in between leaves nothing that looks whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import Conflict, FormatError, NotAnswering, SetupError, Stopped
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.formats.vdsm.volume_metadata import Legality, VolumeMetadata
from ovirt_hc_setup.model.appliance import Appliance, DiskFormat
from ovirt_hc_setup.model.file_store import FileStore, VolumeLayout
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.appliance import qemu_img
from ovirt_hc_setup.system.appliance.appliance_files import disk_header, open_appliance
from ovirt_hc_setup.system.appliance.checksum import FileSum, refuse_other_sum
from ovirt_hc_setup.system.appliance.qemu_img import Image, refuse_damaged
from ovirt_hc_setup.system.appliance.spool import spooled
from ovirt_hc_setup.system.storage import domain_files, image_lock, on_storage, volume_content, volume_files

_GIB = 1 << 30
_PATIENCE = 10.0  # seconds for the kernel to end what a killed worker has left


@dataclass(frozen=True, kw_only=True)
class DiskImage(Resource):
    """`domain` is the folder of the storage domain, `size` the bytes of the volume, `spool` a folder on this host for the
    disk of a compressed appliance; `domain_name` is what an operator confirms before the disk is taken away.
    """

    appliance: Appliance
    domain: FileStore
    image: UUID
    volume: UUID
    size: int
    spool: Path
    domain_name: str = ""

    @property
    def layout(self) -> VolumeLayout:
        return self.domain.volume(self.image, self.volume)

    @property
    def path(self) -> Path:
        return self.layout.data

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.domain.thing,)

    def describe(self) -> tuple[str, ...]:
        how = f"unpacked temporarily below {self.spool}" if self.appliance.needs_spool else "without a temporary copy"
        checked = ", its SHA-1 verified" if self.appliance.sha1 else ""
        return (
            f"Copy the disk of the appliance {self.appliance.path} into the engine's volume",
            f"disk of {self.appliance.virtual_size / _GIB:.1f} GiB into a volume of {self.size / _GIB:.1f} GiB, {how}{checked}",
            f"{self.path}, compared with its source afterwards",
        )

    def holds_data(self) -> str:
        return self.domain_name

    def probe(self, host: Host) -> State:
        metadata, size = volume_files.read_metadata(self.layout), on_storage.size_of(self.path)
        if metadata is None or size is None:
            return blocked(f"the volume {self.path} is not there")
        foreign = self._foreign(metadata)
        if foreign:
            return conflict(foreign, "Use another storage path, or use the storage domain with the deployment that owns it.")
        if size < self.size:
            return conflict(
                f"{self.path} has {size} bytes, less than the {self.size} requested",
                "Run `reset` and deploy again: the volume was changed since it was made.",
            )
        if metadata.legality is Legality.LEGAL:
            return DONE
        return needed("the volume is marked ILLEGAL: it does not contain the complete appliance disk")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        metadata = volume_files.read_metadata(self.layout)
        if metadata is None:
            raise Conflict(f"{self.layout.meta} is not there any more")
        self._refuse_too_large()
        self._wait_until_free(progress)
        record.keep({"legality": metadata.legality.value, "volume": str(self.path)})
        self._empty(self.size)
        try:
            self._fill(progress)
        except (SetupError, OSError) as error:
            # What is in it is of no use to anybody and takes space on every brick. What went wrong is the thing to tell, though,
            # and whoever tries again empties it first.
            if not isinstance(error, NotAnswering | Stopped):
                with contextlib.suppress(SetupError, OSError):
                    self._empty(self.size)
            raise
        record.committing()
        self._mark(host, metadata, Legality.LEGAL)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if not on_storage.is_folder(self.domain.folder):
            domain_files.require_attached(host, self.domain, "the disk on it")
        metadata = volume_files.read_metadata(self.layout)
        if metadata is None or on_storage.size_of(self.path) is None:
            return
        reason = self._foreign(metadata) or self._has_more()
        if reason:
            hint = "It is kept. Remove it by hand when it is not needed."
            raise Conflict(reason, hint=hint, resource=self.name, host=host.name)
        with image_lock.kept_from_others(self.path):
            self._mark(host, metadata, Legality.ILLEGAL)
            volume_content.blank(self.path, on_storage.size_of(self.path) or 0)
        self._sweep()

    @property
    def _target(self) -> Image:
        return Image(self.path, DiskFormat.RAW)

    def _foreign(self, metadata: VolumeMetadata) -> str:
        if metadata.image != self.image or str(metadata.domain) != self.domain.name:
            return f"{self.layout.meta} is of image {metadata.image} in domain {metadata.domain}, not of this run"
        return ""

    def _has_more(self) -> str:
        others = [found.name for found in on_storage.matching(self.path.parent, "*.meta") if found != self.layout.meta]
        return f"the image {self.image} has other volumes (snapshots): {', '.join(others)}" if others else ""

    def _refuse_too_large(self) -> None:
        if self.appliance.virtual_size > self.size:
            raise SetupError(
                f"the disk of the appliance has {self.appliance.virtual_size} bytes, more than the {self.size} of the volume",
                hint="Set a larger disk: OVEHOSTED_STORAGE/imgSizeGB.",
            )

    def _wait_until_free(self, progress: Progress) -> None:
        told, text = partial(progress.amount, unit="seconds"), "waiting until the volume is released"
        for _ in waits(_PATIENCE, told, text, every=0.5):
            if not image_lock.is_written(self.path):
                return

    def _empty(self, size: int) -> None:
        self._sweep()
        with image_lock.kept_from_others(self.path):
            volume_content.blank(self.path, size)

    def _fill(self, progress: Progress) -> None:
        """Copy, verify, make durable."""
        with self._source(progress) as (source, checksum):
            self._refuse_changed(source)

            def told(text: str, part: float) -> None:
                progress.amount(int(part * self.appliance.virtual_size), self.appliance.virtual_size, text)
                if checksum is not None and (found := checksum.soon()):
                    refuse_other_sum(self.appliance.path, self.appliance.sha1, found)

            qemu_img.convert(source, self._target, lambda part: told("copying", part))
            if checksum is not None:
                refuse_other_sum(self.appliance.path, self.appliance.sha1, checksum.found())
            volume_content.settle(self.path)
            if not qemu_img.identical(source, self._target, lambda part: told("comparing", part)):
                raise SetupError(
                    f"{self.path} differs from {self.appliance.path} after the copy",
                    hint="The storage or the memory of this host may be faulty: check the bricks' logs before trying again.",
                )

    @contextlib.contextmanager
    def _source(self, progress: Progress) -> Iterator[tuple[Image, FileSum | None]]:
        """The disk as QEMU can read it; for what is read in its place also the sum of the file, while it is computed."""
        appliance = self.appliance
        if appliance.needs_spool:
            total = appliance.disk_size
            with spooled(appliance, self.spool, lambda done: progress.amount(done, total, "unpacking")) as found:
                refuse_other_sum(appliance.path, appliance.sha1, found.sha1)
                yield Image(found.path, appliance.disk_format), None
            return
        window = Image(appliance.path, appliance.disk_format, appliance.disk_offset, appliance.disk_size)
        source = window if appliance.disk_offset else Image(appliance.path, appliance.disk_format)
        if not appliance.sha1:
            yield source, None
            return
        with FileSum(appliance.path) as checksum:
            yield source, checksum

    def _refuse_changed(self, source: Image) -> None:
        """Look once more before QEMU opens it: the file was judged when the plan was made."""
        with open_appliance(source.path) as file:
            if source.format is DiskFormat.QCOW2:
                size = disk_header(file, source.offset, str(self.appliance.path)).virtual_size
            else:
                size = self.appliance.disk_size
        whole = self.appliance.path.stat().st_size
        if size != self.appliance.virtual_size or whole != self.appliance.file_size:
            raise FormatError(
                f"the appliance {self.appliance.path} has changed since the plan was made",
                hint="Start a new deployment, which reads it again.",
            )
        refuse_damaged(self.appliance.path, source)

    def _mark(self, host: Host, metadata: VolumeMetadata, legality: Legality) -> None:
        volume_files.write_metadata(host, self.layout, metadata.judged(legality))

    def _sweep(self) -> None:
        # What a kill between writing aside and renaming has left.
        for aside in on_storage.matching(self.path.parent, f".{self.layout.meta.name}.*.new"):
            on_storage.remove(aside)
