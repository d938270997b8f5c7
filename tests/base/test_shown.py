"""What reaches a terminal: no escape of anybody's, and commands that can be given as they stand there."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ovirt_hc_setup
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import Note, plain, to_json
from ovirt_hc_setup.base.shown import CALLED, NAME, VERBS, as_called, called, shown
from ovirt_hc_setup.commandline.ending import to_its_end
from ovirt_hc_setup.verbs.every_verb import parser_of

STEERING = [
    "\x1b[31m",
    "\x9b31m",
    "\x1b]0;title\x07",
    "\x9d0;title\x9c",
    "\x1bP1$r\x1b\\",
    "\x90q\x9c",
    "\x1bc",
    "\x1b(0",
    "\x1b#8",
    "\x1b[?1049h",
    "\x1b[>c",
    "\u202e",
    "\u2066",
    "\u200f",
    "\r",
    "\b",
    "\x7f",
    "\x85",
]
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("steering", STEERING, ids=ascii)
def test_what_steers_a_terminal_is_gone_with_its_parameters_and_the_text_stays(steering: str) -> None:
    assert plain(f"before{steering}after") == "beforeafter"


@given(st.text(st.one_of(st.sampled_from("\x1b[]\x9b\x90\x9d0;m\x07\\\u202e"), st.characters())))
def test_no_text_whatever_steers_a_terminal_and_events_stay_json(text: str) -> None:
    assert not BAD.search(shown(text))
    line = to_json(Note(text=text))
    assert "\n" not in line
    assert not BAD.search(json.loads(line)["text"])
    assert json.loads(line.encode())["type"] == "note"


def test_errors_and_the_tracebacks_of_bugs_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def raising(error: Exception) -> int:
        raise error

    for kind in (SetupError, RuntimeError, OSError):
        to_its_end(["check"], lambda kind=kind: raising(kind("gluster says \x1b[31m\x9b2Jred\u202e")))  # type: ignore[misc]
    said = capsys.readouterr().err
    assert said.count("red") >= 3
    assert not BAD.search(said)


def test_the_words_of_a_command_line_steer_nothing() -> None:
    argv = [sys.executable, "-m", "ovirt_hc_setup", "answers", "\x9b31mexplain\u202e"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert not BAD.search(done.stderr)


@pytest.mark.parametrize(
    ("told", "printed"),
    [
        ("ovirt-hc-setup", "ovirt-hc-setup"),
        ("./ovirt-hc-setup", "./ovirt-hc-setup"),
        ("/root/a clone/ovirt-hc-setup", "'/root/a clone/ovirt-hc-setup'"),
        ("./ovirt-hc-setup lab exec hc1 -- ovirt-hc-setup", "./ovirt-hc-setup lab exec hc1 -- ovirt-hc-setup"),
    ],
)
def test_commands_are_printed_as_the_program_was_called(monkeypatch: pytest.MonkeyPatch, told: str, printed: str) -> None:
    if told.startswith("/root"):
        monkeypatch.setattr(os.path, "exists", lambda path: path == told)
        monkeypatch.setattr(os.path, "samefile", lambda one, other: False)
    monkeypatch.setenv(CALLED, told)
    assert as_called("See it: `ovirt-hc-setup deploy --attach`, ovirt-hc-setup status") == (
        f"See it: `{printed} deploy --attach`, {printed} status"
    )
    for kept in ("by ovirt-hc-setup; it", "ovirt-hc-setup-host.service", "/run/ovirt-hc-setup status", "ovirt-hc-setup 0.1"):
        assert as_called(kept) == kept


def test_a_program_on_the_path_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("#!/bin/sh\n")
    (tmp_path / NAME).chmod(0o755)
    monkeypatch.setenv(CALLED, str(tmp_path / NAME))
    assert called() == str(tmp_path / NAME)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert called() == NAME


def test_one_that_was_started_as_a_module_prints_what_starts_it_again() -> None:
    env = {name: value for name, value in os.environ.items() if name != CALLED}
    argv = [sys.executable, "-I", "-m", "ovirt_hc_setup", "answers", "keyz"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, env=env)
    assert f"{sys.executable} -I -m ovirt_hc_setup answers --help" in done.stderr


def test_the_launcher_says_how_it_was_called() -> None:
    top = Path(__file__).resolve().parents[2]
    env = {name: value for name, value in os.environ.items() if name != CALLED}
    argv = [f"./{NAME}", "answers", "keyz"]
    done = subprocess.run(argv, cwd=top, capture_output=True, text=True, check=False, timeout=60, env=env)
    assert "./ovirt-hc-setup answers --help" in done.stderr


SAID = re.compile(rf"(?<![\w./-]){NAME} ([a-z][a-z-]+)((?: [a-z]+)?(?: --[a-z-]+)*)")


def said() -> Iterator[tuple[Path, str, list[str]]]:
    """Every command of ours that stands in a text of the program."""
    folder = Path(ovirt_hc_setup.__path__[0])
    for path in sorted(folder.rglob("*.py")):
        for verb, more in SAID.findall(path.read_text()):
            if verb in VERBS:
                yield path.relative_to(folder), verb, more.split()


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    found = {name for action in parser._actions for name in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                found |= options_of(below) | {below.prog.split()[-1]}
    return found


def test_every_command_in_a_message_exists_with_its_options() -> None:
    parser = parser_of()
    verbs = next(action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    commands = list(said())
    assert len(commands) > 40
    for path, verb, words in commands:
        for word in words:
            if word.startswith("--"):
                assert word in options_of(verbs[verb]), f"{path}: {verb} {word}"


def test_tests_hear_the_signals_that_their_shell_ignored() -> None:
    program = "import signal, os; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    assert signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
