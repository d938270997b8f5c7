"""The real prompts at 80x24, in every terminal: defaults are found out, bad input is asked again, leaving changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from ovirt_hc_setup.dialog.draft import DRAFTS
from ovirt_hc_setup.lab.appliance import appliance
from ovirt_hc_setup.lab.lab_volume import make_engine_volume
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.as_found import traces
from tests.over_ssh import over_ssh
from tests.terminal import ENDED, TERMS, Terminal, in_tmux, squeezed

pytestmark = pytest.mark.lab

CHECKOUT = Path(__file__).resolve().parents[2]
LAUNCHER = CHECKOUT / "ovirt-hc-setup"
GUIDE = CHECKOUT / "docs" / "guide.md"
SMALL = ("--set", "OVEHOSTED_STORAGE/imgSizeGB=5", "--set", "OVEHOSTED_VM/vmMemSizeMB=1024")


@pytest.fixture(scope="module")
def ready(lab: Lab) -> Lab:
    appliance(print)
    lab.up(print)
    make_engine_volume(lab, print)
    return lab


DEPLOY = ("ovirt-hc-setup", "deploy", "--plan", *SMALL)
TMUX = "ovirt-hc-test"


def on_first_host(lab: Lab, *command: str) -> list[str]:
    return [str(LAUNCHER), "lab", "exec", "--name", lab.name, "hc1", "--", *command]


@pytest.fixture
def fresh(ready: Lab) -> Lab:
    """Without the answers that another dialog has left to be offered again."""
    ready.exec("hc1", "rm", "-rf", str(DRAFTS))
    return ready


@pytest.fixture
def terminal(fresh: Lab) -> Iterator[Terminal]:
    with Terminal(on_first_host(fresh, *DEPLOY)) as opened:
        yield opened


@pytest.fixture
def tmux(fresh: Lab) -> Iterator[Terminal]:
    """A tmux on the host itself, which the program can see around itself."""
    try:
        with Terminal(on_first_host(fresh, *in_tmux(DEPLOY, TMUX))) as opened:
            yield opened
    finally:
        fresh.exec("hc1", "tmux", "-L", TMUX, "kill-server", check=False)


def to_passwords(terminal: Terminal) -> None:
    terminal.answer("as SERVER:/VOLUME")
    terminal.answer("interface for the management")
    terminal.answer("Name of the management bridge", "<")
    for prompt in ("interface for the management", "Name of the management bridge", "Gateway of the", "Full name of this host"):
        terminal.answer(prompt)
    terminal.answer("Engine appliance")
    terminal.answer("Set up the engine VM with cloud-init")


CHANGES, SHOWS = "a number changes that line", "a number shows a step in full"


def number_of(terminal: Terminal, label: str, prompt: str) -> str:
    """The number of a line, on whichever page it is."""
    terminal.wait(prompt)
    while label not in terminal.display:
        terminal.answer(prompt)
        terminal.wait(prompt)
    return next(line.split()[0] for line in terminal.display.splitlines() if label in line)


def to_the_end(terminal: Terminal, prompt: str) -> None:
    """Turn the pages, and go on from the last one."""
    while True:
        terminal.wait(prompt)
        last = "Enter continues" in terminal.display.rstrip().splitlines()[-1]
        terminal.answer(prompt)
        if last:
            return


def through_the_preview(terminal: Terminal) -> None:
    """The answer that is chosen by its number is asked again, and stands there with its new value."""
    number = number_of(terminal, "Add this host to the engine", CHANGES)
    terminal.answer(CHANGES, number)
    terminal.answer("/etc/hosts", "yes")
    terminal.wait("Yes (typed)")
    to_the_end(terminal, CHANGES)


def to_plan(terminal: Terminal) -> None:
    """A whole dialog: back once, with a name that is this host's own, and with two passwords that differ."""
    to_passwords(terminal)
    terminal.answer("Full name of the engine", "hc1.hc.test")
    terminal.wait("hc1.hc.test")
    terminal.answer("Full name of the engine", "engine.hc.test")
    terminal.answer("Password of root", "one-password")
    terminal.answer("once more", "another-password")
    terminal.wait("the two entries differ")
    terminal.answer("Password of root", "one-password")
    terminal.answer("once more", "one-password")
    for prompt in ("Static address", "Public SSH key", "/etc/hosts", "CPU model", "virtual CPUs", "MAC address"):
        terminal.answer(prompt)
    terminal.answer("Password of the engine's user admin", "admin-password")
    terminal.answer("once more", "admin-password")
    terminal.answer("Additional hosts that join")
    through_the_preview(terminal)
    terminal.wait(SHOWS, limit=120)
    terminal.answer(SHOWS, number_of(terminal, "bridge ovirtmgmt", SHOWS))
    terminal.wait("the change is rolled back")
    to_the_end(terminal, SHOWS)
    terminal.wait("This is the plan. Nothing was changed.", limit=120)


