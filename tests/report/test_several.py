"""Several hosts at once: each line says whose it is, each host has one row, nothing of one is lost behind another."""

from __future__ import annotations

import io
from dataclasses import replace

from ovirt_hc_setup.base.event_types import (
    Event,
    Found,
    Planned,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    StageBegun,
)
from ovirt_hc_setup.report.several import HostScreen, PlainSeveral

BEGUN = 1_000_000.0


def events(host: str) -> list[Event]:
    return [
        Found(host=host, check="host.root", severity="ok", found="running as root"),
        Found(host=host, check="vm.memory", severity="warning", found="little memory"),
        Planned(host=host, resource="mount", lines=("Mount it", "with options"), state="needed"),
        RunBegun(host=host, run="r", verb="add-host", resources=("mount", "host-id")),
        ResourceBegun(host=host, resource="mount", title="Mount it"),
        ResourceEnded(host=host, resource="mount", status="done", elapsed=1.0),
        ResourceBegun(host=host, resource="host-id", title="Acquire host id 2"),
        Progressed(host=host, resource="host-id", done=3, total=161, unit="seconds"),
    ]


def test_plain_lines_name_the_host_and_leave_out_what_is_fine() -> None:
    out = io.StringIO()
    report = PlainSeveral(out)
    for host in ("hc2", "hc3"):
        for event in events(host):
            report(event)
    lines = out.getvalue().splitlines()
    assert all("hc2: " in line or "hc3: " in line for line in lines)
    assert not any("running as root" in line or "with options" in line for line in lines)
    assert sum("little memory" in line for line in lines) == 2
    assert sum("host-id: 3 s" in line for line in lines) == 2


def rows(most: int, columns: int = 80) -> list[str]:
    screen = HostScreen(io.StringIO(), now=lambda: BEGUN + 65)
    for host in ("hc3", "hc2"):
        for event in events(host):
            screen(replace(event, at=BEGUN))
    screen(RunEnded(host="hc3", run="r", exit_code=4, message="it failed"))
    return [row.plain.rstrip() for row in screen.rows(columns - 1, most)]


def test_a_terminal_has_one_row_a_host_and_its_steps_below_it() -> None:
    assert rows(22) == [
        "hc2              1 of 2 steps, 1:05",
        "    Acquire host id 2                                              1:08 of 2:41",
        "hc3              FAILED",
    ]


def test_where_they_do_not_fit_each_host_has_one_row() -> None:
    first, second = rows(2)
    assert first.startswith("hc2              1 of 2 steps, 1:05  Acquire host id 2")
    assert second == "hc3              FAILED"
    assert all(len(row) < 60 for row in rows(2, 60))


def test_a_host_that_has_said_nothing_yet_has_a_row_with_a_clock() -> None:
    screen = HostScreen(io.StringIO(), now=lambda: BEGUN + 9)
    screen(StageBegun(host="hc2", title="Setup validation", at=BEGUN))
    assert [row.plain.rstrip() for row in screen.rows(79, 22)] == ["hc2              Setup validation: 9 s"]
