"""Golden screens: what a person sees on a terminal of 80x24, as lines of text."""

from __future__ import annotations

import os
from pathlib import Path

from tests.emulator import Screen, Stream

GOLDEN = Path(__file__).resolve().parent / "golden" / "screens"


def seen(data: str, columns: int = 80, rows: int = 24) -> str:
    """The visible screen after `data` was written to it."""
    screen = Screen(columns, rows, lambda reply: None)
    Stream(screen).feed(data.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip() + "\n"


def assert_golden(name: str, text: str) -> None:
    """Compare with tests/golden/screens/NAME.txt; UPDATE_GOLDEN=1 writes it instead."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) <= 24
