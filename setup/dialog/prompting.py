"""Reading a line from the terminal: edited where the terminal is capable of it, else as it is typed.

prompt_toolkit is loaded when the first line is read, and not on a dumb terminal at all: there it would show what is typed into a
hidden line.
"""

from __future__ import annotations

import os
import select
import sys
import termios

from ovirt_hc_setup.dialog.line_aid import Aid, Lines

LOOK_EVERY = 0.2  # seconds between two looks whether Ctrl-C came
DUMB = ("", "dumb", "unknown")
PAGES = ("HC_PREVIEW", "HC_PLAN")  # the requests, by name, whose answer may turn a page


class PlainLines:
    """As the terminal's driver gives them, without an escape sequence."""

    def line(self, prompt: str, aid: Aid) -> str:
        print(prompt, end="", flush=True)
        ahead = _comes(0)  # a whole line, which was typed while nothing was shown
        line = _typed()
        if ahead:
            print(line, flush=True)
        return line

    def hidden(self, prompt: str) -> str:
        before = termios.tcgetattr(sys.stdin)
        silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        # Not TCSAFLUSH: what was typed ahead is not lost.
        termios.tcsetattr(sys.stdin, termios.TCSANOW, silent)
        try:
            print(prompt, end="", flush=True)
            return _typed()
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
            print(flush=True)


def _typed() -> str:
    """A line of standard input. `input` would wait on when Ctrl-C comes just before it begins to read."""
    while not _comes(LOOK_EVERY):
        pass
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def _comes(limit: float) -> bool:
    return bool(select.select([sys.stdin], [], [], limit)[0])


def lines_of_terminal() -> Lines:
    """The better way to read lines that this terminal has."""
    if os.environ.get("TERM", "") in DUMB:
        return PlainLines()
    from ovirt_hc_setup.dialog.editing import EditedLines  # prompt_toolkit costs a tenth of a second: only who asks pays

    return EditedLines()
