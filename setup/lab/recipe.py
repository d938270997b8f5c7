"""What the hosts of a lab are made of. The base tree is kept under a hash of it: a change here makes a new one."""

from __future__ import annotations

import hashlib
import json
import os

SUITE = "bookworm"
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

# What Debian's packages made at installation and what would be the same on all hosts.
REMOVED = ("/etc/machine-id", "/var/lib/dbus/machine-id", "/var/lib/glusterd/glusterd.info", "/etc/hostname")
REMOVED_GLOBS = ("etc/ssh/ssh_host_*", "var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/lib/apt/lists/*_*")


def mirror() -> tuple[str, ...]:
    """The mirror as debootstrap's last argument; none given leaves it to debootstrap, which has a default."""
    given = os.environ.get(MIRROR_VARIABLE)
    return (given,) if given else ()


def _short_hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def minbase_key() -> str:
    return f"{SUITE}-{_short_hash(SUITE, 1)}"


def base_key() -> str:
    """A hash of everything that decides what the base tree is (not of the mirror: they all carry the same)."""
    parts = (PACKAGES, DPKG_SETTINGS, LAB_FILES, LAB_APPENDED, MASKED_UNITS, ENABLED_UNITS, REMOVED, REMOVED_GLOBS)
    return f"{SUITE}-{_short_hash(minbase_key(), *parts)}"
