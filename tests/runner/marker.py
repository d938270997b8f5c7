"""A real kind of resource for the runner's tests: a line in a file, with everything a kind has to have."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.event_types import RunEnded
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, conflict, needed
from ovirt_hc_setup.runner.run_folder import RunFolder, kinds_by_name
from ovirt_hc_setup.runner.run_work import HeldLock, apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost


@dataclass(frozen=True, kw_only=True)
class Marker(Resource):
    """A file with a text. Commit point: the rename. Ours while it holds our text."""

    path: Path
    text: str

    def describe(self) -> tuple[str, ...]:
        return (f"File {self.path}",)

    def probe(self, host: Host) -> State:
        if not self.path.exists():
            return needed(f"{self.path} is not there")
        found = self.path.read_text()
        return DONE if found == self.text else conflict(f"{self.path} holds {found!r}", "Remove it.")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"was": "absent"})
        aside = self.path.with_suffix(".new")
        aside.write_text(self.text)
        record.committing()
        aside.rename(self.path)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if self.path.exists() and self.path.read_text() != self.text:
            raise Conflict(f"{self.path} was edited since")
        self.path.unlink(missing_ok=True)


KINDS = kinds_by_name([Marker])


def held_for(run: RunFolder) -> HeldLock:
    """A lock of its own: other tests, and runs of this machine, have nothing to do with it."""
    return HeldLock(path=run.path.parent / ".lock")


if __name__ == "__main__":
    work: Callable[..., RunEnded] = apply_run if sys.argv[1] == "apply" else undo_run
    run = RunFolder(Path(sys.argv[2]))
    sys.exit(work(run, LocalHost("test"), KINDS, EventLog(run.events, "test"), held_for(run)).exit_code)
