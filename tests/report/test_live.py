"""The view of the work on real terminals: golden screens, no colours where none are wanted, resizing, a terminal that is gone."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ovirt_hc_setup.base.errors import ViewLost
from ovirt_hc_setup.base.event_types import Event, Note, RunEnded
from ovirt_hc_setup.keys import ENGINE_FQDN, STORAGE_PATH
from ovirt_hc_setup.report.closing import closing_page
from ovirt_hc_setup.report.reporters import Plain
from ovirt_hc_setup.report.screen import Screen
from ovirt_hc_setup.report.several import HostScreen
from ovirt_hc_setup.runner.run_folder import RunFolder
from tests.report.works import BEGUN, CHECKED, FAILED, WORK, of
from tests.screens import assert_golden, seen
from tests.terminal import Terminal, ended_tmux, in_tmux

ROOT = Path(__file__).resolve().parents[2]
PLAY = [sys.executable, "-m", "tests.report.works"]


class Paper(io.StringIO):
    """A terminal in UTF-8, as far as the view asks."""

    encoding = "utf-8"


@pytest.fixture(autouse=True)
def size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def screen(events: Sequence[Event], kind: type[Screen] = Screen, at: float = 52.0) -> str:
    """What stands on the terminal `at` seconds after the run began."""
    out = Paper()
    shown = kind(out, now=lambda: BEGUN + at)
    for event in events:
        shown(event)
    shown._live.draw()
    return seen(out.getvalue())


def test_the_work_is_the_golden_screen() -> None:
    assert_golden("work", screen(WORK))


def test_a_failed_step_is_the_golden_screen_and_its_reason_is_said_once() -> None:
    text = screen(FAILED)
    assert_golden("failed-step", text)
    assert " ".join(text.split()).count("does not answer") == 1


def test_failed_checks_are_the_golden_screen() -> None:
    assert_golden("failed-check", screen(CHECKED))


def test_several_hosts_are_the_golden_screen() -> None:
    gone = [*of("hc4", WORK[:6]), RunEnded(host="hc4", run="r", exit_code=4, message="it failed")]
    events = [*of("hc2", WORK), *of("hc3", WORK[:11]), *gone]
    assert_golden("several-hosts", screen(events, HostScreen))


def test_the_closing_page_is_the_golden_screen() -> None:
    answers = {ENGINE_FQDN.name: "engine.example.com", STORAGE_PATH.name: "hc1.example.com:/engine"}

    folder = SimpleNamespace(
        answers={name: {"text": text, "origin": "typed"} for name, text in answers.items()},
        about=SimpleNamespace(host="hc1.example.com"),
        path="/var/lib/ovirt-hc-setup/runs/20261121-120000-deploy-ab12",
    )
    assert_golden("closing", screen([Note(text=closing_page(cast(RunFolder, folder)))]))


def test_plain_lines_have_a_time_a_level_and_no_escapes() -> None:
    out = io.StringIO()
    report = Plain(out)
    for event in FAILED:
        report(event)
    lines = out.getvalue().splitlines()
    assert "\x1b" not in out.getvalue()
    assert all(line[2] == line[5] == ":" and line[9] == "[" and line[17] == "]" for line in lines)
    assert sum("does not answer" in line for line in lines) == 1


def test_the_view_goes_to_the_end_and_leaves_no_row_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with Terminal([*PLAY, "2"]) as terminal:
        terminal.wait_visible("3 of 10 steps")
        terminal.wait("played")
        assert terminal.code() == 0
        assert "of 10 steps" not in terminal.display
        assert "left" not in terminal.display
        assert terminal.display.count("done (") == 3


@pytest.mark.parametrize(("term", "env"), [("dumb", {}), ("xterm-256color", {"NO_COLOR": "1"})])
def test_colours_are_left_out_where_they_are_not_wanted(
    term: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with Terminal([*PLAY, "1"], term=term, env=env) as terminal:
        terminal.wait("played")
        assert terminal.code() == 0
        assert not re.search(r"\x1b\[[0-9;]*m", terminal.raw)
        if term == "dumb":
            assert "\x1b" not in terminal.raw


def test_what_is_no_terminal_gets_no_escapes() -> None:
    ended = subprocess.run([*PLAY, "1"], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert b"\x1b" not in ended.stdout
    assert b"[ INFO  ]" in ended.stdout


def test_nothing_is_erased_before_it_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is cleared as a whole, and the screen never is: that is what flickers."""
    monkeypatch.chdir(ROOT)
    with Terminal([*PLAY, "2"]) as terminal:
        terminal.wait("played")
        assert "\x1b[2K" not in terminal.raw
        assert "\x1b[2J" not in terminal.raw
        assert "\x1b[H" not in terminal.raw


