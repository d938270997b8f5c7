"""The real prompts in a terminal of 80x24: defaults are found out, bad input is asked again, leaving changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab import Lab
from ovirt_hc_setup.lab.volume import make_engine_volume
from tests.terminal import Terminal

pytestmark = pytest.mark.lab

LAUNCHER = Path(__file__).resolve().parents[2] / "ovirt-hc-setup"
SMALL = ("--set", "OVEHOSTED_STORAGE/imgSizeGB=5", "--set", "OVEHOSTED_VM/vmMemSizeMB=1024")


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Lab:
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    return lab


@pytest.fixture
def terminal(ready: Lab) -> Iterator[Terminal]:
    deploy = ["ovirt-hc-setup", "deploy", "--plan", *SMALL]
    with Terminal([str(LAUNCHER), "lab", "exec", "--name", ready.name, "hc1", "--", *deploy]) as opened:
        yield opened


def to_passwords(terminal: Terminal) -> None:
    terminal.answer("as SERVER:/VOLUME")
    for prompt in ("interface for the management", "Name of the management bridge", "Gateway of the", "Full name of this host"):
        terminal.answer(prompt)
    terminal.answer("Engine appliance")
    terminal.answer("Set the engine VM up with cloud-init")


def test_a_whole_dialog_ends_in_a_plan_with_what_was_typed_and_what_was_found_out(terminal: Terminal) -> None:
    to_passwords(terminal)
    terminal.answer("Full name of the engine", "hc1.hc.test")
    terminal.wait("hc1.hc.test")
    terminal.answer("Full name of the engine", "engine.hc.test")
    terminal.answer("Password of root", "one-password")
    terminal.answer("once more", "another-password")
    terminal.wait("the two entries differ")
    terminal.answer("Password of root", "one-password")
    terminal.answer("once more", "one-password")
    for prompt in ("Static address", "Public SSH key", "/etc/hosts", "CPU model", "virtual CPUs", "MAC address", "Console"):
        terminal.answer(prompt)
    terminal.answer("Password of the engine's user admin", "admin-password")
    terminal.answer("once more", "admin-password")
    terminal.answer("Further hosts that join")
    terminal.wait("This is the plan. Nothing was changed.", limit=120)
    assert terminal.code() == 0
    assert "one-password" not in terminal.text()
    assert "GlusterFS replica 3 Volume detected" in terminal.text()


def test_a_question_explains_itself_and_leaving_changes_nothing(terminal: Terminal, ready: Lab) -> None:
    terminal.answer("as SERVER:/VOLUME", "?")
    terminal.wait("Key: OVEHOSTED_STORAGE/storageDomainConnection")
    terminal.answer("as SERVER:/VOLUME", "nonsense")
    terminal.wait("'nonsense'")
    terminal.wait("as SERVER:/VOLUME")
    terminal.control("c")
    terminal.wait("Nothing was changed")
    assert terminal.code() == 5
    assert ready.exec("hc1", "sh", "-c", "ls -A /var/lib/ovirt-hc-setup/runs 2>/dev/null || true").out == ""
