"""Packages of the distribution, through apt or dnf."""

from __future__ import annotations

from collections.abc import Iterable

from ovirt_hc_setup.base.errors import CommandFailed, UsageError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.base.waiting import Waiting, waits

INSTALL_SECONDS = 1800.0
UPDATE_SECONDS = 300.0

LOCK_SECONDS = 1800.0
"""How long another program may go on changing packages: a fresh Debian installs its updates by itself, some minutes after its
first boot."""

LOOK_EVERY = 2.0
"""Seconds between two looks whether it has finished."""

_LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
    "/var/lib/rpm/.rpm.lock",
    "/usr/lib/sysimage/rpm/.rpm.lock",
)
# What apt and dpkg say when one of these is held; dnf has an exit code for it.
_LOCKED = ("Could not get lock", "Unable to acquire the dpkg", "Unable to lock directory", "was locked by another process")
_DNF_LOCKED = 200
# Whoever comes between our look and apt's own: apt waits for dpkg's lock itself that many seconds.
_PATIENT = ("-o", "DPkg::Lock::Timeout=60")
_APT = {"DEBIAN_FRONTEND": "noninteractive"}
_KEEP_CONFIGURATION = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")


PROGRAMS = frozenset({"sanlock", "virsh", "qemu-img", "gluster", "mount.glusterfs", "mkfs.xfs"})
"""What the packages of a deployment bring, of the programs that a host is asked by."""


def manager(host: Host) -> str:
    """`apt` or `dnf`, whichever the host has; raises UsageError for another distribution."""
    for program, name in (("apt-get", "apt"), ("dnf", "dnf")):
        if host.run("sh", "-c", f"command -v {program}", check=False).ok:
            return name
    hint = "Enterprise Linux 9 and 10 and Debian 12 and 13 are known."
    raise UsageError("this host has neither apt nor dnf", hint=hint, host=host.name)


def absent(host: Host, packages: Iterable[str]) -> tuple[str, ...]:
    """Those of the packages that are not (or only half) installed, in the given order."""
    kind = manager(host)
    return tuple(name for name in packages if not _installed(host, kind, name))


def install(host: Host, packages: tuple[str, ...], waiting: Waiting) -> None:
    """Install packages, first mending what a killed installation has left; raises CommandFailed with apt's or dnf's words.

    Whoever is changing packages just now is let finish, for `LOCK_SECONDS` at most each time; `waiting` hears of it.
    """
    if manager(host) == "dnf":
        _undisturbed(host, waiting, "dnf", "--setopt=exit_on_lock=True", "install", "-y", "--", *packages)
        return
    _undisturbed(host, waiting, "dpkg", "--force-confdef", "--force-confold", "--configure", "-a")
    _undisturbed(host, waiting, "apt-get", "update", "-q", timeout=UPDATE_SECONDS)
    options = ("-q", "-y", "--no-install-recommends", *_KEEP_CONFIGURATION, *_PATIENT)
    _undisturbed(host, waiting, "apt-get", "install", *options, "--", *packages)


def busy(host: Host) -> str:
    """Who is changing packages on this host just now, as `apt-get (process 4711)`; empty when nobody is."""
    try:
        said = host.run("lslocks", "--noheadings", "--raw", "--output", "COMMAND,PID,PATH", check=False).out
    except CommandFailed:
        return ""  # no lslocks: apt and dnf themselves say that it is locked
    holders = [line.split() for line in said.splitlines()]
    return next((f"{plain(words[0])} (process {words[1]})" for words in holders if words[-1] in _LOCKS and len(words) == 3), "")


def _undisturbed(host: Host, waiting: Waiting, *argv: str, timeout: float = INSTALL_SECONDS) -> None:
    """Run a command of the package manager when nobody else is at it; one that comes in between is waited for again."""
    who = ""
    for look in waits(LOCK_SECONDS, waiting, "", every=LOOK_EVERY):
        holder = busy(host)
        if not holder:
            outcome = host.run(*argv, timeout=timeout, env=_APT, check=False)
            if not _locked(outcome):
                outcome.check()
                return
        who = holder or "another program"
        look.text = f"waiting for {who} to finish changing packages"
    hint = "Let it finish, or see why it does not (`ps`, `systemctl status apt-daily-upgrade`). Then run this again."
    raise CommandFailed(f"{who} has been changing packages for {LOCK_SECONDS:.0f} s", hint=hint, host=host.name)


def _locked(outcome: Outcome) -> bool:
    if outcome.request.argv[0] == "dnf":
        return outcome.code == _DNF_LOCKED
    return not outcome.ok and any(words in outcome.err for words in _LOCKED)


def _installed(host: Host, kind: str, package: str) -> bool:
    if kind == "dnf":
        return host.run("rpm", "-q", "--whatprovides", "--", package, check=False).ok
    found = host.run("dpkg-query", "--show", "--showformat=${db:Status-Status}\\n", "--", package, check=False)
    return found.ok and "installed" in found.out.split()
