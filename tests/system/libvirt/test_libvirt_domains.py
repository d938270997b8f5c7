"""The module over libvirt's binding, tried on libvirt's own test driver, and without the binding."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, NotInstalled, SetupError, UsageError
from ovirt_hc_setup.system.libvirt import libvirt_domains
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect

TEST = "test:///default"
NEW = UUID("0d7b9c7e-6f0a-4a55-8a3b-2f1e0d9c8b7a")
XML = f"""\
<domain type='test'>
  <name>HostedEngine</name><uuid>{NEW}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os>
</domain>"""


@pytest.fixture(autouse=True)
def binding() -> Iterator[None]:
    libvirt = pytest.importorskip("libvirt")
    yield
    # The test driver keeps what is defined for the whole process, and refuses the flags that undefine a real VM.
    with contextlib.suppress(libvirt.libvirtError):
        libvirt.open(TEST).lookupByUUIDString(str(NEW)).undefine()


def test_a_vms_life() -> None:
    with connect(TEST) as libvirt:
        libvirt.define(XML)
        defined = libvirt.find(NEW)
        assert defined is not None and (defined.name, defined.running, defined.persistent) == ("HostedEngine", False, True)
        assert libvirt.definition(NEW).memory == 64
        libvirt.start(NEW)
        assert "HostedEngine" in [vm.name for vm in libvirt.vms() if vm.running]
        libvirt.destroy(NEW)
        libvirt.destroy(NEW)
        shut = libvirt.find(NEW)
        assert shut is not None and not shut.running


def test_a_vm_that_is_not_there_is_an_error_that_names_it() -> None:
    with connect(TEST) as libvirt, pytest.raises(SetupError, match=str(NEW)):
        libvirt.start(NEW)


def test_what_libvirt_refuses_is_said_in_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    with connect(TEST) as libvirt, pytest.raises(SetupError, match="libvirt cannot define the VM"):
        libvirt.define("<domain type='test'/>")
    assert capfd.readouterr().err == "", "libvirt printed past us"


def test_a_daemon_that_is_not_there_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libvirt_domains, "is_installed", lambda: False)
    with pytest.raises(NotInstalled, match="libvirt is not installed"), connect("qemu+unix:///system?socket=/nonexistent"):
        pass


def test_a_daemon_that_does_not_answer_is_an_error_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libvirt_domains, "is_installed", lambda: True)
    with pytest.raises(UsageError, match="does not answer") as refused, connect("qemu+unix:///system?socket=/nonexistent"):
        pass
    assert "systemctl" in refused.value.hint


def test_without_the_binding_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libvirt", None)
    with pytest.raises(NotInstalled, match="not installed") as refused, connect(TEST):
        pass
    assert "python3-libvirt" in refused.value.hint


def test_a_daemon_that_takes_the_connection_and_says_nothing_is_not_waited_for_without_end(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "libvirt-sock"))
        server.listen()
        begun = time.monotonic()
        uri = f"qemu:///system?socket={tmp_path}/libvirt-sock"
        with pytest.raises(CommandFailed, match="says nothing for 1 s"), connect(uri, 1):
            pass
        assert time.monotonic() - begun < 5
