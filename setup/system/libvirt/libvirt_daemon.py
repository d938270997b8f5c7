"""The daemon behind libvirt's QEMU driver: `libvirtd`, or `virtqemud` where there is one daemon for each driver."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.system.host import packages, units

MODULAR, MONOLITHIC = "virtqemud", "libvirtd"
_PLUGINS = ("/usr/lib64/libvirt/lock-driver/sanlock.so", "/usr/lib/*/libvirt/lock-driver/sanlock.so")


def name(host: Host) -> str:
    """The daemon that serves qemu:///system here: virtqemud when its socket is open or comes at boot, else libvirtd. Where
    neither is installed yet, the one that the packages bring and enable (RHEL 9 made the modular daemons its default)."""
    socket = units.state(host, f"{MODULAR}.socket")
    if not socket.exists and not units.state(host, f"{MONOLITHIC}.socket").exists:
        return MODULAR if packages.manager(host) == "dnf" else MONOLITHIC
    return MODULAR if socket.exists and not socket.masked and (socket.is_active or socket.enabled) else MONOLITHIC


def is_active(host: Host) -> bool:
    """Whether anybody would answer at qemu:///system (with socket activation, the daemon may come only then)."""
    daemon = name(host)
    return any(units.state(host, f"{daemon}.{kind}").is_active for kind in ("service", "socket"))


def restart(host: Host) -> None:
    """Restart the daemon, or start it; running VMs go on, but a lock manager takes effect for new ones only."""
    unit = f"{name(host)}.service"
    units.reset_failed(host, unit)
    units.restart(host, unit)


def older_than(host: Host, *files: Path) -> bool:
    """Whether the daemon runs and was started before one of these files was last written."""
    found = units.show(host, f"{name(host)}.service", "ActiveState", "ActiveEnterTimestamp", "MainPID")
    pid = int(found.get("MainPID") or 0)
    if found.get("ActiveState") != "active" or not pid:
        return False
    return any(file.is_file() and file.stat().st_ctime > _begun(pid) for file in files)


def lock_plugin(host: Host) -> Path | None:
    """libvirt's sanlock plugin, where it is installed."""
    found = host.run("sh", "-c", f"ls -1 {' '.join(_PLUGINS)} 2>/dev/null", check=False).out.split()
    return Path(found[0]) if found else None


def _begun(pid: int) -> float:
    """When a process began, in seconds since the epoch, a clock tick early at most; now for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return float("inf")
    # proc(5): starttime is the 22nd field, in clock ticks since the boot; the first two went with the name.
    ticks = int(fields[19])
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")
