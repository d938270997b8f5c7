"""Reading pages: they are printed one after the other and nothing is drawn over, so that they look the same everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console

from ovirt_hc_setup.report.pages import Entry, folded, page_of, paged
from ovirt_hc_setup.runner.asker import GoBack

BACK = ("-", "<")


class Ask(Protocol):
    """Asks a person for a line."""

    def __call__(self, prompt: str, *, name: str) -> str: ...


@dataclass(frozen=True)
class Page:
    """`number_does` is what happens when a line's number is typed; `name` tells the request to a program that answers.
    `back` says where `<` goes from the first page; empty: nowhere."""

    title: str
    number_does: str
    name: str
    back: str = ""

    def read(
        self,
        ask: Ask,
        entries: Callable[[int], Sequence[Entry]],
        *,
        at: int = 0,
        whole: Callable[[int], Sequence[str]] | None = None,
    ) -> int:
        """Show the pages, first the one with the entry `at`, until one is chosen by its number, or 0: Enter at the last one.

        `entries` makes them for a width; a terminal may have another size by the time a page is turned. With `whole` an entry
        that is chosen is only shown whole, and stays above the prompt. Raises GoBack.
        """
        while True:
            size = shutil.get_terminal_size()
            every = entries(size.columns)
            pages = paged(every, size.lines)
            place = page_of(pages, at)
            self._show(pages, place)
            word = self._word(ask, pages, place)
            while word.isdigit():
                if whole is None:
                    return int(word)
                print(f"\n{folded(whole(int(word)), size.columns)}\n")
                word = self._word(ask, pages, place)
            if not word and place + 1 == len(pages):
                return 0
            if word == "<" and self.back and not place:
                raise GoBack
            turned = max(place - 1, 0) if word in BACK else min(place + 1, len(pages) - 1)
            at = next(entry.number for entry in pages[turned] if entry.number)

    def _show(self, pages: Sequence[Sequence[Entry]], place: int) -> None:
        paper = Console(highlight=False, markup=False, emoji=False)
        number = f" (page {place + 1} of {len(pages)})" if len(pages) > 1 else ""
        paper.print(f"\n--== {self.title}{number} ==--", soft_wrap=True)
        for entry in pages[place]:
            for line in entry.lines:
                paper.print(line, soft_wrap=True)

    def _word(self, ask: Ask, pages: Sequence[Sequence[Entry]], place: int) -> str:
        """A number that is there, a way to turn, or nothing."""
        numbers = {entry.number for page in pages for entry in page if entry.number}
        last = place + 1 == len(pages)
        words = ["Enter continues" if last else "Enter turns the page", f"a number {self.number_does}"]
        words += ["- turns back"] if place else [f"< back {self.back}"] if self.back else []
        while True:
            word = ask(f"{', '.join(words)}: ", name=self.name)
            if word in ("", "+", *BACK) or (word.isdigit() and int(word) in numbers):
                return word
            print(f"  There is no line {word}." if word.isdigit() else f"  Please type one of: Enter, a number, +, {BACK[0]}")
