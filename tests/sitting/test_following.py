"""A worker in a state that no test can bring about: the kernel keeps it. All else of following: tests/lab/test_following.py."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import RunBegun, RunEnded
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.runner.event_log import EventLog
from ovirt_hc_setup.sitting import following
from ovirt_hc_setup.system.host.commands import LocalHost


class Kept(LocalHost):
    """A host on which every unit is active for ever."""

    def outcome(self, request: Request) -> Outcome:
        return Outcome(request, "hc1", 0, "active\n", "", 0.0)


def test_a_worker_that_the_kernel_keeps_after_its_last_word_is_said_and_not_attached_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SETTLED_LIMIT", 0.3)
    log = EventLog(tmp_path / "events.jsonl", "hc1")
    log(RunBegun(run="r", verb="deploy"))
    log(RunEnded(run="r", exit_code=4))
    folder: Any = SimpleNamespace(id="r", events=tmp_path / "events.jsonl")
    with pytest.raises(SetupError, match="worker of run r has stopped working"):
        following.at_work(Kept("hc1"), folder)
