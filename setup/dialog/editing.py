"""Lines that are edited with prompt_toolkit: arrow keys, earlier lines, Tab, lines that are pasted, Ctrl-Z."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, DummyCompleter, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.shortcuts import CompleteStyle

from ovirt_hc_setup.dialog.arrows import bindings
from ovirt_hc_setup.dialog.line_aid import Aid

ITEM = re.compile(r"[,=]\s*")
"""What stands before an item of a list, or before its value."""


class EditedLines:
    """Each line has a session of its own, because what can be completed and what came before differ."""

    def line(self, prompt: str, aid: Aid) -> str:
        # As in a shell: Tab completes in the line, nothing is drawn below it, and no rows are kept free for that.
        return self._session(
            history=InMemoryHistory(list(aid.past)),
            key_bindings=bindings(aid),
            completer=_completer(aid),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
        ).prompt(prompt)

    def hidden(self, prompt: str) -> str:
        return self._session(history=DummyHistory(), is_password=True, key_bindings=bindings(Aid())).prompt(prompt)

    def _session(self, **more: Any) -> PromptSession[str]:
        output = Vt100_Output.from_pty(sys.stdout, term=os.environ.get("TERM"))
        # The terminal is not asked where its cursor is: its answer may come when nobody reads it any more, and stand there.
        output.enable_cpr = False
        return PromptSession(reserve_space_for_menu=0, output=output, enable_suspend=True, **more)


def _completer(aid: Aid) -> Completer:
    if aid.complete == "path":
        return Paths(aid.words)
    return Words(aid.words, several=aid.several) if aid.words else DummyCompleter()


class Words(Completer):
    """Texts that begin with what stands before the cursor; where none does, those that have it anywhere in them."""

    def __init__(self, words: Sequence[str], *, several: bool = False) -> None:
        self._words, self._several = words, several

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor.lower()
        if self._several:
            typed = ITEM.split(typed)[-1]
        begun = [word for word in self._words if word.lower().startswith(typed)]
        for word in begun or [word for word in self._words if typed in word.lower()]:
            yield Completion(word, start_position=-len(typed))


class Paths(Completer):
    """The texts first, then what lies in the file system."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words, self._paths = Words(words), PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor
        # A path that is typed is meant as a path; without a slash it may be a part of one of the texts.
        if "/" not in typed and (found := list(self._words.get_completions(document, complete_event))):
            return found
        return self._paths.get_completions(document, complete_event)
