"""One deployment for all workers of a run of the tests: the first that needs it deploys and saves it, the others begin from that.

What was seen while it was made, and how its hosts were before, lies in the run's own folder, so that nothing of an earlier run is
ever taken for it. The last worker that uses it throws it away; what a killed run left is removed by the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import pytest

from ovirt_hc_setup.lab import states
from ovirt_hc_setup.lab.state_saving import begin_from, save
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.lab.fingerprint import kept, put_back


@dataclass(frozen=True)
class SeenDeployment:
    """What only who made it could see."""

    said: str
    """What the rehearsal said."""
    difference: str | None
    """What was another on the first host when it had just been deployed on."""


@dataclass(frozen=True)
class SavedDeployment:
    """The deployment that a run of the tests shares; `folder` is common to its workers."""

    folder: Path
    state: str

    @classmethod
    def of_run(cls, basetemp: Path, labs: str) -> SavedDeployment | None:
        """That of the run which this process is a worker of, by how its labs' names begin; None where there is but one worker."""
        several = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1
        return cls(basetemp.parent, f"{labs}-run") if several else None

    @contextmanager
    def begun(self, lab: Lab, deploy: Callable[[], SeenDeployment]) -> Iterator[SeenDeployment]:
        """A lab with that deployment: made here and saved if nobody did so before."""
        with (self.folder / "deployment.users").open("w") as users:
            try:
                yield self._saved(users, lab, deploy) or self._copied(lab)
            finally:
                self._leave(users)

    @property
    def _note(self) -> Path:
        return self.folder / "deployment.json"

    @property
    def _failed(self) -> Path:
        return self.folder / "deployment.failed"

    def _saved(self, users: TextIO, lab: Lab, deploy: Callable[[], SeenDeployment]) -> SeenDeployment | None:
        with self._locked():
            fcntl.flock(users, fcntl.LOCK_SH)
            if self._note.exists():
                return None
            if self._failed.exists():
                pytest.fail(f"another worker could not deploy: {self._failed.read_text()}")
            self._forget()
            try:
                seen = deploy()
            except BaseException as error:
                # Half an hour of each other worker would tell the same.
                self._failed.write_text(f"{type(error).__name__}: {error}"[:2000])
                raise
            before = kept(lab)
            save(lab, self.state, print)
            self._note.write_text(json.dumps({"seen": asdict(seen), "before": before}))
            return seen

    def _copied(self, lab: Lab) -> SeenDeployment:
        found = json.loads(self._note.read_text())
        begin_from(lab, self.state, print)
        put_back(lab, found["before"])
        return SeenDeployment(**found["seen"])

    def _leave(self, users: TextIO) -> None:
        with self._locked(), suppress(BlockingIOError):  # others use it
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._note.unlink(missing_ok=True)
            self._forget()

    def _forget(self) -> None:
        if self.state in {each.name for each in states.saved_states()}:
            states.forget(self.state)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "deployment.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
