"""A storage that is away for a moment does not end a run; one that stays away does, as a failure of the world."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from ovirt_hc_setup.base.errors import CommandFailed, NotAnswering, SetupError, Stopped
from ovirt_hc_setup.base.event_types import Progressed, ResourceEnded, RunEnded, Sink
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.runner import patience
from ovirt_hc_setup.runner.event_log import EventLog, Follower
from ovirt_hc_setup.runner.resource import Progress, Record, State
from ovirt_hc_setup.runner.run_folder import Kinds, RunFolder, create, kinds_by_name
from ovirt_hc_setup.runner.run_work import HeldLock, apply_run, undo_run
from ovirt_hc_setup.system.host.commands import LocalHost
from tests.runner.marker import Marker, held_for


def silent(path: Path) -> Exception:
    return OSError(errno.ENOTCONN, "Transport endpoint is not connected", str(path))


def said(path: Path) -> Exception:
    return CommandFailed(f"`dd` ended with 1\n    dd: failed to open '{path}': Transport endpoint is not connected")


FAULTS: dict[str, Callable[[Path], Exception]] = {
    "OSError": silent,
    "a program": said,
    "told by its kind": lambda path: NotAnswering("the storage does not answer"),
}


@dataclass(frozen=True, kw_only=True)
class OnStorage(Marker):
    """A marker on a storage that does not answer the first `times` times that each of its parts is asked for."""

    times: int
    fault: str

    def _ask(self, part: str) -> None:
        asked = self.path.with_suffix(f".{part}")
        count = int(asked.read_text()) if asked.exists() else 0
        asked.write_text(str(count + 1))
        if count < self.times:
            raise FAULTS[self.fault](self.path)

    def probe(self, host: Host) -> State:
        self._ask("probe")
        return super().probe(host)

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"was": "absent"})
        self._ask("apply")
        super().apply(host, record, progress)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        self._ask("undo")
        super().undo(host, record, progress)


Action = Callable[[RunFolder, Host, Kinds, Sink, HeldLock], RunEnded]


def run_of(tmp_path: Path, times: int, fault: str) -> RunFolder:
    wanted = OnStorage(name="one", path=tmp_path / "one", text="here", times=times, fault=fault)
    folder = create("deploy", "test", "0", {}, [wanted], root=tmp_path / "runs")
    folder.journal.append("", "confirmed")
    return folder


def work(how: Action, folder: RunFolder) -> int:
    kinds = kinds_by_name([OnStorage, Waiter])
    return how(folder, LocalHost("test"), kinds, EventLog(folder.events, "test"), held_for(folder)).exit_code


@pytest.mark.parametrize("fault", FAULTS)
def test_a_storage_that_is_away_for_a_moment_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.01)
    folder = run_of(tmp_path, 3, fault)
    assert work(apply_run, folder) == 0
    assert (tmp_path / "one").read_text() == "here"
    told = [event for event in Follower(folder.events).new() if isinstance(event, Progressed)]
    assert any(event.unit == "seconds" and event.total == patience.LIMIT for event in told)
    assert work(undo_run, folder) == 0
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize("fault", ["a program", "told by its kind"])
def test_one_that_stays_away_is_a_failure_of_the_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(patience, "LIMIT", 0.1)
    assert work(apply_run, run_of(tmp_path, 10**6, fault)) == SetupError.exit_code


def test_another_failure_ends_the_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "a program", lambda path: CommandFailed("`dd` ended with 1\n    No space left on device"))
    folder = run_of(tmp_path, 1, "a program")
    assert work(apply_run, folder) == SetupError.exit_code
    assert (tmp_path / "one.probe").read_text() == "1"


@dataclass(frozen=True, kw_only=True)
class Waiter(Marker):
    """A marker that waits a minute for a file `go` beside it, before it is made and before it is taken back."""

    def _wait(self, progress: Progress) -> None:
        for _ in waits(60, partial(progress.amount, unit="seconds"), "waiting for go"):
            if self.path.with_name("go").exists():
                return

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"was": "absent"})
        self._wait(progress)
        super().apply(host, record, progress)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        self._wait(progress)
        super().undo(host, record, progress)


def stopped_in_the_midst(folder: RunFolder, action: Action) -> float:
    """The seconds from the operator's stop, given once the worker was seen to wait, to the worker's end."""
    with ThreadPoolExecutor(1) as pool:
        follower = Follower(folder.events, from_end=True)
        ended = pool.submit(work, action, folder)
        wait_for("the wait", 20, lambda: any(isinstance(event, Progressed) for event in follower.new()))
        folder.ask_to_stop()
        asked = time.monotonic()
        assert ended.result() == Stopped.exit_code
        return time.monotonic() - asked


def ends(folder: RunFolder) -> list[str]:
    return [event.status for event in Follower(folder.events).new() if isinstance(event, ResourceEnded)]


def test_a_stop_in_the_midst_of_a_wait_ends_the_worker_in_seconds_and_the_step_is_gone_on_with(tmp_path: Path) -> None:
    wanted = Waiter(name="one", path=tmp_path / "one", text="here")
    folder = create("deploy", "test", "0", {}, [wanted], root=tmp_path / "runs")
    folder.journal.append("", "confirmed")
    assert stopped_in_the_midst(folder, apply_run) < 5
    assert ends(folder) == ["stopped"]
    assert not wanted.path.exists()
    (tmp_path / "go").touch()
    assert work(apply_run, folder) == 0
    (tmp_path / "go").unlink()
    assert stopped_in_the_midst(folder, undo_run) < 5
    assert wanted.path.exists()
    (tmp_path / "go").touch()
    assert work(undo_run, folder) == 0
    assert not wanted.path.exists()


def test_a_stop_is_heard_while_a_storage_does_not_answer(tmp_path: Path) -> None:
    folder = run_of(tmp_path, 10**6, "told by its kind")
    assert stopped_in_the_midst(folder, apply_run) < 5
    assert ends(folder) == ["stopped"]