def lines_of_the_guide() -> list[str]:
    """Those that every dialog has to show, without the numbers, which hang on what this machine is warned of."""
    kept = r"<!-- kept current by tests/lab/test_prompts.py -->\n```text\n(.*?)\n```"
    lines = [line for block in re.findall(kept, GUIDE.read_text(), re.DOTALL) for line in block.splitlines()]
    return [re.sub(r"^ +\d+ | \(page.*", "", line) for line in lines if line != "  ..."]


def test_a_whole_dialog_ends_in_a_plan_with_what_was_typed_and_what_was_found_out(terminal: Terminal) -> None:
    to_plan(terminal)
    assert terminal.code() == 0
    assert "one-password" not in terminal.raw
    assert "admin-password" not in terminal.raw
    assert "checks passed" in terminal.text()
    shown = squeezed(terminal.text())
    assert [line for line in lines_of_the_guide() if squeezed(line) not in shown] == []


def test_in_tmux_the_whole_dialog_is_the_same(tmux: Terminal) -> None:
    to_plan(tmux)
    tmux.answer(f"{ENDED}0]")
    assert tmux.code() == 0
    assert "one-password" not in tmux.raw


@pytest.mark.parametrize("term", TERMS)
def test_in_every_terminal_a_question_explains_itself_and_leaving_changes_nothing(term: str, fresh: Lab) -> None:
    before = traces(fresh)
    with Terminal(on_first_host(fresh, *DEPLOY), term=term) as terminal:
        terminal.answer("as SERVER:/VOLUME", "?")
        terminal.wait("Key: OVEHOSTED_STORAGE/storageDomainConnection")
        # The window is made smaller while an answer is typed: what was typed stays.
        terminal.wait("as SERVER:/VOLUME")
        terminal.press("non")
        terminal.resize(60, 20)
        terminal.answer("", "sense")
        terminal.wait("'nonsense'")
        # Not the prompt before, which was drawn again for the smaller window.
        terminal.wait("or [2001:db8::5]:/engine GlusterFS volume for the engine, as SERVER:/VOLUME")
        terminal.control("c")
        terminal.wait("Quit?")
        terminal.control("c")
        terminal.wait("Nothing was changed")
        assert terminal.code() == 5
        assert ("\x1b" in terminal.raw) == (term != "dumb")
    assert traces(fresh) == before


def test_what_was_typed_before_the_connection_broke_is_offered_again(fresh: Lab) -> None:
    with Terminal(over_ssh(fresh, "hc1", *DEPLOY)) as terminal:
        terminal.wait("This is an SSH session outside screen and tmux")
        for prompt in ("as SERVER:/VOLUME", "interface for the management", "Name of the management bridge"):
            terminal.answer(prompt)
        terminal.answer("Gateway of the", "10.90.0.12")
        terminal.wait("Full name of this host")
        terminal.child.kill(SIGKILL)
    with Terminal(on_first_host(fresh, *DEPLOY)) as terminal:
        terminal.wait("are offered as defaults")
        for prompt in ("as SERVER:/VOLUME", "interface for the management", "Name of the management bridge"):
            terminal.answer(prompt)
        terminal.wait("[10.90.0.12]:")


BREAKS = "This is an SSH session outside screen and tmux"


def test_behind_su_too_it_is_said_beforehand_what_a_broken_connection_means(fresh: Lab) -> None:
    with Terminal(over_ssh(fresh, "hc1", "su", "-", "root", "-c", " ".join(DEPLOY))) as terminal:
        terminal.wait(BREAKS)
        terminal.wait("deploy --attach")
        terminal.wait("as SERVER:/VOLUME")


def test_in_tmux_over_ssh_nothing_is_said_of_it(fresh: Lab) -> None:
    try:
        with Terminal(over_ssh(fresh, "hc1", *in_tmux(("env", "-u", "TMUX", *DEPLOY), TMUX))) as terminal:
            terminal.wait("as SERVER:/VOLUME")
            assert squeezed(BREAKS) not in squeezed(terminal.text())
    finally:
        fresh.exec("hc1", "tmux", "-L", TMUX, "kill-server", check=False)
