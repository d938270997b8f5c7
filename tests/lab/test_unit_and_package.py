"""Units by the real systemd, packages by the real apt: killed, resumed, taken back as far as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.whole_lab import Lab
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.resource import Progress, Record, Verdict
from ovirt_hc_setup.system.host import packages, units
from tests.lab.in_host import InHost

pytestmark = pytest.mark.lab

NAME = "hc-test.service"
TEXT = b"[Service]\nExecStart=/bin/sleep 100000\n[Install]\nWantedBy=multi-user.target\n"
REPOSITORY = Path("/var/lib/hc-test-packages")
SOURCES = Path("/etc/apt/sources.list.d/hc-test.list")
CONTROL = "Package: hc-test-package\nVersion: 1\nArchitecture: all\nMaintainer: nobody <root@localhost>\nDescription: a test\n"


@pytest.fixture
def unit(lab: Lab) -> Iterator[InHost]:
    """A unit that a package has brought and nobody has enabled."""
    host = lab.host("hc1")
    units.write_unit(host, NAME, TEXT.decode())
    yield InHost(lab, "hc1", Unit(name="unit", unit=NAME))
    host.run("systemctl", "disable", "--now", NAME, check=False)
    units.remove_unit(host, NAME)
    units.daemon_reload(host)


def enabled_and_active(lab: Lab) -> tuple[bool, bool]:
    found = units.state(lab.host("hc1"), NAME)
    return found.enabled, found.is_active


@pytest.mark.parametrize("moment", ["kept", "before", "at", "after"])
def test_a_unit_killed_anywhere_is_resumed_and_undone(lab: Lab, unit: InHost, moment: str) -> None:
    unit.killed("apply", moment)
    unit.apply()
    assert enabled_and_active(lab) == (True, True)
    unit.undo()
    assert enabled_and_active(lab) == (False, False)


@pytest.mark.parametrize(("command", "before"), [("enable", (True, False)), ("start", (False, True))])
def test_a_unit_is_given_back_as_it_was(lab: Lab, unit: InHost, command: str, before: tuple[bool, bool]) -> None:
    lab.exec("hc1", "systemctl", command, NAME)
    unit.apply()
    assert enabled_and_active(lab) == (True, True)
    unit.undo()
    assert enabled_and_active(lab) == before


def test_a_unit_that_is_just_being_restarted_counts_as_running(lab: Lab, unit: InHost) -> None:
    """A reset must not stop a daemon that was there before, because the run began in the second in which it was restarted."""
    slow = TEXT.decode().replace("[Service]", "[Service]\nExecStartPre=/bin/sleep 3")
    units.write_unit(lab.host("hc1"), NAME, slow)
    lab.exec("hc1", "systemctl", "start", NAME)
    lab.exec("hc1", "systemctl", "restart", "--no-block", NAME)
    unit.apply()
    unit.undo()
    assert enabled_and_active(lab) == (False, True)


def test_what_a_unit_says_while_it_stops_is_told(lab: Lab, unit: InHost) -> None:
    """A reset waits here for the guest to end."""
    told: list[str] = []
    progress = SimpleNamespace(amount=lambda done, total, text, of: told.append(text))
    stop = "ExecStop=/bin/sh -c 'echo ending HostedEngine; sleep 4'"
    units.write_unit(lab.host("hc1"), NAME, TEXT.decode().replace("[Install]", f"{stop}\n[Install]"))
    lab.exec("hc1", "systemctl", "start", NAME)
    record = SimpleNamespace(before={"enabled": False, "active": False})
    Unit(name="unit", unit=NAME).undo(lab.host("hc1"), cast(Record, record), cast(Progress, progress))
    assert told[-1] == f"stopping {NAME}: ending HostedEngine"
    assert enabled_and_active(lab) == (False, False)


def test_a_masked_unit_is_a_conflict_with_the_way_out(lab: Lab) -> None:
    lab.exec("hc1", "systemctl", "mask", "hc-test-masked.service")
    try:
        state = Unit(name="unit", unit="hc-test-masked.service").probe(lab.host("hc1"))
    finally:
        lab.exec("hc1", "systemctl", "unmask", "hc-test-masked.service")
    assert state.verdict is Verdict.CONFLICT
    assert "unmask" in state.remedy


def test_a_unit_whose_package_is_not_there_is_blocked(lab: Lab) -> None:
    assert Unit(name="unit", unit="no-such.service").probe(lab.host("hc1")).verdict is Verdict.BLOCKED


def test_a_unit_that_does_not_start_fails_with_its_last_words(lab: Lab, unit: InHost) -> None:
    script = 'echo "the disk is on fire" >&2; exit 3'
    text = f"[Service]\nType=oneshot\nExecStart=/bin/sh -c '{script}'\n[Install]\nWantedBy=multi-user.target\n"
    units.write_unit(lab.host("hc1"), NAME, text)
    outcome = unit.act("apply")
    assert outcome.code == 4
    assert "the disk is on fire" in outcome.err


@pytest.fixture
def package(lab: Lab) -> Iterator[InHost]:
    """A package in a repository on the host itself, so that no network is needed."""
    host = lab.host("hc1")
    tree = REPOSITORY / "tree"
    host.write(tree / "DEBIAN" / "control", CONTROL.encode())
    host.run("chmod", "755", str(tree / "DEBIAN"), str(tree))
    host.run("dpkg-deb", "--build", str(tree), str(REPOSITORY / "one.deb"))
    deb = host.read(REPOSITORY / "one.deb")
    index = f"{CONTROL}Filename: ./one.deb\nSize: {len(deb)}\nSHA256: {hashlib.sha256(deb).hexdigest()}\n"
    host.write(REPOSITORY / "Packages", index.encode())
    host.run("chmod", "-R", "a+rX", str(REPOSITORY))
    host.write(SOURCES, f"deb [trusted=yes] file:{REPOSITORY} ./\n".encode())
    yield InHost(lab, "hc1", Package(name="package", packages=("coreutils", "hc-test-package")))
    host.run("apt-get", "purge", "-y", "hc-test-package", check=False)
    host.run("rm", "-rf", str(REPOSITORY), str(SOURCES))


def installed(lab: Lab) -> bool:
    return lab.exec("hc1", "dpkg-query", "-W", "-f", "${db:Status-Status}", "hc-test-package", check=False).out == "installed"


@pytest.mark.parametrize("moment", ["kept", "before", "after"])
def test_a_package_killed_anywhere_is_resumed_and_then_kept(lab: Lab, package: InHost, moment: str) -> None:
    package.killed("apply", moment)
    package.apply()
    assert installed(lab)
    outcome = package.act("undo")
    assert outcome.ok
    assert "these packages stay installed: hc-test-package" in outcome.err
    assert installed(lab)


HOLD = """
import fcntl, sys, time
files = [open(path, "w") for path in sys.argv[2:]]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True); time.sleep(float(sys.argv[1]))
"""


@pytest.mark.parametrize("lock", ["/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock"])
def test_a_host_that_updates_itself_is_waited_for_and_told_of(lab: Lab, package: InHost, lock: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(lab.exec, "hc1", "python3", "-c", HOLD, "6", lock)
        wait_for("the lock to be held", 6, lambda: bool(packages.busy(lab.host("hc1"))), poll=0.1)
        outcome = package.act("apply")
        assert holding.result().ok
    assert outcome.ok, outcome.describe()
    assert "waiting for python3 (process " in outcome.err
    assert installed(lab)


def test_what_is_installed_already_is_found_so(lab: Lab) -> None:
    assert Package(name="package", packages=("coreutils",)).probe(lab.host("hc1")).verdict is Verdict.DONE


def test_a_package_that_nobody_has_fails_in_apts_words(lab: Lab, package: InHost) -> None:
    package.resource = Package(name="package", packages=("no-such-package",))
    outcome = package.act("apply")
    assert outcome.code == 4
    assert "Unable to locate package no-such-package" in outcome.err
    assert json.loads(package.act("probe").out)["verdict"] == "needed"
