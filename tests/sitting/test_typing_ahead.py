"""What is typed while something is looked up: nothing of it is lost, shown, or taken for the answer to something else."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.terminal import Terminal

CHECKOUT = Path(__file__).resolve().parents[2]
HIDDEN = "not-for-eyes"


def type_ahead(terminal: Terminal, *lines: str) -> None:
    """Line by line, as a person types who knows what comes; with pauses in which nobody reads."""
    for line in lines:
        terminal.child.send(f"{line}\r")
        time.sleep(0.1)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_what_is_typed_while_nobody_reads_answers_the_questions_in_their_order(term: str, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tests.sitting.slow_sitting", str(tmp_path)]
    with Terminal(argv, term=term, env={"PYTHONPATH": str(CHECKOUT)}) as terminal:
        terminal.wait("Determining memory")
        type_ahead(terminal, "", "other", HIDDEN, HIDDEN)  # the second entry comes while the first one is checked
        terminal.answer("a number changes that line")
        terminal.wait("The answer is line 1 of the preview.")
        terminal.answer("[c]hange an answer", "change")
        terminal.answer("a number changes that line", "1")
        terminal.wait("Determining memory")
        type_ahead(terminal, "3", "", "")  # both pages are left by Enter, the second one after the checks
        terminal.wait(f"TAKEN 3 other {HIDDEN[::-1]}")
        assert terminal.code() == 0
        assert HIDDEN not in terminal.raw
