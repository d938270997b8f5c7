"""What the verbs need of somebody who answers: a person at a terminal, or a program that speaks for one."""

from __future__ import annotations

import sys
from typing import Protocol

from ovirt_hc_setup.runner.interview import Asker


class Dialog(Asker, Protocol):
    """An Asker that also takes what is not the answer to a question of the interview.

    `name` says which request it is, for a program that answers: the name of the predecessor's dialog where it has one, else one
    of ours, which begins with HC_. Every method raises Declined when the one who is asked leaves.
    """

    def confirm(self, text: str, *, default: bool, name: str, back: bool = False) -> bool:
        """Yes or no. With `back` a person may go back to what was read before: raises GoBack then."""
        ...

    def text(self, prompt: str, *, name: str) -> str:
        """A line; it may be empty."""
        ...

    def hidden(self, prompt: str, *, name: str) -> str:
        """A line that is not shown; empty input counts."""
        ...


def interactive() -> bool:
    """Whether a person can be asked here."""
    return sys.stdin.isatty() and sys.stdout.isatty()
