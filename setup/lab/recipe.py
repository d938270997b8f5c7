"""What the hosts of a lab are made of. The base tree is kept under a hash of it: a change here makes a new one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field

SUITES = ("bookworm", "trixie")
"""Debian's releases that hosts can be made of, the usual one first: 12 and 13."""

SUITE = SUITES[0]
MIRROR_VARIABLE = "OVIRT_HC_LAB_MIRROR"

PACKAGES = (
    "systemd-sysv", "dbus", "udev", "kmod", "init-system-helpers",
    "openssh-server", "openssh-client", "ca-certificates", "sudo",
    "glusterfs-server", "glusterfs-client", "sanlock", "python3-sanlock",
    "libvirt-daemon-system", "libvirt-clients", "libvirt-sanlock", "python3", "python3-libvirt", "python3-venv",
    "qemu-system-x86", "qemu-utils", "qemu-block-extra",
    "xfsprogs", "e2fsprogs", "util-linux", "parted", "mount", "fuse3", "attr", "acl",
    "iproute2", "iputils-ping", "iputils-arping", "nftables", "bind9-host", "curl",
    "procps", "psmisc", "less", "screen", "tmux", "vim-tiny", "strace", "bsdutils", "lvm2-",
)  # fmt: skip

# Docs and translations are a third of the tree, and nobody reads them in a lab.
DPKG_SETTINGS = """\
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
"""

LAB_FILES = {
    # A container's root has no CAP_SYS_RESOURCE where the machine's root has none: the daemon then ends at setrlimit.
    "/etc/systemd/system/sanlock.service.d/lab.conf": "[Service]\nEnvironment=SANLOCK_PRIVILEGED=0\n",
    # No watchdog, no real-time priority, no locked memory: a container cannot have them.
    "/etc/default/sanlock": 'sanlock_opts="-w 0 -h 0 -l 0"\n',
    "/etc/apt/apt.conf.d/90lab": 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n',
    "/etc/fstab": "# The hosts of a lab have their root from outside.\n",
}

LAB_APPENDED = {
    # The cgroups of a container are not libvirt's to shape.
    "/etc/libvirt/qemu.conf": "\n# In a lab: the container's cgroups cannot be delegated.\ncgroup_controllers = []\n",
}

# No watchdog; and what would fail or keep the machine busy in a host that reaches no mirror and owns no disk.
MASKED_UNITS = (
    "wdmd.service", "networking.service", "apt-daily.timer", "apt-daily-upgrade.timer",
    "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
)  # fmt: skip
ENABLED_UNITS = ("systemd-networkd.service", "ssh.service")

# What a kernel of one's own is for, beside the packages of every host.
OWN_KERNEL_PACKAGES = (
    "lvm2", "thin-provisioning-tools", "nfs-kernel-server", "nfs-common", "open-iscsi", "tgt", "network-manager",
)  # fmt: skip
# As each release's package has it: Debian 12 leaves the watchdog off, Debian 13 has wdmd and sanlock use it from the start.
_SANLOCK_OPTIONS = {"bookworm": 'sanlock_opts="-w 0"\n', "trixie": 'sanlock_opts=""\n'}
OWN_KERNEL_FILES = {
    "/etc/apt/apt.conf.d/90lab": LAB_FILES["/etc/apt/apt.conf.d/90lab"],
    "/etc/fstab": "/dev/ubda / ext4 defaults 0 1\n",
    # Its link is named as in a container, which only networkd is told of.
    "/etc/NetworkManager/conf.d/lab.conf": "[keyfile]\nunmanaged-devices=*\n",
}
OWN_KERNEL_MASKED = (
    "networking.service", "apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "systemd-networkd-wait-online.service", "NetworkManager-wait-online.service",
)  # fmt: skip
# Daemons that a test starts when it wants them.
OWN_KERNEL_DISABLED = (
    "nfs-server.service", "nfs-blkmap.service", "rpcbind.service", "rpcbind.socket", "tgt.service", "open-iscsi.service",
    "NetworkManager.service",
)  # fmt: skip
_LEFT_OFF = {"bookworm": ("wdmd.service",), "trixie": ()}

# What Debian's packages made at installation and what would be the same on all hosts.
REMOVED = ("/etc/machine-id", "/var/lib/dbus/machine-id", "/var/lib/glusterd/glusterd.info", "/etc/hostname")
REMOVED_GLOBS = ("etc/ssh/ssh_host_*", "var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/lib/apt/lists/*_*")


def mirror() -> tuple[str, ...]:
    """The mirror as debootstrap's last argument; none given leaves it to debootstrap, which has a default."""
    given = os.environ.get(MIRROR_VARIABLE)
    return (given,) if given else ()


def _short_hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def minbase_key(suite: str = SUITE) -> str:
    return f"{suite}-{_short_hash(suite, 1)}"


@dataclass(frozen=True)
class TreeRecipe:
    """Everything that decides what a base tree is (not the mirror: they all carry the same)."""

    suite: str
    packages: tuple[str, ...] = PACKAGES
    files: Mapping[str, str] = field(default_factory=lambda: LAB_FILES)
    appended: Mapping[str, str] = field(default_factory=lambda: LAB_APPENDED)
    masked: tuple[str, ...] = MASKED_UNITS
    enabled: tuple[str, ...] = ENABLED_UNITS
    disabled: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name of the tree: its suite and a hash of all of it."""
        parts = (DPKG_SETTINGS, REMOVED, REMOVED_GLOBS, *astuple(self))
        return f"{self.suite}-{_short_hash(minbase_key(self.suite), *parts)}"


def container_recipe(suite: str = SUITE) -> TreeRecipe:
    """Of a host that has this machine's kernel."""
    return TreeRecipe(suite)


def own_kernel_recipe(suite: str = SUITE) -> TreeRecipe:
    """Of a host that has a kernel of its own, and so what only a kernel can have."""
    return TreeRecipe(
        suite,
        packages=tuple(package for package in PACKAGES if package != "lvm2-") + OWN_KERNEL_PACKAGES,
        files={"/etc/default/sanlock": _SANLOCK_OPTIONS[suite], **OWN_KERNEL_FILES},
        appended={},
        masked=OWN_KERNEL_MASKED,
        disabled=(*OWN_KERNEL_DISABLED, *_LEFT_OFF[suite]),
    )
