"""The last words of a run that failed: what failed, what was said last, where to look, what to do."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.event_types import Event, LogLine, ResourceBegun, ResourceEnded, RunBegun, to_json
from ovirt_hc_setup.report.closing import failed_page
from ovirt_hc_setup.runner.run_folder import RunFolder, create

LOG = "journalctl -u ovirt-hc-setup-x.service"


def failed(events: list[Event], tmp_path: Path, *, vm: bool) -> tuple[RunFolder, str]:
    folder = create("deploy", "host1", "1", {}, [], root=tmp_path / "runs")
    if vm:
        folder.journal.append("engine-vm", "done")
    folder.events.write_text("".join(f"{to_json(event)}\n" for event in events))
    return folder, failed_page(folder, LOG)


def test_cause_last_lines_console_log_and_bundle_are_named(tmp_path: Path) -> None:
    events = [
        RunBegun(run="x", verb="deploy", resources=("engine-setup",)),
        ResourceBegun(resource="engine-setup", title="Wait for engine-setup"),
        *(LogLine(resource="engine-setup", source="engine-setup", text=f"line {number}") for number in range(9)),
        ResourceEnded(resource="engine-setup", status="failed", reason="engine-setup failed in the engine VM\nlook"),
    ]
    folder, said = failed(events, tmp_path, vm=True)
    assert said.splitlines()[:2] == ["Failed: Wait for engine-setup", "  engine-setup failed in the engine VM"]
    assert "  line 4\n  line 5\n  line 6\n  line 7\n  line 8\n" in said
    assert "line 3" not in said
    for part in ("ovirt-hc-setup engine console", LOG, "ovirt-hc-setup reset", str(folder.path)):
        assert part in said


def test_only_the_latest_attempt_counts_and_no_console_of_a_vm_that_is_not_there(tmp_path: Path) -> None:
    old = ResourceEnded(resource="mount", status="failed", reason="it was away")
    new = ResourceEnded(resource="domain", status="failed", reason="no space")
    begun = RunBegun(run="x", verb="deploy", resources=())
    _, said = failed([begun, old, begun, new], tmp_path, vm=False)
    assert "Failed: domain\n  no space" in said
    assert "it was away" not in said
    assert "console" not in said


def test_the_console_is_told_once_and_so_are_the_errors_in_the_logs(tmp_path: Path) -> None:
    reason = "engine-setup failed\nThe VM's console, its last lines:\nKernel panic"
    events = [RunBegun(run="x", verb="deploy"), ResourceEnded(resource="engine-setup", status="failed", reason=reason)]
    folder, _ = failed([*events], tmp_path, vm=True)
    said = failed_page(folder, LOG, ("booting", "Kernel panic"), ("glusterd.log: E",))
    assert "console:\n" not in said.replace("engine VM console:", "")
    assert "Errors in the logs since it began:\n  glusterd.log: E\n" in said
    said = failed_page(folder, LOG, ("booting", "waiting"))
    assert "Last lines of the engine VM's console:\n  booting\n  waiting\n" in said
    assert "Errors" not in said
