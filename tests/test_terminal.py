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
SIGNALS = """
import os, signal, sys
signal.signal(signal.SIGWINCH, lambda *_: print(os.get_terminal_size()))
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
signal.signal(signal.SIGHUP, lambda *_: open(sys.argv[1], "w").close())
print("ready")
while True:
    signal.pause()
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
    terminal.answer("A name:", "wrong")
    terminal.answer("not wrong. A name:", "right")
    terminal.wait("thanks")


@pytest.mark.parametrize("term", TERMS)
def test_a_program_is_asked_and_ends(term: str) -> None:
    with Terminal(python(ASK), term=term) as terminal:
        ask(terminal)
        assert f"TERM is {term}" in terminal.text()
        assert "line 0" in terminal.text()
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
    with Terminal(python(SIGNALS)) as terminal:
        terminal.wait("ready")
        terminal.resize(100, 12)
        terminal.wait("columns=100, lines=12")
        terminal.control("c")
        assert terminal.code() == 130


def test_who_is_hung_up_gets_the_signal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with Terminal([*python(SIGNALS), str(told)]) as terminal:
        terminal.wait("ready")
        terminal.hang_up()
        until = time.monotonic() + 10
        while not told.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
