"""Saved states: layers, disks and keys of a lab's hosts that were stopped cleanly, kept to be started again as any lab.

A state is of the program that made it: it is found again only by the same files, of the package and of what the hosts stand on,
at the same paths. What lies upon a base that was made anew, or was done by older code, is never taken for what would be made now.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.base_image import base_folder
from ovirt_hc_setup.lab.host_kinds import HostKind, kind_of
from ovirt_hc_setup.lab.kernel_image import image_file
from ovirt_hc_setup.lab.places import Places, lab_name
from ovirt_hc_setup.lab.program import package_folder, program_folders
from ovirt_hc_setup.system.host.commands import LocalHost

KEPT = places.CACHE / "states"
MOST = 8
"""States that are kept at a time."""

_UNUSED = 3 * 86400.0
"""Seconds after which a state of another version of the program, started by nobody, is removed."""

_LEFT_FREE = 2 * 2**30
"""Bytes that stay free on the file system beside a copy."""

_COPY_LIMIT = 600.0
_PARTS = ("hosts", "disks", "keys", "base", "kind")
_ASIDE = ".making-"


@dataclass(frozen=True)
class SavedState:
    """One state by its name."""

    name: str

    @property
    def folder(self) -> Path:
        return KEPT / self.name

    @property
    def kind(self) -> HostKind:
        """Of what kind its hosts are."""
        return kind_of(*(self.folder / "kind").read_text().split())

    @property
    def hosts(self) -> int:
        """How many it has."""
        return sum(1 for _ in (self.folder / "hosts").iterdir())

    @property
    def bytes(self) -> int:
        return _allocated(self.folder)

    @property
    def current(self) -> bool:
        """Whether it was made by this program, and what its hosts stand on is still there."""
        return _key_note(self.folder).read_text() == _key(self.kind, (self.folder / "base").read_text())


def saved_states() -> list[SavedState]:
    """All of them, those of other versions of the program too."""
    return [SavedState(note.parent.name) for note in sorted(KEPT.glob("*/key")) if not note.parent.name.startswith(".")]


def find(name: str) -> SavedState:
    """The state of a name; raises UsageError when there is none, or none of this version of the program."""
    found = SavedState(lab_name(name))
    if found not in saved_states():
        names = ", ".join(each.name for each in saved_states() if each.current)
        raise UsageError(f"there is no saved state '{name}'", hint=f"There are: {names}." if names else "None is saved.")
    if not found.current:
        hint = f"Make it again; `ovirt-hc-setup lab states --forget {name}` removes the old one."
        raise UsageError(f"the saved state '{name}' was made by another version of this program, or on another base", hint=hint)
    return found


def refuse_save(name: str, where: Places) -> None:
    """Raise Conflict when a state of this name is there or too many are, UsageError when there is no space for another."""
    wanted = SavedState(lab_name(name))
    _drop_unused()
    others = saved_states()
    if wanted in others and wanted.current:
        hint = f"To remove it: ovirt-hc-setup lab states --forget {name}"
        raise Conflict(f"there is a saved state '{name}' already", hint=hint)
    if len(others) >= MOST and wanted not in others:
        names = ", ".join(each.name for each in others)
        raise Conflict(f"{MOST} states are saved already: {names}", hint="Remove one: ovirt-hc-setup lab states --forget STATE")
    _refuse_small_space(KEPT, _allocated(where.state))


def keep(name: str, where: Places, kind: HostKind) -> None:
    """Copy what a lab that does not run consists of; complete or not there. Raises CommandFailed."""
    found = SavedState(lab_name(name))
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=KEPT))
    try:
        _copy(where.state, aside)
        _key_note(aside).write_text(_key(kind, where.base_note.read_text()))
        with _locked(found, fcntl.LOCK_EX):
            shutil.rmtree(found.folder, ignore_errors=True)
            aside.rename(found.folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def take(found: SavedState, where: Places) -> None:
    """Make a lab that is not there of a state; it does not run yet. Raises UsageError without space for it, CommandFailed."""
    with _locked(found, fcntl.LOCK_SH):
        _refuse_small_space(where.state.parent, found.bytes)
        _key_note(found.folder).touch()  # it is in use
        where.state.mkdir(parents=True)
        try:
            _copy(found.folder, where.state)
        except BaseException:
            shutil.rmtree(where.state, ignore_errors=True)
            raise


def forget(name: str) -> None:
    """Remove a state, of whatever version; raises UsageError when there is none."""
    found = SavedState(lab_name(name))
    if found not in saved_states():
        raise UsageError(f"there is no saved state '{name}'", hint="`ovirt-hc-setup lab states` lists them.")
    with _locked(found, fcntl.LOCK_EX):
        shutil.rmtree(found.folder)


def _copy(source: Path, target: Path) -> None:
    # By reflink where the file system can; else what is a hole stays one, which is nearly all of a disk.
    parts = [str(source / part) for part in _PARTS]
    LocalHost("this machine").run("cp", "-a", "--reflink=auto", *parts, str(target), timeout=_COPY_LIMIT)


def _key_note(folder: Path) -> Path:
    return folder / "key"


def _key(kind: HostKind, made_of: str) -> str:
    # Which names the hosts' bases have does not tell which packages a mirror had when they were made; the time does.
    stand_on = [base_folder(name) if kind.loop_disks else image_file(name) for name in made_of.split()]
    made = [file.stat().st_mtime_ns if file.exists() else 0 for file in stand_on]
    total = hashlib.sha256(repr((kind.name, kind.suites, made_of, made, program_folders())).encode())
    top = package_folder()
    for file in sorted(path for path in top.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        total.update(str(file.relative_to(top)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def _drop_unused() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for note in KEPT.glob("*/key"):
        state = SavedState(note.parent.name)
        if time.time() - note.stat().st_mtime > _UNUSED and not state.current:
            forget(state.name)
    for left in KEPT.glob(f"{_ASIDE}*"):
        if time.time() - left.stat().st_mtime > _COPY_LIMIT:
            shutil.rmtree(left, ignore_errors=True)


def _allocated(folder: Path) -> int:
    found = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    return sum(path.lstat().st_blocks for path in found) * 512


def _refuse_small_space(folder: Path, need: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free - _LEFT_FREE
    if free < need:
        lacking = f"{folder} lacks space: a copy needs {need / 2**30:.1f} GiB, and {max(free, 0) / 2**30:.1f} GiB can be used"
        raise UsageError(lacking, hint="`ovirt-hc-setup lab states --forget STATE` removes a saved state.")


@contextlib.contextmanager
def _locked(state: SavedState, how: int) -> Iterator[None]:
    with Path(f"/run/lock/ovirt-hc-setup-state-{state.name}").open("w") as lock:
        fcntl.flock(lock, how)
        yield
