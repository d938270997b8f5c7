"""Events in the machine dialect: what happened is a log record, what people read is a note, resources are otopi's events."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from ovirt_hc_setup.base.event_types import (
    Event,
    Found,
    LogLine,
    Note,
    Planned,
    Progressed,
    ResourceBegun,
    ResourceEnded,
    RunBegun,
    RunEnded,
    Setting,
    StageBegun,
)
from ovirt_hc_setup.report.choosing import several
from ovirt_hc_setup.report.machine_lines import MachineLines


def said(monkeypatch: pytest.MonkeyPatch, *events: Event, hosts: bool = False) -> list[str]:
    out = SimpleNamespace(buffer=io.BytesIO(), flush=lambda: None)
    monkeypatch.setattr("sys.stdout", out)
    report = several("machine") if hosts else MachineLines()
    with report:
        for event in events:
            report(event)
    lines: list[str] = out.buffer.getvalue().decode().splitlines()
    return lines


def test_a_run_is_listed_begun_and_ended_as_otopis_events_are(monkeypatch: pytest.MonkeyPatch) -> None:
    events = (
        RunBegun(run="r", verb="deploy", resources=("bridge", "mount")),
        ResourceBegun(resource="bridge", title="a bridge"),
        ResourceEnded(resource="bridge", status="done", elapsed=2.0),
    )
    assert said(monkeypatch, *events) == [
        "**%EventsListStart",
        "**%EventsListEntry STAGE misc METHOD bridge (bridge)",
        "**%EventsListEntry STAGE misc METHOD mount (mount)",
        "**%EventsListEnd",
        "***L:INFO Run r: 2 steps",
        "**%EventStart STAGE misc METHOD bridge (bridge)",
        "***L:INFO Working on: a bridge",
        "**%EventEnd STAGE misc METHOD bridge (bridge)",
        "***L:INFO bridge: done (2.0 s)",
    ]


def test_what_went_wrong_is_one_record_of_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Found(check="vm.memory", severity="warning", found="1024 MB", expected="4096 MB", remedy="Set more.")
    planned = Planned(resource="x", lines=("Make x",), state="conflict", reason="y is there", remedy="Remove y.")
    ended = RunEnded(run="r", exit_code=4, message="one\ntwo")
    assert said(monkeypatch, found, planned, ended, Note(text="a\nb", level="error")) == [
        "***L:WARNING vm.memory: 1024 MB; expected: 4096 MB; Set more.",
        "***L:ERROR [CONFLICT] Make x; y is there; Remove y.",
        "***L:ERROR one; two",
        "***L:ERROR a; b",
    ]


def test_what_people_read_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    events = (
        StageBegun(title="Setup validation"),
        Setting(key="K", label="Memory", value="4096", origin="typed"),
        Planned(resource="x", lines=("Make x",), state="needed"),
        LogLine(resource="x", source="engine-setup", text="***TERMINATE"),
        Progressed(resource="x", done=1, total=2),
        Progressed(resource="x", done=2, total=2),
    )
    stage, setting, *rest = said(monkeypatch, *events)
    assert stage == "***L:INFO Stage: Setup validation"
    assert setting.startswith("### Memory")
    assert rest == ["### [to do] Make x", "### |- ***TERMINATE", "### x: 1 B of 2 B"]


def test_with_several_hosts_each_line_says_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    events = (Note(text="here", host="hc2"), Progressed(resource="x", done=1, total=2, host="hc3"), Note(text="all"))
    assert said(monkeypatch, *events, hosts=True) == ["***L:INFO hc2: here", "### hc3: x: 1 B of 2 B", "***L:INFO all"]
