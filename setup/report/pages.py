"""Pages of numbered lines: text with a few colours, so that they look the same on a serial console and in a window."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.text import Text

from ovirt_hc_setup.base.shown import shown

BESIDE = 4  # rows of a page that are its title, an empty one, and the prompt, which may take two
NARROWEST = 40
FAILED = "!"  # the mark of an answer that a check has refused


@dataclass(frozen=True)
class Entry:
    """Lines that stay together on a page. One without a `number` is a heading, which stays with what comes next."""

    lines: tuple[Text, ...]
    number: int = 0


def heading(text: str) -> Entry:
    return Entry((Text(text, "bold"),))


def paged(entries: Sequence[Entry], rows: int) -> list[list[Entry]]:
    """The entries on pages for a terminal of `rows` rows; a heading whose entries go on is repeated."""
    room = max(rows - BESIDE, 6)
    pages: list[list[Entry]] = [[]]
    used, head, above = 0, None, 0
    for entry in entries:
        if not entry.number:
            head, above = entry, len(entry.lines)
            continue
        wanted = above + len(entry.lines)
        if pages[-1] and used + wanted > room:
            pages.append([])
            used, above = 0, len(head.lines) if head else 0
        if above and head:
            pages[-1].append(head)
        pages[-1].append(entry)
        used, above = used + above + len(entry.lines), 0
    return pages


def page_of(pages: Sequence[Sequence[Entry]], number: int) -> int:
    """Which page has the entry of this number; the first when none has."""
    return next((at for at, page in enumerate(pages) if any(entry.number == number for entry in page)), 0)


def shortened(text: str, width: int) -> str:
    """At most `width` characters; what is too much is taken out of the middle."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def cut(text: str, width: int) -> str:
    """At most `width` characters of a text whose beginning says most."""
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"


def wrapped(text: str, width: int) -> list[str]:
    """Lines broken between words; at least one."""
    return textwrap.wrap(shown(text), max(width, 8), break_on_hyphens=False) or [""]


def folded(lines: Sequence[str], width: int) -> str:
    """Lines broken between words, below their own beginnings."""
    found: list[str] = []
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        rest = f"{indent}  "
        found += textwrap.wrap(
            shown(line).strip(), width - 1, initial_indent=indent, subsequent_indent=rest, break_on_hyphens=False
        ) or [""]
    return "\n".join(found)


def numbered(number: int, label: str, value: Sequence[Text], width: int, *, mark: str = " ") -> Entry:
    """An entry of two columns: the label, wrapped, and the lines of the value beside it."""
    start = label_width(width)
    lines = []
    for at, (left, right) in enumerate(zip_longest(wrapped(label, start), value)):
        line = Text(f" {mark} {number:>2} " if at == 0 else " " * 6)
        line.append(f"{left or '':<{start}}  ")
        line.append_text(right if right is not None else Text())
        line.rstrip()
        lines.append(line)
    if mark.strip():
        lines[0].stylize("bold red" if mark == FAILED else "bold yellow", 0, 3)
    return Entry(tuple(lines), number)


def label_width(width: int) -> int:
    return min(37, (max(width, NARROWEST) - 6) // 2)


def value_width(width: int) -> int:
    """Beside the label, with the last column left free: some terminals go to the next line after writing there."""
    return max(width, NARROWEST) - 9 - label_width(width)
