"""A program in a real pty, and the screen that a person would see: typing, waiting, resizing, hanging up."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pexpect

from tests.emulator import Screen, Stream

LIMIT = 60.0
COLUMNS, ROWS = 80, 24
TERMS = ("xterm-256color", "screen", "linux", "dumb")
ENTER, ESCAPE, UP, DOWN = "\r", "\x1b", "\x1b[A", "\x1b[B"
ENDED = "[it ended with "


class Terminal:
    """`term` is what the program is told by TERM. Hung up at the end of a `with`."""

    def __init__(self, argv: Sequence[str], *, term: str = "xterm-256color", env: Mapping[str, str] | None = None) -> None:
        self.raw = ""
        """Everything that came, escapes included."""
        own = {name: value for name, value in os.environ.items() if name not in ("TMUX", "STY")}
        words = [str(word) for word in argv]
        self.child = pexpect.spawn(
            words[0],
            words[1:],
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
            timeout=LIMIT,
            env={**own, "TERM": term, **(env or {})},
        )
        self.screen = Screen(COLUMNS, ROWS, self.child.send)
        self._stream = Stream(self.screen)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def display(self) -> str:
        """The visible screen, as lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def text(self) -> str:
        """Everything shown so far, lines joined: what is looked for may have been wrapped anywhere.

        tmux leaves out lines that would scroll away at once.
        """
        return self.screen.since((0, 0))

    def wait(self, text: str, limit: float = LIMIT) -> None:
        """Until the text has come since the last answer; blanks and ends of lines do not count."""
        self._until(lambda: squeezed(text) in squeezed(self.screen.since(self.screen.mark)), f"{text!r} did not come", limit)

    def wait_visible(self, text: str, limit: float = LIMIT) -> None:
        """Until the text stands on the visible screen."""
        self._until(lambda: squeezed(text) in squeezed("".join(self.screen.display)), f"{text!r} is not on the screen", limit)

    def answer(self, prompt: str, text: str = "") -> None:
        """Wait for a prompt and type a line."""
        self.wait(prompt)
        self.screen.set_mark()
        self.child.send(text + ENTER)

    def press(self, keys: str) -> None:
        """Type without the end of a line."""
        self.screen.set_mark()
        self.child.send(keys)

    def control(self, letter: str) -> None:
        self.screen.set_mark()
        self.child.sendcontrol(letter)

    def resize(self, columns: int, rows: int) -> None:
        """As when a window is drawn larger or smaller."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def hang_up(self) -> None:
        """The line is cut: the program gets SIGHUP, and nobody reads what it says."""
        self.child.ptyproc.fileobj.close()

    def code(self, limit: float = LIMIT) -> int | None:
        """The exit code of the program, when it has ended by itself."""
        self._until(lambda: False, "it did not end", limit, ended=True)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status

    def _until(self, done: Any, otherwise: str, limit: float, *, ended: bool = False) -> None:
        until = time.monotonic() + limit
        while not done():
            assert time.monotonic() < until, f"{otherwise}:\n{self.display}"
            try:
                self._take(self.child.read_nonblocking(4096, timeout=0.5))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert ended or done(), f"{otherwise}, and the program ended:\n{self.display}"
                return

    def _take(self, data: str) -> None:
        self.raw += data
        self._stream.feed(data)


def in_tmux(argv: Sequence[str], socket: str, term: str = "screen-256color") -> list[str]:
    """The command that runs `argv` in a tmux of its own, without a status line; its end is said on the screen as `ENDED`.

    The server has a socket of its own: `tmux -L SOCKET kill-server` ends it, whatever runs in it.
    """
    command = f"{shlex.join(argv)}; printf '\\n%s%s]' {shlex.quote(ENDED)} $?; read -r line"
    size = ("-x", str(COLUMNS), "-y", str(ROWS))
    options = ("set", "-g", "status", "off", ";", "set", "-g", "default-terminal", term, ";")
    return ["tmux", "-L", socket, "-f", "/dev/null", "start-server", ";", *options, "new-session", *size, command]


@contextmanager
def ended_tmux(socket: str) -> Iterator[None]:
    """Ends the tmux server of a socket afterwards: it outlives its terminal."""
    try:
        yield
    finally:
        subprocess.run(["tmux", "-L", socket, "kill-server"], check=False, capture_output=True, timeout=30)


def squeezed(text: str) -> str:
    """`text` without blanks and ends of lines, wherever it was wrapped."""
    return "".join(text.split())
