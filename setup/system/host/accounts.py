"""Users and groups of a host, through getent and the shadow tools, which both Debian and Enterprise Linux have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.libvirt import qemu_conf

QEMU_CONF = Path("/etc/libvirt/qemu.conf")
QEMU_USERS = ("libvirt-qemu", "qemu")
"""Who runs QEMU when qemu.conf does not say: Debian's and Enterprise Linux's name."""


@dataclass(frozen=True)
class Group:
    name: str
    gid: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class User:
    name: str
    uid: int
    gid: int


def group(host: Host, wanted: str | int) -> Group | None:
    """A group by name or number."""
    fields = _entry(host, "group", str(wanted))
    if fields is None:
        return None
    return Group(fields[0], int(fields[2]), tuple(name for name in fields[3].split(",") if name))


def user(host: Host, wanted: str | int) -> User | None:
    """A user by name or number."""
    fields = _entry(host, "passwd", str(wanted))
    return User(fields[0], int(fields[2]), int(fields[3])) if fields else None


def in_group(host: Host, name: str, gid: int) -> bool:
    """Whether a user that exists has this group, as its own or besides it."""
    return str(gid) in host.run("id", "-G", "--", name).out.split()


def qemu_user(host: Host) -> User:
    """Who runs QEMU on this host; raises SetupError when there is nobody, because libvirt's QEMU driver is not installed."""
    for name in _qemu_names(host):
        if found := user(host, name):
            return found
    hint = "Install libvirt's QEMU driver: `apt install libvirt-daemon-system` or `dnf install libvirt-daemon-kvm`."
    raise SetupError("no user for QEMU on this host", hint=hint)


def add_group(host: Host, name: str, gid: int) -> None:
    host.run("groupadd", "--system", "--gid", str(gid), "--", name)


def add_user(host: Host, name: str, uid: int, gid: int) -> None:
    """A user that nobody can log in as, without a home."""
    numbers = ("--uid", str(uid), "--gid", str(gid))
    nowhere = ("--no-create-home", "--home-dir", "/var/lib/vdsm", "--shell", "/usr/sbin/nologin")
    host.run("useradd", "--system", *numbers, *nowhere, "--comment", "Node Virtualization Manager", "--", name)


def add_member(host: Host, name: str, group_name: str) -> None:
    host.run("gpasswd", "--add", name, group_name)


def remove_member(host: Host, name: str, group_name: str) -> None:
    host.run("gpasswd", "--delete", name, group_name)


def remove_user(host: Host, name: str) -> None:
    host.run("userdel", "--", name)


def remove_group(host: Host, name: str) -> None:
    host.run("groupdel", "--", name)


def _qemu_names(host: Host) -> tuple[str, ...]:
    try:
        set_user = qemu_conf.settings(host.read(QEMU_CONF).decode("utf-8", "replace")).get("user")
    except FileNotFoundError:
        set_user = None
    # libvirt takes "+107" for a number, "qemu" for a name.
    return (str(set_user).removeprefix("+"),) if set_user else QEMU_USERS


def _entry(host: Host, database: str, wanted: str) -> list[str] | None:
    # getent: 2 means that there is no such entry.
    found = host.run("getent", database, wanted, check=False)
    if found.code == 2:
        return None
    return found.check().out.strip().split(":")
