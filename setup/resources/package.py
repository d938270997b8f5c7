"""Packages of the distribution that have to be installed.

**Commit point**: the package manager's own transaction. A kill **before** or during it leaves some packages unpacked and not
configured: applying again lets dpkg finish first; a kill **after** it leaves them installed. Another program that is changing
packages (a fresh Debian updates itself) is waited for. `undo` **keeps** packages, and says
which it brought: nobody knows what else has come to need them, and removing a hypervisor is no part of taking a deployment back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, needed
from ovirt_hc_setup.system.host import packages


@dataclass(frozen=True, kw_only=True)
class Package(Resource):
    """`packages` by their names in this host's distribution."""

    packages: tuple[str, ...]

    def describe(self) -> tuple[str, ...]:
        return (f"Install {', '.join(self.packages)}", "Packages stay installed when the deployment is undone.")

    def probe(self, host: Host) -> State:
        absent = packages.absent(host, self.packages)
        return needed(f"not installed: {', '.join(absent)}") if absent else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        absent = packages.absent(host, self.packages)
        record.keep({"absent": list(absent)})
        record.committing()
        if absent:
            progress.amount(0, int(packages.INSTALL_SECONDS), f"installing {', '.join(absent)}", "seconds")
            packages.install(host, absent, partial(progress.amount, unit="seconds"))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        brought = record.before.get("absent", ())
        if brought:
            progress.note(f"these packages stay installed: {', '.join(brought)}")
