"""qemu-img: copying, comparing and looking at images whose format and place are always named, never found out by QEMU.

Images are given as QEMU's `json:` references: they carry the format, a window inside a larger file (QEMU's raw driver
takes an offset and a size) and any file name without escaping, and they forbid a backing file outright.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import msgspec

from ovirt_hc_setup.base.errors import CommandFailed, FormatError
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.formats import shaped_json
from ovirt_hc_setup.model.appliance import DiskFormat
from ovirt_hc_setup.system.host.commands import environment, execute, told

SECTOR = 512
STALL = 900.0
"""Seconds without any progress (one percent of the disk) after which qemu-img is given up."""
QUICK = 60.0

Moved = Callable[[float], None]
"""Gets the part that is done, 0 to 1. What it raises ends the program."""

_PERCENT = re.compile(rb"\((\d{1,3}(?:\.\d+)?)/100%\)")
_KEPT = 16 << 10
_LONGEST_MAP = 256 << 20  # bytes: a map has about 120 for each part, and large images have many
_SMALL_HOLE = 16 << 20  # reading as much takes about as long as starting one more qemu-img
_DAMAGED, _LEAKED = 2, 3  # how `qemu-img check` ends; leaked clusters only cost space


@dataclass(frozen=True)
class Extent:
    """A part of an image, in bytes."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


class _Mapped(msgspec.Struct, frozen=True):
    """A part of an image as `qemu-img map --output=json` has it, in bytes."""

    start: int
    length: int
    data: bool


def joined(extents: Iterable[Extent], hole: int) -> tuple[Extent, ...]:
    """Extents in order, those with at most `hole` bytes between them as one."""
    found: list[Extent] = []
    for extent in extents:
        if found and extent.start - found[-1].end <= hole:
            found[-1] = Extent(found[-1].start, extent.end - found[-1].start)
        else:
            found.append(extent)
    return tuple(found)