def test_typing_meanwhile_does_not_move_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with Terminal([*PLAY, "3"]) as terminal:
        terminal.wait_visible("3 of 10 steps")
        terminal.press("what\r\r\r")
        terminal.wait_visible("played")
        assert terminal.text().count("of 10 steps") == 0
        assert "what" not in terminal.text()


def test_resizing_leaves_one_set_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("COLUMNS")
    monkeypatch.delenv("LINES")
    with Terminal([*PLAY, "5"]) as terminal:
        terminal.wait_visible("3 of 10 steps")
        for columns, rows in ((132, 40), (80, 24), (100, 12)):
            terminal.resize(columns, rows)
            terminal.wait("left")
        terminal.wait("played")
        assert "of 10 steps" not in terminal.text()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_in_tmux_a_smaller_window_wraps_no_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))
    monkeypatch.delenv("COLUMNS")
    monkeypatch.delenv("LINES")
    with ended_tmux("live"), Terminal(in_tmux([*PLAY, "6"], "live")) as terminal:
        terminal.wait_visible("3 of 10 steps")
        terminal.resize(120, 30)
        terminal.wait_visible("3 of 10 steps")
        terminal.resize(80, 24)
        terminal.wait_visible("played")
        assert "of 10 steps" not in terminal.display


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_terminal_that_is_gone_ends_the_view_quietly(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with Terminal([*PLAY, "30"]) as terminal:
        terminal.wait_visible("3 of 10 steps")
        os.kill(terminal.child.pid, number)
        assert terminal.code() == 130
        assert "Traceback" not in terminal.raw


def test_a_line_that_is_cut_ends_the_view_with_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also where SIGHUP is ignored, so that only writing fails."""
    monkeypatch.chdir(ROOT)
    code, said = tmp_path / "code", tmp_path / "said"
    script = f"trap '' HUP; {' '.join(PLAY)} 30 2> {said}; echo $? > {code}"
    with Terminal(["/bin/sh", "-c", script]) as terminal:
        terminal.wait_visible("3 of 10 steps")
        terminal.hang_up()
        for _ in range(300):
            if code.exists() and code.read_text():
                break
            signal.sigtimedwait([], 0.1)
        assert code.read_text().strip() == "130", said.read_text()
        assert said.read_text().splitlines() == ["ovirt-hc-setup: the output is closed; the work continues"]


def test_a_pipe_that_is_closed_is_a_view_that_is_lost() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with pytest.raises(ViewLost):
        Plain(Gone())(replace(WORK[0]))
    with pytest.raises(ViewLost):
        Screen(Gone())(replace(WORK[0]))


ASKED_AFTER = """\
import sys, time
from ovirt_hc_setup.base.event_types import ResourceBegun
from ovirt_hc_setup.dialog.prompting import Aid, lines_of_terminal
from ovirt_hc_setup.report.screen import Screen
with Screen() as screen:
    if sys.argv[1] == "rows":
        screen(ResourceBegun(resource="r", title="Work"))
    time.sleep(1.5)
    with screen.pause():
        print("TYPED", lines_of_terminal().line("And? ", Aid()))
"""


@pytest.mark.parametrize(("shown", "typed"), [("rows", "second"), ("nothing", "first")])
def test_what_is_typed_into_rows_is_dropped_and_what_is_typed_ahead_elsewhere_is_kept(shown: str, typed: str) -> None:
    with Terminal([sys.executable, "-c", ASKED_AFTER, shown]) as terminal:
        terminal.wait("Work" if shown == "rows" else "")
        assert terminal.child.waitnoecho()
        terminal.child.send("first\r")
        terminal.wait("And?")
        terminal.child.send("second\r")
        terminal.wait(f"TYPED {typed}")
