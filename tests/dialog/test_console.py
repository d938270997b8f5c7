"""The prompts in a real terminal of 80x24: everything is said, nothing is lost, and a dumb terminal sees no escape sequence."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ovirt_hc_setup.dialog.draft import FileDraft
from ovirt_hc_setup.runner.key import text_key
from tests.terminal import COLUMNS, DOWN, ENTER, TERMS, UP, Terminal

PROGRAM = Path(__file__).with_name("questions.py")
CARD, BRIDGE, FILE, STATIC, SIZE = "for the management bridge", "Name of the", "A file", "Static address", "Size in GiB"
BACKSPACE, TAB = "\x7f", "\t"
PASSWORD, AGAIN, ADD = "Password of root", "once more", "Add it"


def opened(folder: Path, term: str = "xterm-256color") -> Terminal:
    return Terminal([sys.executable, str(PROGRAM), str(folder)], term=term)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path) as found:
        yield found


def to_passwords(terminal: Terminal) -> None:
    for prompt, text in ((CARD, "2"), (BRIDGE, ""), (FILE, "/etc/hosts"), (STATIC, ""), (SIZE, "")):
        terminal.answer(prompt, text)


def finish(terminal: Terminal) -> dict[str, Any]:
    """The passwords, the last question, and what was answered."""
    for prompt, text in ((PASSWORD, "long enough"), (AGAIN, "long enough"), (ADD, "yes")):
        terminal.answer(prompt, text)
    terminal.wait("}")
    assert terminal.code() == 0
    found: dict[str, Any] = json.JSONDecoder().raw_decode(terminal.text().rpartition("ANSWERS ")[2])[0]
    return found


@pytest.mark.parametrize("term", TERMS)
def test_a_whole_dialog_on_any_terminal(tmp_path: Path, term: str) -> None:
    with opened(tmp_path, term) as terminal:
        to_passwords(terminal)
        answers = finish(terminal)
        assert answers == {
            "T/card": "bond0",
            "T/bridge": "ovirtmgmt",
            "T/file": "/etc/hosts",
            "T/static": None,
            "T/size": "61",
            "T/password": "********",
            "T/add": "True",
        }
        assert "long enough" not in terminal.raw
        assert ("\x1b" in terminal.raw) == (term != "dumb")
        assert "\x1b[6n" not in terminal.raw  # nobody may be there to read where the cursor is


def test_what_is_known_of_a_choice_is_said_also_why_it_is_not_offered_and_lines_break_between_words(terminal: Terminal) -> None:
    terminal.wait("[eth0]:")
    shown = [line.rstrip() for line in terminal.screen.display]
    assert "  1) eth0   192.168.1.11/24, 10 Gbit/s" in shown
    assert "  -  eth1   no address; not offered: it is a port of bond0" in shown
    assert "            offered: it has no link: no cable, or switched off" in shown  # goes on below what is known
    assert "  A bridge is made over it and takes over its addresses; the engine VM is" in shown
    assert max(map(len, shown)) < COLUMNS


def test_help_tells_key_default_and_limits(terminal: Terminal) -> None:
    terminal.answer(CARD, "?")
    terminal.wait("Key: T/card")
    terminal.wait("Default: eth0 (it has the default route)")
    for prompt in (CARD, BRIDGE):
        terminal.answer(prompt)
    terminal.answer(FILE, "/x")
    terminal.answer(STATIC)
    terminal.answer(SIZE, "?")
    terminal.wait("a whole number from 1 to 500")


def test_what_is_waited_for_is_said_and_wiped_away_again(terminal: Terminal) -> None:
    for prompt, text in ((CARD, ""), (BRIDGE, ""), (FILE, "/x"), (STATIC, "")):
        terminal.answer(prompt, text)
    terminal.wait("Determining how large ... 0 s")
    terminal.wait(SIZE)
    assert "Determining" not in terminal.display


def test_what_is_typed_is_checked_at_once_and_the_line_can_be_changed(terminal: Terminal) -> None:
    terminal.answer(CARD, "eth7")
    terminal.wait("no network interface 'eth7'")
    terminal.wait("Those that can be used: eth0, bond0.")
    terminal.wait("[eth0]:")
    terminal.press(UP)
    terminal.wait_visible("[eth0]: eth7")
    terminal.press(UP)
    terminal.wait_visible("[eth0]: eth0")
    terminal.press(DOWN)
    terminal.wait_visible("[eth0]: eth7")
    terminal.press(f"{BACKSPACE}0{ENTER}")
    terminal.wait(BRIDGE)


def test_an_earlier_answer_is_changed_and_the_others_are_kept(terminal: Terminal) -> None:
    terminal.answer(CARD, "<")
    terminal.wait("There is no question before this one.")
    to_passwords(terminal)
    terminal.answer(PASSWORD, "<")
    terminal.answer(SIZE, "<")
    terminal.answer(STATIC, "<")
    terminal.wait("(your answer)")
    terminal.answer("[/etc/hosts]:", "/etc/passwd")
    answers = finish(terminal)
    assert (answers["T/card"], answers["T/file"], answers["T/size"]) == ("bond0", "/etc/passwd", "61")


def test_tab_completes_paths_and_choices_by_their_beginning_or_what_is_in_them(terminal: Terminal) -> None:
    terminal.wait("[eth0]:")
    terminal.press(f"nd{TAB}")
    terminal.wait_visible("[eth0]: bond0")
    terminal.press(ENTER)
    terminal.answer(BRIDGE)
    terminal.wait(FILE)
    terminal.press(f"/etc/passw{TAB}")
    terminal.wait_visible("A file: /etc/passwd")
    terminal.press(f"{BACKSPACE * 3}{TAB}{TAB}")
    terminal.wait_visible("passwd-")


def test_a_weak_password_is_kept_only_by_saying_so_and_two_different_ones_never(terminal: Terminal) -> None:
    to_passwords(terminal)
    terminal.answer(PASSWORD, "short")
    terminal.answer(AGAIN, "short")  # who types it again at once types it into a hidden line
    terminal.wait("This password is weak: it is short.")
    terminal.answer("anyway?", "")
    terminal.answer(PASSWORD, "short")
    terminal.answer(AGAIN, "shorn")
    terminal.wait("the two entries differ")
    terminal.answer(PASSWORD, "short")
    terminal.answer(AGAIN, "short")
    terminal.answer("anyway?", "yes")
    terminal.answer(ADD, "yes")
    terminal.wait("}")
    assert "short" not in terminal.raw.replace("it is short", "")


@pytest.mark.parametrize("key", ["c", "d"])
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_leaving_asks_first_and_a_second_time_leaves(tmp_path: Path, key: str, term: str) -> None:
    with opened(tmp_path, term) as terminal:
        terminal.answer(CARD, "2")
        terminal.wait(BRIDGE)
        terminal.control(key)
        terminal.answer("Quit? Your answers are kept. To continue: ovirt-hc-setup deploy", "")
        terminal.wait(BRIDGE)
        terminal.control(key)
        terminal.wait("Quit?")
        terminal.control(key)
        terminal.wait("Nothing was changed on this host.")
        assert terminal.code() == 5


# --- what was typed is there the next time


def test_a_closed_connection_loses_no_answer(tmp_path: Path) -> None:
    with opened(tmp_path) as terminal:
        to_passwords(terminal)
        terminal.answer(PASSWORD, "long enough")
        terminal.wait(AGAIN)
        terminal.hang_up()
        terminal.child.wait()
        assert terminal.child.signalstatus == signal.SIGHUP
    draft = tmp_path / "drafts" / "deploy.json"
    assert stat.S_IMODE(os.stat(draft).st_mode) == 0o600
    assert "long enough" not in draft.read_text()
    with opened(tmp_path) as terminal:
        terminal.wait("are offered as defaults. To discard them: rm")
        terminal.wait("(your answer of ")
        terminal.answer("[bond0]:")
        terminal.answer(BRIDGE)
        terminal.answer("[/etc/hosts]:")
        terminal.answer(STATIC)
        terminal.answer("(the usual size) [61]:")
        assert finish(terminal)["T/card"] == "bond0"
    assert not draft.exists()


def test_what_was_typed_and_would_not_do_any_more_is_not_offered(tmp_path: Path) -> None:
    FileDraft("deploy", tmp_path / "drafts").answered(text_key("T/card", "a card"), "eth5", None)
    with opened(tmp_path) as terminal:
        terminal.wait("(it has the default route)")
        terminal.wait("[eth0]:")


# --- keys beside letters


def test_arrows_go_through_the_choices_and_back_to_earlier_lines(terminal: Terminal) -> None:
    terminal.wait("[eth0]:")
    terminal.press(DOWN)
    terminal.wait_visible("[eth0]: eth0")
    terminal.press(DOWN)
    terminal.wait_visible("[eth0]: bond0")
    terminal.press(f"{UP}{UP}")
    terminal.press(f"{DOWN}{DOWN}{ENTER}")
    terminal.answer(BRIDGE, "<")
    terminal.wait("(your answer) [bond0]:")


def test_colours_in_what_is_typed_are_no_mouse(terminal: Terminal) -> None:
    terminal.wait(CARD)
    terminal.press("\x1b[31m2\x1b[0m\r")
    terminal.wait(BRIDGE)
    assert "Unhandled exception" not in terminal.text()


def test_what_is_pasted_with_its_line_end_is_one_line(terminal: Terminal) -> None:
    to_passwords(terminal)
    terminal.wait(PASSWORD)
    terminal.press("\x1b[200~long enough\n\x1b[201~")
    terminal.press(ENTER)
    terminal.wait(AGAIN)
    terminal.press("\x1b[200~long enough\r\n\x1b[201~")
    terminal.press(ENTER)
    terminal.wait(ADD)


def test_ctrl_z_stops_the_program_and_it_comes_back(tmp_path: Path) -> None:
    """In a shell with job control, as a person has it."""
    with Terminal(["bash", "--norc", "-i"]) as terminal:
        terminal.press(f"{sys.executable} {PROGRAM} {tmp_path}{ENTER}")
        terminal.wait("[eth0]:")
        terminal.control("z")
        terminal.wait_visible("Stopped")
        terminal.press(f"fg{ENTER}")
        terminal.wait_visible("[eth0]:")
        terminal.press(f"bond0{ENTER}")
        terminal.wait(BRIDGE)


def test_where_a_person_is_among_the_questions_is_said_and_stays_when_one_goes_back(terminal: Terminal) -> None:
    terminal.wait("Section 1 of 2, question 1")
    terminal.answer(CARD, "2")
    terminal.wait("Section 1 of 2, question 2")
    terminal.answer(BRIDGE, "<")
    terminal.wait("Section 1 of 2, question 1")
    terminal.answer(CARD, "2")
    terminal.answer(BRIDGE, "")
    terminal.wait("Section 2 of 2, question 3")
