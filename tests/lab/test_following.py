"""A real worker and a real terminal: leaving the view, stopping, a worker that ends or begins at this moment, its last words."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.vm_in_host import shell
from tests.terminal import Terminal

pytestmark = pytest.mark.lab

LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
BEGUN = Path(__file__).with_name("begun_run.py")
SLOW = 3  # seconds that a unit takes to start
UNITS = ("hc-first", "hc-second")
MENU = "[d]etach (work continues), [s]top after this step, [c]ontinue watching"


@pytest.fixture
def run(lab: Lab) -> Iterator[str]:
    """The folder of a confirmed deployment that starts two slow units; nothing of it has begun."""
    for unit, command in zip(UNITS, (f"/bin/sleep {SLOW}", f"/bin/sleep {SLOW}"), strict=True):
        _write_unit(lab, unit, command)
    yield lab.exec("hc1", sys.executable, str(BEGUN), *UNITS).out.strip()
    shell(lab, "hc1", "systemctl stop 'ovirt-hc-setup-*-deploy-*.service' hc-first hc-second")
    shell(lab, "hc1", "rm -rf /var/lib/ovirt-hc-setup/runs/* /var/lib/ovirt-hc-setup/bundles")


def _write_unit(lab: Lab, unit: str, command: str) -> None:
    text = f"[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart={command}\n"
    lab.host("hc1").write(Path(f"/etc/systemd/system/{unit}.service"), text.encode())
    shell(lab, "hc1", "systemctl daemon-reload")


def deploy(lab: Lab, *options: str) -> Terminal:
    return Terminal([str(LAUNCHER), "lab", "exec", "--name", lab.name, "hc1", "--", "ovirt-hc-setup", "deploy", *options])


def ask_by_ctrl_c(terminal: Terminal, keys: str) -> None:
    """The menu stands where rows of the work were."""
    terminal.control("c")
    terminal.wait_visible(MENU)
    terminal.press(keys)


def active(lab: Lab) -> list[str]:
    return [unit for unit in UNITS if lab.exec("hc1", "systemctl", "is-active", f"{unit}.service", check=False).ok]


@pytest.mark.parametrize("keys", ["detach\r", "\r", "what\rd\r", "\x03"])
def test_leaving_stops_nothing_and_says_how_to_see_it_again(keys: str, lab: Lab, run: str) -> None:
    with deploy(lab) as terminal:
        terminal.wait("Start hc-first")
        ask_by_ctrl_c(terminal, keys)
        terminal.wait("ovirt-hc-setup deploy --attach")
        assert terminal.code() == 130
    with deploy(lab, "--attach") as terminal:
        assert terminal.code() == 0
    assert active(lab) == [*UNITS]


def test_stopping_ends_after_the_step_and_the_same_command_goes_on(lab: Lab, run: str) -> None:
    with deploy(lab) as terminal:
        terminal.wait("Start hc-first")
        ask_by_ctrl_c(terminal, "continue\r")
        time.sleep(0.5)  # until the view is there again
        ask_by_ctrl_c(terminal, "stop\r")
        terminal.wait("run the same command again")
        assert terminal.code() == 130
    assert active(lab) == ["hc-first"]
    with deploy(lab) as terminal:
        assert terminal.code() == 0
    assert active(lab) == [*UNITS]


def test_a_worker_that_ends_at_this_moment_is_waited_for_and_one_that_begins_is_attached_to(lab: Lab, run: str) -> None:
    """The same command again, at once, on either side of a failure."""
    _write_unit(lab, "hc-first", "/bin/false")
    command = "ovirt-hc-setup deploy --unattended --output plain"
    said = lab.exec("hc1", "sh", "-c", f"{command}; {command}", check=False, timeout=180).out
    assert said.count("Continuing run") == 2, "not attached to what was ending"
    assert said.count("Failed: ") == 2
    assert "without a result" not in said
    _write_unit(lab, "hc-first", f"/bin/sleep {SLOW}")
    both = f"{command} > /root/one 2>&1 & sleep 0.7; {command}; echo ended with $?; wait; cat /root/one"
    said = lab.exec("hc1", "sh", "-c", both, check=False, timeout=180).out
    assert "ended with 0" in said
    assert said.count("Continuing run") == 1, "the other one attached"
    assert active(lab) == [*UNITS]


def test_a_worker_that_is_killed_is_told_with_all_that_belongs_to_a_failure(lab: Lab, run: str) -> None:
    with deploy(lab) as terminal:
        terminal.wait("Start hc-first")
        time.sleep(0.5)
        shell(lab, "hc1", "systemctl kill -s KILL 'ovirt-hc-setup-*-deploy-*.service'")
        terminal.wait("Where to look")
        terminal.wait("Bundle for a bug report: /var/lib/ovirt-hc-setup/bundles/")
        terminal.wait("the worker ended without a result: it was killed")
        assert terminal.code() == 4
