"""The program's environment for hosts of another release, with another Python: made beside ours, in a layer over their tree."""

from __future__ import annotations

import runpy
import sys
import tempfile
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.chroot import run_alone
from ovirt_hc_setup.lab.program import LAUNCHER, checkout
from ovirt_hc_setup.system.host.commands import LocalHost

# The tree itself is never changed: what is written to it meanwhile goes into a layer that ends with the folder it is in.
_MAKE = """\
set -e
tree=$1 work=$2 top=$3
mkdir -p "$work/upper" "$work/layer" "$work/root"
mount -t overlay tree -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/layer" "$work/root"
mkdir -p "$work/root$top" "$work/root/wheels"
mount --bind "$top" "$work/root$top"
mount --bind "$work/wheels" "$work/root/wheels"
mount --bind /proc "$work/root/proc"
mount --rbind /dev "$work/root/dev"
exec chroot "$work/root" env -i PATH="$PATH" HOME=/root PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels "$top/ovirt-hc-setup" --version
"""


def ensure_environment(tree: Path, progress: Progress) -> None:
    """Make the environment that this program needs in hosts of a tree, unless it is there (once, about a minute).

    Raises UsageError where the program is installed, and so made for one Python; CommandFailed.
    """
    version = python_version(tree)
    if version == sys.version_info[:2]:
        return
    top = checkout()
    if top is None or not (top / LAUNCHER).is_file():
        ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise UsageError(
            f"the hosts have Python {version[0]}.{version[1]}, and this program is installed for {ours}",
            hint="Start the lab from a clone of the program: its launcher makes an environment for each.",
        )
    if not (top / ".env" / _environment_name(top, version)).is_dir():
        progress(f"preparing the program for Python {version[0]}.{version[1]}, which the hosts have (once, about a minute)")
        _make(top, tree, version)


def python_version(tree: Path) -> tuple[int, int]:
    """(major, minor) of a tree's Python."""
    major, _, minor = (tree / "usr/bin/python3").readlink().name.removeprefix("python").partition(".")
    return int(major), int(minor)


def _environment_name(top: Path, version: tuple[int, int]) -> str:
    # Only the launcher knows how it names them.
    launcher = runpy.run_path(str(top / LAUNCHER), run_name="launcher")
    lists = [str(top / "requirements" / name) for name in ("runtime.lock", "libvirt.lock")]
    return str(launcher["environment_name"](lists, version))


def _make(top: Path, tree: Path, version: tuple[int, int]) -> None:
    host = LocalHost("this machine")
    with tempfile.TemporaryDirectory(prefix="ovirt-hc-setup-lab-") as work:
        # Fetched out here, where the machine's own settings for it hold.
        wanted = ("--only-binary=:all:", "--python-version", f"{version[0]}.{version[1]}", "-d", f"{work}/wheels")
        pip = (sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes")
        host.run(*pip, *wanted, "-r", str(top / "requirements" / "runtime.lock"), timeout=600)
        run_alone(host, "sh", "-c", _MAKE, "make", str(tree), work, str(top), timeout=600)
