"""The appliance's root file system as a tree of files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from ovirt_hc_setup.lab.appliance import appliance_recipe
from ovirt_hc_setup.lab.chroot import install, run_in
from ovirt_hc_setup.system.host.commands import LocalHost

Progress = Callable[[str], None]


def make_tree(host: LocalHost, minbase: Path, tree: Path, progress: Progress) -> None:
    """Make `tree` (a new folder) out of `minbase`, which stays as it is; raises CommandFailed."""
    host.run("cp", "-a", "--reflink=auto", str(minbase), str(tree), timeout=300)
    _place(tree, appliance_recipe.BEFORE)
    progress("appliance: installing a kernel, cloud-init, sshd and Python (about 30 s)")
    install(host, tree, appliance_recipe.lines("packages"))
    progress("appliance: placing the engine's stand-in, emptying what must differ between engines")
    _place(tree, appliance_recipe.AFTER)
    run_in(host, tree, "useradd", "--system", "--home-dir", "/var/lib/ovirt-engine", "--create-home", "ovirt")
    run_in(host, tree, "systemctl", "enable", *appliance_recipe.ENABLED_UNITS)
    run_in(host, tree, "systemctl", "mask", *appliance_recipe.lines("masked-units"))
    run_in(host, tree, "install", "-d", "/etc/systemd/system-generators")
    for silenced in appliance_recipe.lines("silenced-files"):
        (tree / "etc" / silenced).symlink_to("/dev/null")
    _make_anonymous(tree)


def _place(tree: Path, files: Iterable[appliance_recipe.Placed]) -> None:
    for file in files:
        target = tree / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(appliance_recipe.FILES / file.source, target)
        target.chmod(file.mode)


def _make_anonymous(tree: Path) -> None:
    for pattern in appliance_recipe.REMOVED:
        for path in tree.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    # Empty, not "uninitialized": the latter would make systemd run every first-boot unit and ask for a locale.
    (tree / "etc/machine-id").write_text("")
    # NetworkManager writes it.
    (tree / "etc/resolv.conf").unlink(missing_ok=True)
