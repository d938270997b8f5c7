"""Packages of the distribution, through apt or dnf."""

from __future__ import annotations

from collections.abc import Iterable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.host import Host

INSTALL_SECONDS = 1800.0
_APT = {"DEBIAN_FRONTEND": "noninteractive"}
_KEEP_CONFIGURATION = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")


def manager(host: Host) -> str:
    """`apt` or `dnf`, whichever the host has; raises UsageError for another distribution."""
    for program, name in (("apt-get", "apt"), ("dnf", "dnf")):
        if host.run("sh", "-c", f"command -v {program}", check=False).ok:
            return name
    hint = "Enterprise Linux 9 and 10 and Debian 12 are known."
    raise UsageError("this host has neither apt nor dnf", hint=hint, host=host.name)


def absent(host: Host, packages: Iterable[str]) -> tuple[str, ...]:
    """Those of the packages that are not (or only half) installed, in the given order."""
    kind = manager(host)
    return tuple(name for name in packages if not _installed(host, kind, name))


def install(host: Host, packages: tuple[str, ...]) -> None:
    """Install packages, first mending what a killed installation has left; raises CommandFailed with apt's or dnf's words."""
    if manager(host) == "dnf":
        host.run("dnf", "install", "-y", "--", *packages, timeout=INSTALL_SECONDS)
        return
    host.run("dpkg", "--force-confdef", "--force-confold", "--configure", "-a", timeout=INSTALL_SECONDS, env=_APT)
    host.run("apt-get", "update", "-q", timeout=300, env=_APT)
    host.run(
        "apt-get", "install", "-q", "-y", "--no-install-recommends", *_KEEP_CONFIGURATION, "--", *packages,
        timeout=INSTALL_SECONDS, env=_APT,
    )  # fmt: skip


def _installed(host: Host, kind: str, package: str) -> bool:
    if kind == "dnf":
        return host.run("rpm", "-q", "--whatprovides", "--", package, check=False).ok
    found = host.run("dpkg-query", "--show", "--showformat=${db:Status-Status}\\n", "--", package, check=False)
    return found.ok and "installed" in found.out.split()
