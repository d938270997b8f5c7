"""Which daemon serves QEMU: the one that is there, else the one that the distribution's packages will bring."""

from __future__ import annotations

import pytest

from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import libvirt_daemon

ENABLED = "Id={}\nLoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n"
ABSENT = "Id={}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n"


class Systemd(LocalHost):
    """A host with these sockets and this program for packages."""

    def __init__(self, sockets: tuple[str, ...], manager: str) -> None:
        super().__init__("hc1")
        self.sockets, self.manager = sockets, manager

    def outcome(self, request: Request) -> Outcome:
        words = request.argv
        if words[:2] == ("sh", "-c"):
            return Outcome(request, self.name, 0 if words[2].endswith(self.manager) else 1, "", "", 0.0)
        (unit,) = (word for word in words if word.endswith(".socket"))
        return Outcome(request, self.name, 0, (ENABLED if unit in self.sockets else ABSENT).format(unit), "", 0.0)


@pytest.mark.parametrize(
    ("sockets", "manager", "daemon"),
    [
        (("virtqemud.socket",), "dnf", "virtqemud"),
        (("libvirtd.socket",), "dnf", "libvirtd"),
        (("libvirtd.socket",), "apt-get", "libvirtd"),
        ((), "dnf", "virtqemud"),
        ((), "apt-get", "libvirtd"),
    ],
)
def test_a_host_without_libvirt_is_planned_with_the_daemon_that_it_will_have(
    sockets: tuple[str, ...], manager: str, daemon: str
) -> None:
    assert libvirt_daemon.name(Systemd(sockets, manager)) == daemon
