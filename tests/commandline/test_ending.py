"""The last words of a command: broken between words at a terminal, whole for programs."""

from __future__ import annotations

import subprocess
import sys

from tests.terminal import Terminal

WRONG = [sys.executable, "-m", "ovirt_hc_setup", "answers", "validate", "/a/file/with/a/long/name/that/is/not/there/at/all.conf"]


def test_an_error_is_broken_between_words_at_a_terminal() -> None:
    with Terminal(WRONG) as terminal:
        assert terminal.code() == 2
        said = terminal.display.partition("ovirt-hc-setup: ")[2]
    assert all(len(line) < 80 for line in said.splitlines())
    assert "/there/at/all.conf cannot be read: No such file or directory" in " ".join(said.split())


def test_a_program_gets_it_as_it_is() -> None:
    ended = subprocess.run(WRONG, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "all.conf cannot be read: No such file or directory\n" in ended.stderr
