"""One host with a kernel of its own: what tells it from the others, its links and disks, and the process that it is."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.lab.cgroups import make_cgroups
from ovirt_hc_setup.lab.hosts import own_files, put_files, show_appliance
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.kernel import PROGRAM, kernel_version
from ovirt_hc_setup.lab.kernel_image import CONTROL_KEY, INIT, OWN
from ovirt_hc_setup.lab.kernel_links import CONTROL_SLOT, cards, control_address, ensure_links, kernel_words
from ovirt_hc_setup.lab.places import APPLIANCE_CACHE, Places
from ovirt_hc_setup.lab.processes import SUPERVISOR
from ovirt_hc_setup.lab.program import COMMAND, command_text, program_folders
from ovirt_hc_setup.lab.ssh_keys import AUTHORIZED
from ovirt_hc_setup.lab.topologies import Topology

MEMORY = 2560  # MiB: an engine VM of the rehearsal has 1024
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  what the kernels' memory is kept in
_SHARED = Path("/shared")
_NAMES = "bcdefghijklmnop"  # a host's kernel has sixteen slots for disks, the first of them with its root

# A kernel that restarts runs the program of its own name, with its links still taken by what it was before. So its name is that
# of the loader, which finds nothing to load and ends with 127; the shell that it is found by then boots it anew. Powered off, it
# ends with 0.
# What it has of disks and cards may have changed meanwhile.
_KEEP_ON = 'shift; parts=$1; shift; while :; do "$@" $(cat "$parts"); [ $? = 127 ] || exit; done'
_LOADER = "/lib64/ld-linux-x86-64.so.2"
_EXECUTE = f"import os, sys; os.chroot(sys.argv[1]); os.chdir('/'); os.execv(sys.argv[2], ['{_LOADER}', *sys.argv[3:]])"

# The kernel's own watchdog wants a helper outside of it. softdog, where it is loaded, is the second, and found like any first.
_WATCHDOG = (
    "mountpoint -q /dev || mount -t devtmpfs dev /dev",
    "rm -f /dev/watchdog /dev/watchdog0; ln -s watchdog1 /dev/watchdog",
)

# As in the kernels of distributions: a watchdog that is closed in the orderly way resets nobody, and wdmd only tries it at first.
_WATCHDOG_FILE = {"/etc/modprobe.d/lab.conf": ("options softdog nowayout=0\n", 0o644)}

# What was not synced has to be lost when the power goes, so it is not written back on the way.
_LATE = "rootflags=commit=900,noauto_da_alloc"
_LATE_SYSCTL = "vm.dirty_expire_centisecs=360000\nvm.dirty_writeback_centisecs=0\nfs.xfs.xfssyncd_centisecs=720000\n"


@dataclass(frozen=True)
class KernelImages:
    """What hosts of a lab are started from: the kernel's root and the image that their own layers stand on."""

    kernel: Path
    image: Path
    topology: Topology


def refuse_small_memory(hosts: int) -> None:
    """Raise UsageError when the kernels' memory would not fit into what it is kept in."""
    need = hosts * MEMORY * 2**20
    free = shutil.disk_usage(_SHARED_MEMORY).free
    if free < need:
        raise UsageError(
            f"{_SHARED_MEMORY} has {free / 2**30:.1f} GiB free; the memory of {hosts} hosts needs {need / 2**30:.1f} GiB of it",
            hint=f"Make it larger (mount -o remount,size={need // 2**30 + 1}G {_SHARED_MEMORY}) if the machine has the memory.",
        )


def ensure_kernel_root(inside: Inside, lab: Places, machine: KernelImages) -> None:
    """Mount the root that kernels are started in, in the lab's namespace; below `/shared` is what hosts are shown: their images,
    of whatever suite, too."""
    root = lab.kernel_root
    if inside.mounted(root / "usr"):
        return
    shown = [APPLIANCE_CACHE, *program_folders(), lab.state, machine.image.parent.parent]
    APPLIANCE_CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("usr", "dev", "proc", *(f"{_SHARED}{folder}".lstrip("/") for folder in shown)):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in ("lib", "lib64", "bin"):
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    for name in ("dev", "proc"):
        inside.run("mount", "--rbind", f"/{name}", str(root / name))
    for folder in shown:
        inside.run("mount", "--bind", str(folder), f"{root}{_SHARED}{folder}")
    inside.run("mount", "--bind", str(machine.kernel / "usr"), str(root / "usr"))


