"""Standard input and output as lines of text, for a dialog with a program."""

from __future__ import annotations

import sys
import termios
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ovirt_hc_setup.base.errors import Declined, ValueRefused

LONGEST = 64 * 1024
"""Bytes of a line: far more than any answer has."""


class LineChannel:
    """Reads and writes whole lines, in UTF-8 whatever the locale is."""

    def read(self, *, hidden: bool = False) -> str:
        """The next line without its end. Raises Declined when no more lines come, ValueRefused for one that cannot be read.

        A line that is cut off at the end of the input is none: nobody knows what the rest would have said.
        """
        with _no_echo(hidden):
            data = sys.stdin.buffer.readline(LONGEST)
            whole = len(data) < LONGEST or data.endswith(b"\n")
            rest = data
            while rest and not rest.endswith(b"\n"):
                rest = sys.stdin.buffer.readline(LONGEST)
        if not rest:
            raise Declined("the input ended before the answer came", hint="Nothing was changed on this host.")
        if not whole:
            raise ValueRefused(f"the line is longer than {LONGEST} bytes")
        try:
            return data.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise ValueRefused("the line is not UTF-8 text") from None

    def write(self, lines: Iterable[str]) -> None:
        sys.stdout.flush()
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


@contextmanager
def _no_echo(hidden: bool) -> Iterator[None]:
    """For somebody who types the protocol by hand: a password is not shown."""
    if not hidden or not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    quiet = [*before]
    quiet[3] = before[3] & ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