@dataclass(frozen=True)
class Image:
    """A disk image in a file; with `size` (bytes) only that much of the file from `offset` on."""

    path: Path
    format: DiskFormat
    offset: int = 0
    size: int = 0

    @property
    def reference(self) -> str:
        return "json:" + json.dumps(self._node({}))

    def stored(self, part: Extent) -> str:
        """A reference to a part of the image as it is on the storage, not in this host's memory."""
        return self._window(part, {"cache": {"direct": True}})

    def part(self, part: Extent) -> str:
        return self._window(part, {})

    def _window(self, part: Extent, how: dict[str, object]) -> str:
        return "json:" + json.dumps({"driver": "raw", "offset": part.start, "size": part.length, "file": self._node(how)})

    def _node(self, how: dict[str, object]) -> dict[str, object]:
        file: dict[str, object] = {"driver": "file", "filename": str(self.path), **how}
        if self.size:
            # A window has to end at a sector: what a tar has after a member is padding up to one.
            file = {"driver": "raw", "offset": self.offset, "size": -(-self.size // SECTOR) * SECTOR, "file": file}
        image: dict[str, object] = {"driver": self.format.value, "file": file}
        if self.format is DiskFormat.QCOW2:
            image["backing"] = None
        return image


def convert(source: Image, target: Image, moved: Moved, *, stall: float = STALL) -> None:
    """Copy what is in `source` into the existing file of `target`, which must read as zeros now and stays as large as it is.

    Holes stay holes. Data goes past the page cache: it is on the storage when this returns. Raises CommandFailed.
    """
    options = ("-p", "-n", "-W", "-m", "16", "--target-is-zero", "-t", "none", "-O", target.format.value)
    _watched(("qemu-img", "convert", *options, source.reference, str(target.path)), moved, stall).check(_hint())


def identical(source: Image, copy: Image, moved: Moved, *, stall: float = STALL) -> bool:
    """Whether all the data of `source` is in the same places of `copy`, read from its storage. Raises CommandFailed.

    Where the source has no data nothing is compared: the copy was blank there before, and a file system that cannot
    tell its holes (GlusterFS with shards) would have all of them read, ten times as much as the data.
    """
    parts = data_extents(source)
    total, done = sum(part.length for part in parts), 0
    for part in parts:
        before = done

        def told(share: float, before: int = before, length: int = part.length) -> None:
            moved((before + share * length) / total)

        outcome = _watched(("qemu-img", "compare", "-p", source.part(part), copy.stored(part)), told, stall)
        if outcome.code == 1:
            return False
        outcome.check(_hint())
        done += part.length
    moved(1.0)
    return True


def data_extents(image: Image) -> tuple[Extent, ...]:
    """Where an image has data, with small holes in between counted in. Raises CommandFailed."""
    request = Request(("qemu-img", "map", "--output=json", image.reference), STALL)
    said = told(execute(request, "", _LONGEST_MAP)).check(_hint()).out
    mapped = shaped_json.read(said, list[_Mapped], "what `qemu-img map` printed")
    return joined([Extent(part.start, part.length) for part in mapped if part.data], _SMALL_HOLE)


def is_installed() -> bool:
    return shutil.which("qemu-img", path=environment({})["PATH"]) is not None


def damage(image: Image) -> str:
    """What is wrong with a qcow2 image, empty when it is whole: QEMU reads what a cut file lacks as zeros, without a word.

    Reads the image's tables only, so a cut of less than a cluster is not seen. Raises CommandFailed when it cannot be looked at.
    """
    outcome = _watched(("qemu-img", "check", image.reference), _unheard, STALL)
    if outcome.code in (0, _LEAKED):
        return ""
    if outcome.code != _DAMAGED:
        outcome.check(_hint())
    lines = (outcome.err or outcome.out).splitlines()
    return lines[0] if lines else "its tables are inconsistent"


def refuse_damaged(path: Path, image: Image) -> None:
    """Raise FormatError when the disk image that came in `path` is not whole."""
    found = damage(image) if image.format is DiskFormat.QCOW2 else ""
    if found:
        raise FormatError(
            f"the disk image in {path} is truncated or damaged: {found}",
            hint="Copy or download it again and compare its size and checksum with the original's.",
        )


def _unheard(part: float) -> None:
    return None


def _hint() -> str:
    return "Check that the storage is mounted and has free space and quorum; then run the same command again."


def _watched(argv: tuple[str, ...], moved: Moved, stall: float) -> Outcome:
    """Run to the end, telling about progress; ended after `stall` seconds without any."""
    # The kernel ends it together with us: after a SIGKILL nothing may go on writing into the volume.
    request = Request(("setpriv", "--pdeathsig", "KILL", "--", *argv), stall)
    begun = time.monotonic()
    try:
        process = subprocess.Popen(
            request.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment({}),
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise CommandFailed("`setpriv` (of util-linux) is not there, so qemu-img cannot run") from error
    try:
        out, err, stalled = _follow(process, moved, stall)
        code = None if stalled else _code(process)
    finally:
        if process.poll() is None:
            process.kill()
            _code(process)  # one that is in the kernel, for a storage that hangs, is left there
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    shown = Request(argv, stall)
    return told(Outcome(shown, "", code, _text(out), _text(err), time.monotonic() - begun))


def _code(process: subprocess.Popen[bytes]) -> int | None:
    """How it ended; None when it does not."""
    try:
        return process.wait(QUICK)
    except subprocess.TimeoutExpired:
        return None


def _follow(process: subprocess.Popen[bytes], moved: Moved, stall: float) -> tuple[bytes, bytes, bool]:
    """What the program said on both its outputs (their last part), and whether it was given up."""
    assert process.stdout is not None
    assert process.stderr is not None
    said = {process.stdout.fileno(): b"", process.stderr.fileno(): b""}
    last, part = time.monotonic(), -1.0
    with DefaultSelector() as selector:
        for descriptor in (process.stdout, process.stderr):
            selector.register(descriptor, EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(timeout=1.0):
                data = os.read(key.fd, _KEPT)
                if not data:
                    selector.unregister(key.fileobj)
                said[key.fd] = (said[key.fd] + data)[-_KEPT:]
            now = _part(said[process.stdout.fileno()])
            if now != part:
                last, part = time.monotonic(), now
            moved(max(part, 0.0))
            if time.monotonic() - last > stall:
                return said[process.stdout.fileno()], said[process.stderr.fileno()], True
    return said[process.stdout.fileno()], said[process.stderr.fileno()], False


def _part(said: bytes) -> float:
    """The last progress in what `-p` printed: `    (12.34/100%)` and a carriage return each time."""
    found = _PERCENT.findall(said[-64:])
    return min(float(found[-1]) / 100, 1.0) if found else -1.0


def _text(data: bytes) -> str:
    return _PERCENT.sub(b"", data).decode("utf-8", "replace").strip()
