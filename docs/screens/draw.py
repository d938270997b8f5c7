#!/usr/bin/env python3
"""Draws work.svg, the screen during the work, from work.jsonl: what a rehearsal recorded up to one moment, but for progress that
was drawn over. The program's own screen draws it, so that the guide shows what operators see. A test keeps the picture current.

    PYTHONPATH=. python docs/screens/draw.py     # in the environment of the tests
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.text import Text

from ovirt_hc_setup.base.event_types import Event, from_json
from ovirt_hc_setup.report.screen import Screen

HERE = Path(__file__).resolve().parent
PICTURE = HERE / "work.svg"
COLUMNS, ROWS = 80, 24
MOVES = re.compile(r"\x1b\[[0-9]*[AJK]|\r")


def events() -> list[Event]:
    """The recording, in order."""
    found = [from_json(line) for line in (HERE / "work.jsonl").read_text().splitlines()]
    return [event for event in found if event is not None]


def draw() -> str:
    """The picture at the time of the last event."""
    paper = Console(
        file=io.StringIO(), record=True, width=COLUMNS, height=ROWS, force_terminal=True, color_system="standard", highlight=False
    )
    found, out = events(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with mock.patch.dict(os.environ, {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}):
        screen = Screen(out, now=lambda: found[-1].at)
        for event in found:
            screen(event)
    out.seek(0)
    said = out.read()
    paper.print(Text.from_ansi(MOVES.sub("", said)))
    for row in screen.rows(COLUMNS - 1, ROWS):
        paper.print(row)
    return paper.export_svg(title="ovirt-hc-setup deploy", unique_id="work")


if __name__ == "__main__":
    PICTURE.write_text(draw())
