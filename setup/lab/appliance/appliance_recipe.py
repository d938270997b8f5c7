"""What the appliance is made of. The files lie in `files/`, the same whatever machine makes the image."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FILES = HERE / "files"

LABEL = "engine-root"
VIRTUAL_GIB = 2
MEMORY_MB = 1024
CPUS = 2


@dataclass(frozen=True)
class Placed:
    """A file of `files/` and where it lies in the image."""

    source: str
    target: str
    mode: int = 0o644


CLOUD_INIT_STAGES = ("cloud-init-local", "cloud-init", "cloud-config", "cloud-final")
# Before the packages, whose own configuration files then give way: so the initramfs is made once, and small.
BEFORE = (
    Placed("initramfs.conf", "etc/initramfs-tools/conf.d/appliance"),
    Placed("initramfs-modules", "etc/initramfs-tools/modules"),
    Placed("initramfs-hook", "etc/initramfs-tools/hooks/short", 0o755),
    Placed("initramfs-init", "etc/initramfs-tools/short-init"),
    Placed("cloud.cfg", "etc/cloud/cloud.cfg"),
    Placed("42_ovirt_appliance.cfg", "etc/cloud/cloud.cfg.d/42_ovirt_appliance.cfg"),
    Placed("dpkg.cfg", "etc/dpkg/dpkg.cfg.d/appliance"),
)
AFTER = (
    Placed("fstab", "etc/fstab"),
    Placed("hosts", "etc/hosts"),
    Placed("hostname", "etc/hostname"),
    Placed("extlinux.conf", "boot/extlinux/extlinux.conf"),
    Placed("cloud-init-main", "usr/libexec/cloud-init-main", 0o755),
    Placed("cloud-init-main.service", "usr/lib/systemd/system/cloud-init-main.service"),
    *(Placed("cloud-init-stage.conf", f"etc/systemd/system/{unit}.service.d/one-process.conf") for unit in CLOUD_INIT_STAGES),
    Placed("udev-trigger.conf", "etc/systemd/system/systemd-udev-trigger.service.d/few.conf"),
    Placed("engine-setup", "usr/bin/engine-setup", 0o755),
    Placed("ovirt-engine-standin", "usr/libexec/ovirt-engine-standin", 0o755),
    Placed("ovirt-engine.service", "usr/lib/systemd/system/ovirt-engine.service"),
    Placed("ovirt-engine-answers", "root/ovirt-engine-answers", 0o600),
)
ENABLED_UNITS = ("NetworkManager.service", "ssh.service", "serial-getty@ttyS0.service")

# What would be the same in every engine made from the image, and what only making it needed.
REMOVED = (
    "etc/ssh/ssh_host_*",
    "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
    "var/lib/apt/lists/*",
    "var/cache/apt/archives/*.deb",
    "var/cache/apt/*.bin",
    "var/cache/debconf/*-old",
    "var/log/*.log",
    "var/log/apt/*",
    "usr/lib/cloud-init/ds-identify",
    "usr/share/doc/*",
    "usr/share/man/*",
    "usr/share/locale/*",
    "usr/share/info/*",
    "initrd.img.old",
    "vmlinuz.old",
)


def lines(name: str) -> tuple[str, ...]:
    """The lines of a list in `files/`, without comments."""
    found = (line.strip() for line in (FILES / name).read_text().splitlines())
    return tuple(line for line in found if line and not line.startswith("#"))


def digest(base: str) -> str:
    """What the image is made of as 16 hexadecimal digits: it changes with any of our files and with the tree it stands on."""
    total = hashlib.sha256(base.encode())
    for path in sorted([*HERE.glob("*.py"), *FILES.iterdir()]):
        if path.is_file():
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]
