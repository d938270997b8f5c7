"""All that a deployment may change on a host, as one JSON object: run there by tests/lab/fingerprint.py, with Python alone."""

from __future__ import annotations

import grp
import hashlib
import json
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator

TREES = ("/etc", "/var/lib", "/usr/local", "/opt", "/rhev", "/gluster_bricks", "/root/.ssh", "/run/vdsm", "/run/systemd/network")
# What other programs keep of their own work: what glusterd knows of its pool, caches, leases, random seeds; and what is mounted.
LEFT_OUT = (
    "/var/lib/glusterd",
    "/var/lib/dpkg",
    "/var/lib/apt",
    "/var/lib/systemd",
    "/var/lib/dbus",
    "/var/lib/logrotate",
    "/etc/ld.so.cache",
    "/var/lib/libvirt/qemu",
    *(f"/etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")),
)
LISTED = ("/var/lib/ovirt-hc-setup/runs", "/var/lib/ovirt-hc-setup/program")
"""Of these folders what is in them, and not below."""

FILES = ("/etc/default/sanlock", "/etc/sysconfig/sanlock", "/etc/libvirt/qemu.conf")
PROCESSES = ("sanlock", "wdmd", "virtlogd", "virtlockd", "virtqemud", "qemu-system-x86", "glusterd", "glusterfs")
ON_DEMAND = (
    "systemd-hostnamed",
    "systemd-timedated",
    "systemd-localed",
    "systemd-fsck",
    "systemd-networkd-wait-online",
    "systemd-tmpfiles",
    "libvirtd.service",
    "user",
)
LARGEST = 1 << 20


def said(*argv: str) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False).stdout
    except FileNotFoundError:
        return ""


def files() -> Iterator[tuple[str, str]]:
    for top in TREES:
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if left_in(os.path.join(folder, name)))
            names += folders
            folders[:] = folders if folder not in LISTED else []
            for name in sorted(names):
                path = os.path.join(folder, name)
                if path not in LEFT_OUT:
                    yield from of_file(path)


def left_in(path: str) -> bool:
    """Not what is mounted: that lies on a storage."""
    return path not in LEFT_OUT and not os.path.ismount(path)


def of_file(path: str) -> Iterator[tuple[str, str]]:
    try:
        found = os.lstat(path)
        told = f"{stat.filemode(found.st_mode)} {name_of(pwd.getpwuid, found.st_uid)}:{name_of(grp.getgrgid, found.st_gid)}"
        if stat.S_ISLNK(found.st_mode):
            told += f" -> {os.readlink(path)}"
        yield f"file {path}", told
        if stat.S_ISREG(found.st_mode) and found.st_size < LARGEST:
            with open(path, "rb") as file:
                data = file.read()
            yield f"file {path}: content", data.decode("utf-8", "replace") if ours(path) else hashlib.sha256(data).hexdigest()
    except FileNotFoundError:
        pass


def ours(path: str) -> bool:
    """What this program writes or changes, and holds no secret and no history: its text is compared and not only its hash."""
    beginnings = ("/etc/ovirt-hosted-engine/", "/etc/systemd/", "/etc/sanlock/", "/etc/libvirt/qemu-", "/run/systemd/network/")
    return path.startswith(beginnings) or path in FILES


def name_of(look: object, number: int) -> str:
    try:
        return look(number)[0]  # type: ignore[operator, no-any-return]
    except KeyError:
        return str(number)


def units() -> Iterator[tuple[str, str]]:
    for line in said("systemctl", "list-unit-files", "--no-legend", "--plain").splitlines():
        name, state = line.split()[:2]
        if state not in ("transient", "generated"):
            yield f"unit file {name}", state
    wanted = ("--type=service,socket,mount,timer", "--state=active")
    for line in said("systemctl", "list-units", "--no-legend", "--plain", *wanted).splitlines():
        name = line.split()[0]
        if not name.startswith(ON_DEMAND):
            yield f"active unit {name}", ""


def packages() -> Iterator[tuple[str, str]]:
    for line in said("dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n").splitlines():
        name, state = line.split()
        yield f"package {name}", state


def accounts() -> Iterator[tuple[str, str]]:
    for user in pwd.getpwall():
        yield f"user {user.pw_name}", f"group {name_of(grp.getgrgid, user.pw_gid)}, {user.pw_dir}, {user.pw_shell}"
    for group in grp.getgrall():
        yield f"group {group.gr_name}", ", ".join(sorted(group.gr_mem))
    for number in (36,):
        yield "uid 36", name_of(pwd.getpwuid, number)
        yield "gid 36", name_of(grp.getgrgid, number)


def network() -> Iterator[tuple[str, str]]:
    for link in json.loads(said("ip", "-j", "-d", "address") or "[]"):
        kind = link.get("linkinfo", {}).get("info_kind", link["link_type"])
        addresses = [f"{one['local']}/{one['prefixlen']}" for one in link["addr_info"] if one["scope"] == "global"]
        master = f" in {link['master']}" if "master" in link else ""
        yield f"link {link['ifname']}", f"{kind}{master}, mtu {link['mtu']}, {link['operstate']}, {' '.join(addresses)}"
    for family in ("-4", "-6"):
        for route in json.loads(said("ip", "-j", family, "route") or "[]"):
            if route.get("dst") and route.get("protocol") != "kernel":
                yield f"route {route['dst']}", f"{route.get('gateway', '')} on {route.get('dev', '')}"
    for line in said("resolvectl", "dns").splitlines():
        yield f"dns {line}", ""


def mounts() -> Iterator[tuple[str, str]]:
    for line in said("findmnt", "-rn", "-t", "xfs,fuse.glusterfs,nfs,nfs4", "-o", "TARGET,SOURCE,FSTYPE,OPTIONS").splitlines():
        point, source, kind, options = line.split()
        yield f"mount {point}", f"{source if ':' in source else 'a disk'} {kind} {options}"


def virtual() -> Iterator[tuple[str, str]]:
    for name in said("virsh", "list", "--all", "--name").split():
        yield f"VM {name}", said("virsh", "domstate", name).strip()
        yield f"VM {name}: content", said("virsh", "dumpxml", "--inactive", name)
    for name in said("virsh", "net-list", "--all", "--name").split():
        yield f"virtual network {name}", "; ".join(said("virsh", "net-info", name).split("\n")[2:5])
    for name in said("virsh", "pool-list", "--all", "--name").split():
        yield f"pool {name}", ""


def sanlock() -> Iterator[tuple[str, str]]:
    for line in said("sanlock", "client", "status").splitlines():
        if line.startswith("s "):
            yield f"lockspace {line[2:]}", "held"
        if line.startswith("r "):
            yield f"lease {line[2:]}", "held"


def processes() -> Iterator[tuple[str, str]]:
    for name in sorted({*said("ps", "-e", "-o", "comm=").split()} & {*PROCESSES}):
        yield f"process {name}", "runs"


LOOKS = (files, units, packages, accounts, network, mounts, virtual, sanlock, processes)

if __name__ == "__main__":
    print(json.dumps({name: told for look in LOOKS for name, told in look()}))