def make_own(lab: Places, host: str, machine: KernelImages) -> None:
    """Write what this host finds at its first boot, and what its first process does at every one."""
    own, prepared = lab.host(host) / "own", lab.host(host) / "prepared"
    if not prepared.exists():
        shutil.rmtree(lab.host(host), ignore_errors=True)
        files = own_files(lab, host, machine.topology)
        files |= {"/etc/sysctl.d/90-lab.conf": (_LATE_SYSCTL, 0o644), CONTROL_KEY: files[AUTHORIZED], **_WATCHDOG_FILE}
        put_files(own / "first", files)
        prepared.touch()
    put_files(own / "every", {str(COMMAND): (command_text(), 0o755)})
    show_appliance(own / "every")


def write_parts(lab: Places, host: str, machine: KernelImages) -> None:
    """Write down the disks and cards that the host has, as its kernel and its first process read them at its next boot."""
    disks = (f"ubd{slot}={seen_by_kernel(file)}" for slot, file in disk_files(lab, host).items())
    _parts(lab, host).write_text("\n".join([*disks, *kernel_words(lab, host, machine.topology)]))
    (lab.host(host) / "own/start").write_text(_start_text(lab, host, machine))


def _parts(lab: Places, host: str) -> Path:
    return lab.host(host) / "parts"


def _start_text(lab: Places, host: str, machine: KernelImages) -> str:
    version = kernel_version(machine.kernel)
    modules = f"/usr/lib/modules/{version}"
    shown = {f"{_SHARED}{folder}": folder for folder in (*program_folders(), APPLIANCE_CACHE)}
    shown[f"/usr/lib/uml/modules/{version}"] = Path(modules)
    address, control = f"{control_address(host)}/24", f"vec{CONTROL_SLOT}"
    lines = [
        *_WATCHDOG,
        # Synced, as nothing else is: a host whose power goes at once has its keys and its name all the same.
        f"[ -e /etc/lab-own ] || {{ cp -a {OWN}/first/. / && sync && touch /etc/lab-own && sync; }}",
        f"cp -a {OWN}/every/. /",
        *(f"mkdir -p {inner}; mount -t hostfs -o ro,{outer} none {inner}" for outer, inner in shown.items()),
        *(f"ip link set vec{slot} name {link.name}" for slot, link in cards(lab, host, machine.topology).items()),
        f"ip netns add lab; ip link set {control} netns lab",
        f"ip -n lab address add {address} dev {control}; ip -n lab link set {control} up; ip -n lab link set lo up",
    ]
    return "\n".join(lines) + "\n"


def start_kernel(inside: Inside, lab: Places, host: str, machine: KernelImages) -> None:
    """Boot a host; returns before it is up. Its console is kept in the lab's logs."""
    ensure_kernel_root(inside, lab, machine)
    ensure_links(inside, lab, host, machine.topology)
    make_own(lab, host, machine)
    write_parts(lab, host, machine)
    lab.logs.mkdir(parents=True, exist_ok=True)
    argv = ("sh", "-c", _KEEP_ON, SUPERVISOR, host, str(_parts(lab, host)), *_argv(lab, host, machine))
    inside.start(lab.logs / f"{host}.console", make_cgroups(lab.name, host), *argv)


def disk_files(lab: Places, host: str) -> dict[int, Path]:
    """The files that are a host's spare disks, by the slots that they are in; those that were plugged in later are among them."""
    slots = range(1, len(_NAMES) + 1)
    return {slot: lab.disk(host, slot) for slot in slots if lab.disk(host, slot).exists()}


def free_disk_slot(lab: Places, host: str) -> int:
    """Raises UsageError when a host has as many disks as its kernel takes."""
    taken = disk_files(lab, host)
    free = (slot for slot in range(1, len(_NAMES) + 1) if slot not in taken)
    if (slot := next(free, None)) is None:
        raise UsageError(f"{host} has {len(taken)} spare disks, and its kernel takes no more", hint="Pull one out first.")
    return slot


def disk_name(slot: int) -> Path:
    """What the disk in a slot is called in its host."""
    return Path(f"/dev/ubd{_NAMES[slot - 1]}")


def seen_by_kernel(file: Path) -> str:
    """A file of the lab's by the path that a kernel knows it by."""
    return f"{_SHARED}{file}"


def _argv(lab: Places, host: str, machine: KernelImages) -> tuple[str, ...]:
    folder = f"{_SHARED}{lab.host(host)}"
    return (
        "env",
        f"HOME={folder}",
        f"TMPDIR={_SHARED_MEMORY}",
        sys.executable,
        "-I",
        "-c",
        _EXECUTE,
        str(lab.kernel_root),
        str(PROGRAM),
        f"mem={MEMORY}M",
        f"umid={host}",
        f"ubd0={folder}/root.cow,{_SHARED}{machine.image}",
        "root=/dev/ubda",
        "rw",
        _LATE,
        "con0=null,fd:1",
        "con=null",
        "ssl=null",
        "seccomp=auto",
        f"init={INIT}",
        f"lab.own={folder}/own",
    )
