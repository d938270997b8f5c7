"""One host of a lab: its layer over the base tree, what tells it from the others, the container that runs it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from ovirt_hc_setup.lab import places, recipe
from ovirt_hc_setup.lab.appliance.appliance_recipe import digest
from ovirt_hc_setup.lab.appliance.build import DESCRIPTORS, INSTALLED
from ovirt_hc_setup.lab.cgroups import make_cgroups
from ovirt_hc_setup.lab.devices import devices
from ovirt_hc_setup.lab.host_network import network_files, resolver_config
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.places import APPLIANCE_CACHE, Places
from ovirt_hc_setup.lab.processes import SUPERVISOR
from ovirt_hc_setup.lab.program import COMMAND, command_text, program_folders
from ovirt_hc_setup.lab.ssh_keys import KeyFiles
from ovirt_hc_setup.lab.topologies import HOST_LINK, Link, Topology

DESCRIPTOR_FOLDER = Path("/etc/ovirt-hosted-engine")

# systemd-nspawn ends with 133 when its host wants to be booted again, as it does not hold a unit of its own.
# The first word is run beside it each time: it plugs in the cables that nspawn does not.
_KEEP_ON = 'shift; plug=$1; shift; while :; do if [ "$plug" ]; then sh -c "$plug" & fi; "$@"; [ $? = 133 ] || exit; done'
_PLUG = "for t in $(seq 300); do ip link set {0} master {1} up 2>/dev/null && break; sleep 0.1; done; "
_HOSTS_FILE = "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"


def ensure_root(inside: Inside, lab: Places, host: str, base: Path, topology: Topology) -> None:
    """Mount a host's root in the lab's namespace, and make its layer first when there is none (or half of one)."""
    folder, root = lab.host(host), lab.root(host)
    prepared = folder / "prepared"
    if inside.mounted(root):
        if prepared.exists():
            return
        inside.run("umount", str(root))
    if not prepared.exists():
        shutil.rmtree(folder, ignore_errors=True)
    for part in ("upper", "work", "root"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={base},upperdir={folder}/upper,workdir={folder}/work"
    inside.run("mount", "-t", "overlay", f"lab-{host}", "-o", layers, str(root))
    if not prepared.exists():
        _make_own(inside.path(root), lab, host, topology)
        prepared.touch()


def own_files(lab: Places, host: str, topology: Topology) -> dict[str, tuple[str, int]]:
    """Path, text and mode of the files that tell a host from the others: names, addresses, keys, and an id drawn anew."""
    return {
        "/etc/machine-id": (secrets.token_hex(16) + "\n", 0o644),
        "/etc/hostname": (places.fqdn(host) + "\n", 0o644),
        "/etc/hosts": (_HOSTS_FILE, 0o644),
        "/etc/resolv.conf": (resolver_config(topology), 0o644),
        **{path: (text, 0o644) for path, text in network_files(topology, host).items()},
        **KeyFiles(lab.keys).files_of(host),
    }


def _make_own(root: Path, lab: Places, host: str, topology: Topology) -> None:
    # A random id each, also where D-Bus looks: one shared by all hosts gives all their bridges the same MAC.
    (root / "var/lib/dbus").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dbus/machine-id").symlink_to("/etc/machine-id")
    put_files(root, own_files(lab, host, topology))


def put_files(root: Path, files: Mapping[str, tuple[str, int]]) -> None:
    """Write files of texts and modes below a root, in the place of what is there."""
    for path, (text, mode) in files.items():
        _put(root, path, text, mode)


def _put(root: Path, path: str, text: str, mode: int = 0o644) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(text)
    file.chmod(mode)


def put_command(root: Path) -> None:
    """Write the command that the hosts call the program by; what it needs is bound in when the host starts, not later."""
    _put(root, str(COMMAND), command_text(), 0o755)


def show_appliance(root: Path) -> None:
    """Make the appliance of this program's lab, if there is one by now, the one that is installed in a host."""
    current = APPLIANCE_CACHE / digest(recipe.minbase_key())
    installed = root / str(INSTALLED).lstrip("/")
    installed.parent.mkdir(parents=True, exist_ok=True)
    installed.unlink(missing_ok=True)
    for name in DESCRIPTORS:
        (root / str(DESCRIPTOR_FOLDER / name).lstrip("/")).unlink(missing_ok=True)
    if current.is_dir():
        # All appliances are bound into the hosts; this says which of them is the installed one.
        installed.symlink_to(current)
        for name in DESCRIPTORS:
            _put(root, str(DESCRIPTOR_FOLDER / name), (current / name).read_text())


def links_of(host: str, topology: Topology) -> dict[str, str]:
    """This machine's ends of a container's links, by the names that they have in it."""
    return {link.name: _lab_end(host, link) for link in topology.links}


def _lab_end(host: str, link: Link) -> str:
    # The first is called so by systemd-nspawn.
    return f"vb-{host}" if link.name == HOST_LINK else f"{host}-{link.name}"


def start_container(inside: Inside, lab: Places, host: str, disks: list[str], topology: Topology) -> None:
    """Boot a host whose root is mounted; returns before it is up. Its console is kept in the lab's logs."""
    lab.logs.mkdir(parents=True, exist_ok=True)
    plug = "".join(_PLUG.format(_lab_end(host, link), topology.bridge(link.network)) for link in topology.links[1:])
    argv = ("sh", "-c", _KEEP_ON, SUPERVISOR, host, plug, *container_argv(lab, host, disks, topology))
    inside.start(lab.logs / f"{host}.console", make_cgroups(lab.name, host), *argv)


def container_argv(lab: Places, host: str, disks: list[str], topology: Topology) -> tuple[str, ...]:
    """The command of a host's container; docs/lab-limits.md says what each unusual option is for."""
    APPLIANCE_CACHE.mkdir(parents=True, exist_ok=True)
    bound = [*(str(device) for device in devices()), *disks]
    return (
        "env",
        "SYSTEMD_NSPAWN_TMPFS_TMP=0",
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        "--settings=no",
        "--capability=all",
        "--system-call-filter=@known",
        f"--machine={host}",
        f"--directory={lab.root(host)}",
        f"--network-bridge={places.BRIDGE}",
        *(f"--network-veth-extra={_lab_end(host, link)}:{link.name}" for link in topology.links[1:]),
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        *(f"--bind={device}" for device in bound),
        *(f"--bind-ro={folder}" for folder in program_folders()),
        f"--bind-ro={APPLIANCE_CACHE}",
        "--boot",
    )
