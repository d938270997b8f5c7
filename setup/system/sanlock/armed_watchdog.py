"""The watchdog behind sanlock: the device, wdmd that keeps it quiet, and sanlock that lets it go when a lease is lost.

A host that cannot renew its lease is reset by it. Without it only a SIGKILL of QEMU stands between two engines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.sanlock import sanlock_options
from ovirt_hc_setup.system.host import units

WDMD = "wdmd.service"
OPTION_FILES = (Path("/etc/default/sanlock"), Path("/etc/sysconfig/sanlock"))
SANLOCK_CONF = Path("/etc/sanlock/sanlock.conf")
_USES = re.compile(r"\buse_watchdog=(\d)")
_OFF = re.compile(r"^[ \t]*use_watchdog[ \t]*=[ \t]*0", re.MULTILINE)

# Debian 12's is a copy of the init script: it does not know the verb that the unit calls it with, and loads no module.
_CHECKER = "cat /usr/lib/systemd/systemd-wdmd /lib/systemd/systemd-wdmd 2>/dev/null"
_DEVICE = "test -c /dev/watchdog || test -c /dev/watchdog0"
_SOFTDOG = "modprobe --dry-run --quiet softdog"


@dataclass(frozen=True)
class Means:
    """What a host has: `device` a watchdog of its own, `softdog` the kernel's; `why_not` what keeps it from being used."""

    device: bool
    softdog: bool
    why_not: str = ""

    @property
    def possible(self) -> bool:
        return not self.why_not

    @property
    def what(self) -> str:
        return "/dev/watchdog" if self.device else "the kernel's software watchdog (softdog)"


def means(host: Host) -> Means:
    """What there is to arm. Nothing is loaded or opened for it."""
    device = host.run("sh", "-c", _DEVICE, check=False).ok
    softdog = host.run("sh", "-c", _SOFTDOG, check=False).ok
    return Means(device, softdog, _why_not(host, device or softdog))


def _why_not(host: Host, there: bool) -> str:
    kind = host.run("systemd-detect-virt", "--container", check=False)
    if kind.ok:
        return f"this is a container ({kind.out.strip()}), whose watchdog would be that of the machine below"
    if units.state(host, WDMD).masked:
        return f"{WDMD} is masked"
    kept = host.run("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value", check=False).out.strip()
    if kept not in ("", "0", "infinity"):
        return f"systemd has the watchdog for itself (RuntimeWatchdogSec={kept} in system.conf)"
    if _OFF.search(text(host, SANLOCK_CONF)):
        return f"{SANLOCK_CONF} says use_watchdog = 0"
    return "" if there else "there is neither a watchdog device nor the kernel's module softdog"


def used(host: Host) -> bool | None:
    """Whether the sanlock daemon was started with the watchdog; None when it does not run or does not say."""
    try:
        said = host.run("sanlock", "client", "status", "-D", timeout=10, check=False)
    except CommandFailed:
        return None  # not installed
    found = _USES.search(said.out) if said.ok else None
    return found[1] != "0" if found else None


def armed(host: Host) -> bool:
    """Whether this host would be reset when sanlock cannot renew its lease any more."""
    return units.state(host, WDMD).is_active and used(host) is True


def switched_off_in(host: Host) -> Path | None:
    """The file whose options start sanlock without the watchdog; None when there is none."""
    return next((path for path in OPTION_FILES if sanlock_options.switches_watchdog_off(text(host, path))), None)


def options_file(host: Host) -> Path:
    """Where sanlock's options stand, or would on this distribution."""
    there = (path for path in OPTION_FILES if host.run("test", "-e", str(path), check=False).ok)
    if (found := next(there, None)) is not None:
        return found
    # Both have /etc/default; only one family has the other.
    return OPTION_FILES[1] if host.run("test", "-d", str(OPTION_FILES[1].parent), check=False).ok else OPTION_FILES[0]


def checker_works(host: Host) -> bool:
    """Whether the package's own script finds a watchdog and loads softdog."""
    return "watchdog-check" in host.run("sh", "-c", _CHECKER, check=False).out


def text(host: Host, path: Path) -> str:
    """A file's text; empty where it is not there."""
    try:
        return host.read(path).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
