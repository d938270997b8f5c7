"""A deployment's status for people: in colours on a capable terminal, plain elsewhere. Fits 80x24 for three hosts."""

from __future__ import annotations

import shutil
import sys
import textwrap

from ovirt_hc_setup.base.shown import shown
from ovirt_hc_setup.model.deployment_status import DeploymentStatus
from ovirt_hc_setup.report.reporters import capable
from ovirt_hc_setup.report.status_facts import HEADER, Level, Row, facts, rows

LABEL = 10
NAME, STATE = 1, 6
COLOURS: dict[Level, str] = {"good": "green", "bad": "bold red", "doubtful": "yellow", "plain": ""}
THIS_HOST = "* this host"


def show(status: DeploymentStatus, kind: str) -> None:
    """On standard output; `kind` is one of rich, plain, auto."""
    if kind == "rich" or (kind == "auto" and capable(sys.stdout)):
        _show_rich(status)
    else:
        print("\n".join(lines(status, shutil.get_terminal_size().columns)), flush=True)


def lines(status: DeploymentStatus, width: int) -> list[str]:
    """Lines of at most `width` characters (no less than 60)."""
    width = max(width, 60)
    said = [_cut(f"{fact.label:<{LABEL}} {shown(fact.text)}", width) for fact in facts(status)]
    return [*said, "", *_columns(rows(status), width), THIS_HOST, *_troubles(status, width)]


def _columns(found: list[Row], width: int) -> list[str]:
    table = [HEADER, *(tuple(shown(cell) for cell in row.cells) for row in found)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADER))]
    over = sum(widths) + 2 * (len(widths) - 1) - width
    for column in (NAME, STATE):
        # The longest give way first; what is cut keeps its beginning.
        given = min(max(over, 0), max(widths[column] - 12, 0))
        widths[column] -= given
        over -= given
    return [_cut(_columned(cells, widths), width) for cells in table]


def _columned(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(_cut(cell, size).ljust(size) for cell, size in zip(cells, widths, strict=True)).rstrip()


def _troubles(status: DeploymentStatus, width: int) -> list[str]:
    names: dict[str, list[str]] = {}
    for name, why in status.troubles.items():
        names.setdefault(" ".join(why.split()), []).append(name)
    said = [f"  {', '.join(found)}: {why}" for why, found in names.items()]
    board = status.board.value
    said += [f"  block {number} of the hosted-engine metadata: {why}" for number, why in board.damaged.items()] if board else []
    return ["", "Could not be read:", *(part for line in said for part in _folded(shown(line), width))] if said else []


def _folded(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, subsequent_indent="    ", max_lines=3, placeholder="…", break_on_hyphens=False)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _show_rich(status: DeploymentStatus) -> None:
    from rich.console import Console  # costs a tenth of a second: only who needs it pays
    from rich.markup import escape

    console = Console(highlight=False)
    for fact in facts(status):
        text = _cut(shown(fact.text), max(console.width - LABEL - 1, 40))
        console.print(f"[dim]{fact.label:<{LABEL}}[/] {_coloured(escape(text), fact.level)}", soft_wrap=True)
    console.print()
    plain_rows = _columns(rows(status), console.width)
    console.print(f"[bold]{escape(plain_rows[0])}[/]", soft_wrap=True)
    for row, line in zip(rows(status), plain_rows[1:], strict=True):
        console.print(_coloured(escape(line), row.level), soft_wrap=True)
    for line in (THIS_HOST, *_troubles(status, console.width)):
        console.print(escape(line), soft_wrap=True)


def _coloured(text: str, level: Level) -> str:
    return f"[{COLOURS[level]}]{text}[/]" if COLOURS[level] else text
