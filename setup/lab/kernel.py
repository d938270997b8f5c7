"""The User-Mode Linux kernel that some hosts run: an ordinary program that is a whole Linux, from Debian's newest suite.

Older ones end at once on processors with large register areas (6.1 asks for 2696 bytes, today's have up to 11008), and trace
every system call. It needs a C library newer than Debian 12's: both are unpacked side by side and started in a root of their own.
The one that is in the cache stays in use: a newer one is only fetched when somebody asks for it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab import recipe
from ovirt_hc_setup.lab.base_image import Progress, cached
from ovirt_hc_setup.lab.mirror import refuse_silent_mirror
from ovirt_hc_setup.lab.places import CACHE, STATES
from ovirt_hc_setup.system.host.commands import LocalHost

SUITE = "sid"
PACKAGES = ("user-mode-linux", "libc6", "libgcc-s1")  # the last for a thread's end: without it a reset ends with an abort
PROGRAM = Path("/usr/bin/linux.uml")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_KIND, _KEY = "kernel", f"{SUITE}-1"
_MERGED = ("bin", "lib", "lib64", "sbin")  # folders that are links into usr


def kernel(progress: Progress, *, newer: bool = False) -> Path:
    """A root with the kernel as its `PROGRAM`; fetched the first time, or when a `newer` one is asked for (a few seconds).

    Checked by the archive's signatures. Raises UsageError where no mirror is known, Conflict while hosts run the one that would
    be replaced, CommandFailed.
    """
    done = CACHE / _KIND / _KEY
    if not newer or not done.is_dir():
        return cached(_KIND, _KEY, progress, _fetch)
    if users := [note.parent.name for note in STATES.glob("*/kind") if note.read_text().startswith("own ")]:
        raise Conflict(f"the hosts of lab {', '.join(users)} run the kernel that is there", hint="Take them down first.")
    fetched = cached(_KIND, f"{_KEY}-newer", progress, _fetch)
    old = done.with_name(f".making-old-{_KEY}")
    done.rename(old)
    fetched.rename(done)
    shutil.rmtree(old)
    return done


def kernel_version(root: Path) -> str:
    """The version of the kernel in a root, which is the name of its folder of modules."""
    return next((root / "usr/lib/uml/modules").iterdir()).name


def _fetch(root: Path, progress: Progress) -> None:
    progress("kernel: fetching User-Mode Linux and its C library (once, about 40 MB)")
    host = LocalHost("this machine")
    work, mirror = root / "apt", _mirror(host)
    refuse_silent_mirror(mirror, SUITE)
    for folder in ("state/lists/partial", "cache/archives/partial", "debs"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror} {SUITE} main\n")
    options = _apt_options(work)
    host.run("apt-get", *options, "-q", "update", timeout=300)
    host.run("apt-get", *options, "-q", "download", *PACKAGES, timeout=600, cwd=work / "debs")
    for package in (work / "debs").glob("*.deb"):
        host.run("dpkg-deb", "-x", str(package), str(root), timeout=120)
    shutil.rmtree(work)
    for name in _MERGED:
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")


def _apt_options(work: Path) -> tuple[str, ...]:
    # Nothing of the machine's own lists, sources and caches is read or changed.
    settings = {
        "Dir::Etc::SourceList": work / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": work / "state",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return tuple(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))


def _mirror(host: LocalHost) -> str:
    """The mirror to take from: the one given for the lab, else the one that this machine's own packages come from."""
    if given := recipe.mirror():
        return given[0]
    form = ("--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)")
    listed = host.run("apt-get", "indextargets", *form, "Created-By: Packages", check=False)
    for line in listed.out.splitlines():
        uri, _, rest = line.partition(" ")
        if rest.endswith(" Debian") and "security" not in line and "updates" not in line:
            return uri
    raise UsageError(
        "apt on this machine names no mirror of Debian, so there is no kernel for the lab's hosts",
        hint=f"Run apt-get update once, or name a mirror in {recipe.MIRROR_VARIABLE}.",
    )
