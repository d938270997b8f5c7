"""What is told of a run that is not finished: which, how far, since when, and what can be done about it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.event_types import ResourceBegun, ResourceEnded, RunBegun, RunEnded
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.run_folder import RunFolder, create
from ovirt_hc_setup.sitting.runs_here import unfinished
from ovirt_hc_setup.system.deployment.local_deployment import CONF
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.verbs.engine import _of_run

CONFIGURATION = (Path(__file__).parents[1] / "golden" / "storage" / "hosted-engine.conf").read_text()


@dataclass
class Systemd(LocalHost):
    """A host on which systemd says this of every unit."""

    state: str

    def outcome(self, request: Request) -> Outcome:
        assert request.argv[0] == "systemctl"
        return Outcome(request, "hc1", 0, f"{self.state}\n", "", 0.0)


ACTIVE, GONE = Systemd("active"), Systemd("inactive")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    files = [File(name=f"f{number}", path=Path(f"/tmp/{number}"), content="") for number in range(3)]
    conf = File(name="hosted-engine.conf", path=CONF, content=CONFIGURATION)
    made = create("deploy", "hc1", "0.1.0", {}, [*files, conf], root=tmp_path / "runs")
    made.journal.append("", "confirmed")
    return made


def begin(folder: RunFolder, done: int, action: Literal["apply", "undo"] = "apply") -> EventLog:
    log = EventLog(folder.events, "hc1")
    log(RunBegun(run=folder.id, verb="deploy", resources=("f0", "f1", "f2", "hosted-engine.conf")))
    for number in range(done):
        log(ResourceBegun(resource=f"f{number}", title=f"Write {number}", action=action))
        log(ResourceEnded(resource=f"f{number}", status="done" if action == "apply" else "undone"))
    log(ResourceBegun(resource=f"f{done}", title=f"Write {done}", action=action))
    return log


def said(folder: RunFolder, host: LocalHost) -> str:
    run = unfinished(host, folder.path.parent)
    assert run is not None
    assert len(run.values()["id"]) > 10
    return "\n".join(run.lines())


def test_one_at_work_says_at_which_step_and_how_to_watch_it(folder: RunFolder) -> None:
    begin(folder, 2)
    told = said(folder, ACTIVE)
    assert f"Run {folder.id} (deploy) is running since 20" in told
    assert "2 of 4 steps done; now: Write 2." in told
    assert "ovirt-hc-setup deploy --attach" in told
    assert "reset" not in told


def test_one_that_stopped_says_why_and_how_to_go_on_or_undo_it(folder: RunFolder) -> None:
    log = begin(folder, 1)
    log(ResourceEnded(resource="f1", status="failed", reason="no room"))
    log(RunEnded(run=folder.id, exit_code=4, message="f1: no room\n  Make some."))
    told = said(folder, GONE)
    assert "stopped half way" in told
    assert "1 of 4 steps done. Why: f1: no room" in told
    assert "ovirt-hc-setup deploy, with the options it had" in told
    assert "ovirt-hc-setup reset" in told
    run = unfinished(GONE, folder.path.parent)
    assert run is not None
    assert (run.values()["steps"], run.values()["done"], run.values()["active"]) == (4, 1, False)


def test_a_killed_one_and_one_that_never_began_are_told_apart(folder: RunFolder) -> None:
    assert "nothing of it was begun" in said(folder, GONE)
    begin(folder, 0)
    assert "Why: it was killed" in said(folder, GONE)


def test_one_that_is_half_undone_can_only_be_finished(folder: RunFolder) -> None:
    begin(folder, 1, "undo")
    folder.journal.append("", "undoing")
    told = said(folder, GONE)
    assert "is only partly undone" in told
    assert "deploy, with" not in told


def test_a_finished_one_an_undone_one_and_a_damaged_folder_are_no_unfinished_run(folder: RunFolder) -> None:
    folder.journal.append("", "finished")
    assert unfinished(GONE, folder.path.parent) is None
    damaged = create("deploy", "hc1", "0.1.0", {}, [], root=folder.path.parent)
    damaged.journal.append("", "confirmed")
    (damaged.path / "run.json").write_text("[]")
    assert unfinished(GONE, folder.path.parent) is None


def test_console_and_health_know_the_engine_of_the_plan_and_start_waits_for_the_run(folder: RunFolder) -> None:
    begin(folder, 2)
    run = unfinished(ACTIVE, folder.path.parent)
    assert run is not None
    for action in ("console", "health"):
        assert _of_run(argparse.Namespace(action=action), run).conf.fqdn
    for action in ("start", "stop"):
        with pytest.raises(UsageError, match="is running since") as refused:
            _of_run(argparse.Namespace(action=action), run)
        assert "--attach" in refused.value.hint
    stopped = unfinished(GONE, folder.path.parent)
    assert stopped is not None
    assert _of_run(argparse.Namespace(action="stop"), stopped).conf.fqdn


def test_the_engine_is_unknown_where_the_plan_cannot_be_read(folder: RunFolder) -> None:
    (folder.path / "plan.json").write_text('{"resources": [{"kind": "Nothing", "fields": {}}]}')
    run = unfinished(GONE, folder.path.parent)
    assert run is not None
    assert run.deployment() is None
    with pytest.raises(UsageError):
        _of_run(argparse.Namespace(action="health"), run)
