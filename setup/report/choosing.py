"""Which reporter shows the events: the one asked for, or the one that fits where they are shown.

What draws is loaded only by whoever needs it: rich costs a tenth of a second.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from ovirt_hc_setup.report.reporters import JsonLines, Plain, Reporter, capable

if TYPE_CHECKING:
    from ovirt_hc_setup.report.several import Several

OUTPUTS = ("auto", "rich", "plain", "jsonl")
Output = Literal["auto", "rich", "plain", "jsonl", "machine"]


def reporter(kind: Output) -> Reporter:
    """The reporter asked for; `auto` is rich on a capable terminal and plain elsewhere, `machine` speaks the machine dialect."""
    if kind == "jsonl":
        return JsonLines(sys.stdout)
    if _is_plain(kind):
        return Plain(sys.stdout)
    if kind == "machine":
        from ovirt_hc_setup.report.machine_lines import MachineLines

        return MachineLines()
    from ovirt_hc_setup.report.screen import Screen

    return Screen()


def several(kind: Output) -> Several:
    """The reporter of several hosts; `auto` as for one host."""
    from ovirt_hc_setup.report.several import HostScreen, PlainSeveral, Several

    if kind == "jsonl":
        return Several(JsonLines(sys.stdout))
    if _is_plain(kind):
        return Several(PlainSeveral(sys.stdout))
    if kind == "machine":
        from ovirt_hc_setup.report.machine_lines import MachineLines

        return Several(MachineLines(hosts=True))
    return Several(HostScreen())


def _is_plain(kind: Output) -> bool:
    return kind == "plain" or (kind == "auto" and not capable(sys.stdout))
