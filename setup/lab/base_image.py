"""The trees that hosts and appliance are made from, kept in a cache: made aside, renamed when complete."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ovirt_hc_setup.lab import recipe, room
from ovirt_hc_setup.lab.chroot import install, run_alone, run_in
from ovirt_hc_setup.lab.mirror import USUAL_MIRROR, refuse_silent_mirror
from ovirt_hc_setup.lab.places import CACHE, STATES
from ovirt_hc_setup.lab.recipe import TreeRecipe
from ovirt_hc_setup.system.host.commands import LocalHost

Progress = Callable[[str], None]
_ASIDE = ".making-"


def minbase(progress: Progress, suite: str = recipe.SUITE) -> Path:
    """A tree with the smallest Debian, to be copied, never changed; made by debootstrap once (half a minute)."""
    return cached("minbase", recipe.minbase_key(suite), progress, lambda tree, said: _make_minbase(suite, tree, said))


def base(progress: Progress, wanted: TreeRecipe) -> Path:
    """The tree that hosts stand on, never changed; made from `minbase` the first time (half a minute)."""
    if (done := base_folder(wanted.key)).is_dir():
        return done
    lower = minbase(progress, wanted.suite)
    made = cached("base", wanted.key, progress, lambda tree, said: _make_base(wanted, lower, tree, said))
    _drop_outdated(made)
    return made


def base_folder(key: str) -> Path:
    """Where the base tree of a key lies, whether it is there or not."""
    return CACHE / "base" / key


def cached(kind: str, key: str, progress: Progress, make: Callable[[Path, Progress], None]) -> Path:
    """The folder of a kind and key in the cache; `make` fills it the first time, aside, and one process at a time."""
    done = CACHE / kind / key
    if done.is_dir():
        return done
    done.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(done.parent, progress):
        if done.is_dir():
            return done
        _drop_leftovers(done.parent)
        room.refuse_small_room(done.parent, f"making the {kind} there", room.NEEDS.get(kind, room.USUAL))
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=done.parent))
        aside.chmod(0o755)
        try:
            make(aside, progress)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        os.sync()
        aside.rename(done)
    return done


@contextlib.contextmanager
def _one_at_a_time(folder: Path, progress: Progress) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another process that makes {folder}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _drop_leftovers(folder: Path) -> None:
    # Under the lock, so what lies here was left by a process that was killed.
    for left in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)


def _drop_outdated(current: Path) -> None:
    # Trees of older recipes, but for those that hosts of some lab still lie upon.
    used = {name for note in STATES.glob("*/base") for name in note.read_text().split()}
    used |= {make(suite).key for make in (recipe.container_recipe, recipe.own_kernel_recipe) for suite in recipe.SUITES}
    for other in current.parent.iterdir():
        if other != current and other.name not in used and not other.name.startswith("."):
            shutil.rmtree(other)


def _make_minbase(suite: str, tree: Path, progress: Progress) -> None:
    refuse_silent_mirror((recipe.mirror() or (USUAL_MIRROR,))[0], suite)
    progress(f"minbase: debootstrap of {suite} (once, about 40 s)")
    host = LocalHost("this machine")
    run_alone(host, "debootstrap", "--variant=minbase", suite, str(tree), *recipe.mirror(), timeout=1200)
    for deb in (tree / "var/cache/apt/archives").glob("*.deb"):
        deb.unlink()


def _make_base(wanted: TreeRecipe, lower: Path, tree: Path, progress: Progress) -> None:
    host = LocalHost("this machine")
    host.run("cp", "-a", "--reflink=auto", f"{lower}/.", str(tree), timeout=300)
    settings = tree / "etc/dpkg/dpkg.cfg.d/lab"
    settings.write_text(recipe.DPKG_SETTINGS)
    _write_lab_files(tree, wanted.files)
    progress("base: installing GlusterFS, libvirt, QEMU, sanlock and the rest (once, about a minute)")
    # dpkg must keep the files of ours that it finds in the place of its own.
    options = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
    install(host, tree, (*options, *wanted.packages))
    settings.unlink()
    for path, text in wanted.appended.items():
        with (tree / path.lstrip("/")).open("a") as out:
            out.write(text)
    progress("base: enabling units, removing what would be the same on every host")
    run_in(host, tree, "systemctl", "mask", *wanted.masked)
    run_in(host, tree, "systemctl", "enable", *wanted.enabled)
    if wanted.disabled:
        run_in(host, tree, "systemctl", "disable", *wanted.disabled)
    _make_anonymous(tree)


def _write_lab_files(tree: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = tree / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _make_anonymous(tree: Path) -> None:
    for path in recipe.REMOVED:
        (tree / path.lstrip("/")).unlink(missing_ok=True)
    for pattern in recipe.REMOVED_GLOBS:
        for found in tree.glob(pattern):
            found.unlink()
