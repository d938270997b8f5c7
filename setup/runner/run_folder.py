"""A run folder: everything the worker needs, written before the operator says Yes."""

from __future__ import annotations

import json
import os
import secrets as random
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import FormatError
from ovirt_hc_setup.runner.codec import from_plain, to_plain
from ovirt_hc_setup.runner.journal import Journal, JournalRecord
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_secrets import RunSecrets

RUNS = Path("/var/lib/ovirt-hc-setup/runs")
FORMAT = 1

STATES: dict[str | None, str] = {
    None: "planned",
    "confirmed": "unfinished",
    "finished": "finished",
    "undoing": "undoing",
    "undone": "undone",
}

Kinds = Mapping[str, type[Resource]]


def kinds_by_name(kinds: Iterable[type[Resource]]) -> dict[str, type[Resource]]:
    return {kind.__name__: kind for kind in kinds}


@dataclass(frozen=True)
class RunFolder:
    """`path` ends in the run's id: time, verb and four random hex digits, so that names sort by age."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def journal(self) -> Journal:
        return Journal(self.path / "journal.jsonl")

    @property
    def secrets(self) -> RunSecrets:
        return RunSecrets(self.id)

    @property
    def about(self) -> dict[str, Any]:
        """`verb`, `host`, `created` (seconds), `version` of the program, `format` of the folder."""
        found: dict[str, Any] = _load(self.path / "run.json")
        return found

    @property
    def verb(self) -> str:
        return str(self.about["verb"])

    @property
    def answers(self) -> dict[str, dict[str, str | None]]:
        """By key name: `text` and `origin`."""
        found: dict[str, dict[str, str | None]] = _load(self.path / "answers.json")
        return found

    def resources(self, kinds: Kinds) -> list[Resource]:
        """The plan; raises FormatError for a kind that this version does not know."""
        return [read_resource(item, kinds) for item in _load(self.path / "plan.json")["resources"]]

    def record(self, resource: Resource, journal: Journal) -> JournalRecord:
        return JournalRecord(journal, resource.name, self.path / "backups", self.secrets)

    @property
    def state(self) -> str:
        """planned (not confirmed), unfinished, finished, undoing, undone; from the journal, so a kill cannot make it wrong."""
        return STATES[self.journal.last("")]

    def ask_to_stop(self) -> None:
        (self.path / "stop").touch()

    @property
    def asked_to_stop(self) -> bool:
        return (self.path / "stop").exists()

    def go_on(self) -> None:
        (self.path / "stop").unlink(missing_ok=True)

    def amend(self, answers: Mapping[str, Mapping[str, str | None]], resources: Sequence[Resource], kinds: Kinds) -> None:
        """Change the plan of an interrupted run. What is finished stays as it is, so no answer that it was made of may change:
        whoever calls this has seen to that. Killed in between, the old plan or the new one is there, as a whole."""
        finished = {name for name in (one.name for one in resources) if self.journal.last(name) in ("done", "found")}
        before = {resource.name: resource for resource in self.resources(kinds)}
        mixed = [before[one.name] if one.name in finished and one.name in before else one for one in resources]
        _replace(self.path / "plan.json", {"resources": [plain_resource(resource) for resource in mixed]})
        _replace(self.path / "answers.json", answers)

    def discard(self) -> None:
        """Forget a run that was never confirmed."""
        self.secrets.forget()
        if self.state == "planned":
            shutil.rmtree(self.path)


def create(
    verb: str,
    host: str,
    version: str,
    answers: Mapping[str, Mapping[str, str | None]],
    resources: Sequence[Resource],
    root: Path = RUNS,
    plugins: Sequence[str] = (),
) -> RunFolder:
    """Write a run folder aside and rename it: it is there as a whole or not at all."""
    make_state_folder(root)
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{verb}-{random.token_hex(2)}"
    aside = root / f".{name}.new"
    aside.mkdir(mode=0o700)
    (aside / "backups").mkdir(mode=0o700)
    about = {"format": FORMAT, "verb": verb, "host": host, "created": time.time(), "version": version, "plugins": list(plugins)}
    _dump(aside / "run.json", about)
    _dump(aside / "answers.json", answers)
    _dump(aside / "plan.json", {"resources": [plain_resource(resource) for resource in resources]})
    os.rename(aside, root / name)
    return RunFolder(root / name)


def make_state_folder(path: Path) -> None:
    """A folder that only root looks into, inside the one of this program's state."""
    if not path.parent.exists():
        # Whatever umask root has: QEMU's user passes through here to the seed.
        path.parent.mkdir(parents=True)
        path.parent.chmod(0o711)
    path.mkdir(mode=0o700, exist_ok=True)


def plain_resource(resource: Resource) -> dict[str, Any]:
    return {"kind": type(resource).__name__, "fields": to_plain(resource)}


def all_runs(root: Path = RUNS) -> list[RunFolder]:
    """All run folders, oldest first; half-made ones have another kind of name and are not seen."""
    if not root.is_dir():
        return []
    return [RunFolder(path) for path in sorted(root.iterdir()) if not path.name.startswith(".") and (path / "run.json").exists()]


def read_resource(item: dict[str, Any], kinds: Kinds) -> Resource:
    """The way back from `plain_resource`; raises FormatError for a kind that this version does not know."""
    kind = kinds.get(item["kind"])
    if kind is None:
        raise FormatError(
            f"the plan has a resource of kind {item['kind']!r}, which this version does not know",
            hint="Use the version of the program that made the plan.",
        )
    return from_plain(item["fields"], kind)


def _dump(path: Path, value: object) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(value, out, indent=1, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())


def _replace(path: Path, value: object) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    _dump(aside, value)
    os.replace(aside, path)


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise FormatError(f"{path} is damaged: {error}", hint="Restore it from a backup; nothing was changed.") from error
