"""The disk that hosts with kernels of their own have their roots on: one for all of them, each writes to a layer of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ovirt_hc_setup.lab import recipe
from ovirt_hc_setup.lab.base_image import Progress, base, cached
from ovirt_hc_setup.lab.places import CACHE
from ovirt_hc_setup.system.host.commands import LocalHost

INIT = Path("/usr/sbin/lab-init")
CONTROL = "lab-control.service"
OWN = Path("/run/lab/own")
"""Where a host sees the folder that this machine keeps for it."""

CONTROL_KEY = "/etc/ssh/lab_control_key"
"""The key that commands come in by, whatever becomes of root's own list of keys."""

SIZE = "8G"
_KIND = "image"

_INIT_TEXT = f"""\
#!/bin/sh
# The first process: what tells this host from the others has to be there before systemd looks for it.
# By the old call: by the new one, which mount prefers since Debian 13, hostfs takes no path that has no name in front.
export LIBMOUNT_FORCE_MOUNT2=always
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
mkdir -p {OWN}
mount -t hostfs -o ro,"$(sed -n 's/.*lab\\.own=\\([^ ]*\\).*/\\1/p' /proc/cmdline)" none {OWN}
. {OWN}/start
unset LIBMOUNT_FORCE_MOUNT2
exec /sbin/init
"""

# Commands come in on a link that only this daemon sees, so that a host whose network is being changed, or cut, can be asked.
_CONTROL_UNIT = """\
[Unit]
Description=Commands from the machine that this host lives in
DefaultDependencies=no
Requires=systemd-tmpfiles-setup.service
After=local-fs.target systemd-tmpfiles-setup.service

[Service]
NetworkNamespacePath=/run/netns/lab
RuntimeDirectory=sshd
RuntimeDirectoryPreserve=yes
ExecStart=/usr/sbin/sshd -D -e -f /etc/ssh/lab_control_config
Restart=always

[Install]
WantedBy=basic.target
"""
_CONTROL_CONFIG = f"""\
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile {CONTROL_KEY}
PermitRootLogin prohibit-password
ForceCommand exec nsenter -t 1 -n -- sh -c "$SSH_ORIGINAL_COMMAND"
MaxSessions 200
UsePAM no
UseDNS no
PidFile none
"""
FILES = {
    str(INIT): (_INIT_TEXT, 0o755),
    f"/etc/systemd/system/{CONTROL}": (_CONTROL_UNIT, 0o644),
    "/etc/ssh/lab_control_config": (_CONTROL_CONFIG, 0o644),
}


def image(progress: Progress, suite: str) -> Path:
    """The image of a suite's hosts, never changed; made from their tree the first time (seconds). Raises CommandFailed."""
    tree = base(progress, own := recipe.own_kernel_recipe(suite))
    digest = hashlib.sha256(repr((own.key, SIZE, sorted(FILES.items()))).encode()).hexdigest()[:12]
    name = f"{suite}-{digest}"
    cached(_KIND, name, progress, lambda folder, said: _make(tree, folder, said))
    return image_file(name)


def image_file(name: str) -> Path:
    """The image of a name, which is that of its folder in the cache, whether it is there or not."""
    return CACHE / _KIND / name / "root.img"


def _make(tree: Path, folder: Path, progress: Progress) -> None:
    progress("image: writing the root of the hosts (once, a few seconds)")
    host = LocalHost("this machine")
    copy = folder / "tree"
    host.run("cp", "-a", "--reflink=auto", f"{tree}/.", str(copy), timeout=300)
    for path, (text, mode) in FILES.items():
        file = copy / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
    wanted = copy / "etc/systemd/system/basic.target.wants" / CONTROL
    wanted.parent.mkdir(exist_ok=True)
    wanted.symlink_to(f"../{CONTROL}")
    host.run("mke2fs", "-q", "-t", "ext4", "-d", str(copy), str(folder / "root.img"), SIZE, timeout=300)
    host.run("rm", "-rf", "--one-file-system", str(copy), timeout=120)
