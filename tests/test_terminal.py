"""The terminal that other tests type at is one: in tmux and without, resized, interrupted, hung up."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import ENDED, TERMS, Terminal, in_tmux

ASK = """
import os, sys
for number in range(60):
    print("line", number)
print("TERM is", os.environ["TERM"])
name = input("A name: ")
while name != "right":
    name = input(f"not {name}. A name: ")
print("thanks"); sys.exit(7)
"""
WHOLE_SCREEN = """
from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
keys = KeyBindings()
keys.add("q")(lambda event: event.app.exit())
print("before the page")
Application(Layout(Window(FormattedTextControl("a page"))), key_bindings=keys, full_screen=True).run()
print("after it", PromptSession().prompt("And? "))
"""


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[str]:
    """A tmux server of the test's own."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    name = f"ovirt-hc-test-{tmp_path.name}"
    yield name
    subprocess.run(["tmux", "-L", name, "kill-server"], stderr=subprocess.DEVNULL, check=False)


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def ask(terminal: Terminal) -> None:
    terminal.wait("line 59")
    assert "line 0" in terminal.text()
    terminal.answer("A name:", "wrong")
    terminal.answer("not wrong. A name:", "right")
    terminal.wait("thanks")


@pytest.mark.parametrize("term", TERMS)
def test_a_program_is_asked_and_ends(term: str) -> None:
    with Terminal(python(ASK), term=term) as terminal:
        ask(terminal)
        assert f"TERM is {term}" in terminal.text()
        assert terminal.code() == 7


def test_in_tmux_it_is_the_same(socket: str) -> None:
    with Terminal(in_tmux(python(ASK), socket)) as terminal:
        ask(terminal)
        terminal.answer(f"{ENDED}7]")
        assert terminal.code() == 0


def test_a_page_takes_the_screen_and_gives_it_back() -> None:
    with Terminal(python(WHOLE_SCREEN)) as terminal:
        terminal.wait_visible("a page")
        assert "before" not in terminal.display
        terminal.press("q")
        terminal.answer("And?", "typed")
        terminal.wait("after it typed")
        assert "before the page" in terminal.display
        # The terminal said where its cursor is, as real ones do.
        assert "CPR" not in terminal.text()
        assert terminal.code() == 0


def test_a_program_learns_of_a_new_size() -> None:
    resized = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done"
    with Terminal(["bash", "-c", resized]) as terminal:
        terminal.wait("ready")
        terminal.resize(100, 12)
        terminal.wait("12 100")
        terminal.control("c")
        assert terminal.code() is None
        assert terminal.child.signalstatus == 2


def test_who_is_hung_up_gets_the_signal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with Terminal(["bash", "-c", f"trap 'echo gone > {told}; exit' HUP; echo ready; while :; do sleep 0.1; done"]) as terminal:
        terminal.wait("ready")
        terminal.hang_up()
        until = time.monotonic() + 10
        while not told.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
