"""What whoever reads lines from a terminal offers, and what helps a person with a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class Aid:
    """What helps with a line: texts or paths to complete, and earlier lines, the newest last. In a line of `several` each item is
    completed by itself. `turning`: arrow keys turn pages."""

    words: Sequence[str] = ()
    complete: Literal["", "path"] = ""
    past: Sequence[str] = ()
    several: bool = False
    turning: bool = False


class Lines(Protocol):
    """Reads lines. Raises KeyboardInterrupt for Ctrl-C and EOFError for Ctrl-D."""

    def line(self, prompt: str, aid: Aid) -> str: ...

    def hidden(self, prompt: str) -> str: ...
