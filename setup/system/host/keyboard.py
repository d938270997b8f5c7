"""What is typed while nobody reads: it may be a password, and would stand among what is shown."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STDIN = 0


class Unshown:
    """Between `begin` and `end` what is typed is not shown, and kept for who reads next."""

    def __init__(self) -> None:
        self._echo = False  # whether it is ours to put back

    def begin(self) -> None:
        self._echo = _set_echo(False)

    def end(self) -> None:
        if self._echo:
            _set_echo(True)
        self._echo = False


@contextmanager
def unshown() -> Iterator[None]:
    quiet = Unshown()
    quiet.begin()
    try:
        yield
    finally:
        quiet.end()


def forget_typed() -> None:
    """Drop what was typed and not read."""
    with suppress(OSError, termios.error):
        if _is_ours():
            termios.tcflush(STDIN, termios.TCIFLUSH)


def _set_echo(on: bool) -> bool:
    """Whether that changed anything. What was typed stays."""
    with suppress(OSError, termios.error):
        if _is_ours():
            modes = termios.tcgetattr(STDIN)
            if bool(modes[3] & termios.ECHO) != on:
                modes[3] ^= termios.ECHO
                termios.tcsetattr(STDIN, termios.TCSANOW, modes)
                return True
    return False


def _is_ours() -> bool:
    """A terminal that another program has in its foreground is not touched: the kernel would stop this one for that."""
    return os.isatty(STDIN) and os.tcgetpgrp(STDIN) == os.getpgrp()
