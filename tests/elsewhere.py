"""This machine with other name servers and another hosts file: real programs, in a mount namespace of their own. Root only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.system.host.commands import LocalHost

_INSIDE = 'mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts && exec "$@"'


class Elsewhere(LocalHost):
    """`hosts` are addresses by name."""

    def __init__(self, folder: Path, *, servers: Sequence[str] = (), hosts: Mapping[str, Sequence[str]] = {}) -> None:
        super().__init__("elsewhere")
        self.folder = folder
        (folder / "resolv.conf").write_text("".join(f"nameserver {server}\n" for server in servers))
        lines = [f"{address} {name}\n" for name, addresses in hosts.items() for address in addresses]
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(lines))

    def read(self, path: Path) -> bytes:
        return super().read(self.folder / "resolv.conf" if path == Path("/etc/resolv.conf") else path)

    def outcome(self, request: Request) -> Outcome:
        inside = ("unshare", "--mount", "sh", "-c", _INSIDE, str(self.folder))
        return super().outcome(replace(request, argv=(*inside, *request.argv)))
