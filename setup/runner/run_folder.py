"""A run folder: everything the worker needs, written before the operator says Yes."""

from __future__ import annotations

import itertools
import json
import os
import secrets as random
import shlex
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ovirt_hc_setup.base.errors import FormatError, UsageError
from ovirt_hc_setup.base.whole_file import sync_folder, write_file
from ovirt_hc_setup.formats import shaped_json
from ovirt_hc_setup.runner.codec import from_plain, to_plain
from ovirt_hc_setup.runner.graph import GraphError, sorter
from ovirt_hc_setup.runner.journal import Journal, JournalRecord, Judge, nobody_judges
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

STANDING = ("unfinished", "finished", "undoing")
"""Confirmed, and not taken back."""

Kinds = Mapping[str, type[Resource]]
T = TypeVar("T")
DAMAGED = "Restore it from a backup; nothing was changed."


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`created` in seconds since the epoch; `version` of the program that made the folder, `format` of the folder itself;
    `program` is how that program is started from where it stays."""

    format: int
    verb: str
    host: str
    created: float
    version: str
    plugins: tuple[str, ...] = ()
    program: tuple[str, ...] = ()


class _Answer(msgspec.Struct, frozen=True):
    text: str | None
    origin: str | None = None


class _Item(msgspec.Struct, frozen=True):
    """A resource as it lies in the plan."""

    kind: str
    fields: dict[str, Any]


class _Plan(msgspec.Struct, frozen=True):
    resources: list[_Item]
    replaced: list[_Item] = []


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
    def about(self) -> About:
        """Raises FormatError for a damaged folder, and for one that a newer program wrote in another form."""
        found = _load(self.path / "run.json", About)
        if found.format > FORMAT:
            raise FormatError(
                f"run {self.id} was written by {found.version} of this program in format {found.format}; "
                f"this version reads formats up to {FORMAT}",
                hint=f"Use version {found.version} or a newer one. Nothing was changed.{_own_way(found)}",
            )
        return found

    def refuse_newer(self, version: str) -> None:
        """Raises UsageError when a newer program than `version`, which is this one, has begun the run: it may know more."""
        if _numbers(self.about.version) > _numbers(version):
            message = f"run {self.id} was begun by version {self.about.version} of this program, and this is {version}"
            raise UsageError(message, hint=f"Go on with version {self.about.version}, or a newer one. Nothing was changed.")

    @property
    def verb(self) -> str:
        return self.about.verb

    @property
    def answers(self) -> dict[str, dict[str, str | None]]:
        """By key name: `text` and `origin`."""
        found = _load(self.path / "answers.json", dict[str, _Answer])
        return {name: {"text": answer.text, "origin": answer.origin} for name, answer in found.items()}

    def resources(self, kinds: Kinds) -> list[Resource]:
        """The plan; raises FormatError for a kind that this version does not know."""
        return self._planned(kinds, lambda plan: plan.resources)

    def superseded(self, kinds: Kinds) -> list[Resource]:
        """The plan as it is to be taken back: in the place of what another run has superseded, what that one made."""
        by = {name: RunFolder(self.path.parent / run) for name, run in self.journal.superseded().items()}
        newer = [one for run in set(by.values()) if run.state in STANDING for one in run.resources(kinds)]
        now = {one.name: one for one in newer if one.name in by}
        return [now.get(one.name, one) for one in self.resources(kinds)]

    def replaced(self, kinds: Kinds) -> list[Resource]:
        """What was begun, committed nothing, and is otherwise in the plan now: it is undone as it was before anything goes on."""
        return self._planned(kinds, lambda plan: plan.replaced)

    def _planned(self, kinds: Kinds, which: Callable[[_Plan], list[_Item]]) -> list[Resource]:
        path = self.path / "plan.json"
        try:
            return [_resource(item, kinds) for item in which(_load(path, _Plan))]
        except FormatError as error:
            error.message = error.message if str(path) in error.message else f"{path}: {error.message}"
            raise

    def record(self, resource: Resource, journal: Journal, judge: Judge = nobody_judges) -> JournalRecord:
        return JournalRecord(journal, resource.name, self.path / "backups", self.secrets, judge)

    @property
    def state(self) -> str:
        """planned (not confirmed), unfinished, finished, undoing, undone; from the journal, so a kill cannot make it wrong."""
        return STATES[self.journal.last("")]

    @property
    def state_since(self) -> float:
        """When it came into that state, in seconds since the epoch."""
        times = [entry.at for entry in self.journal.entries() if not entry.resource]
        return times[-1] if times else self.about.created

    def ask_to_stop(self) -> None:
        (self.path / "stop").touch(mode=0o600)

    @property
    def asked_to_stop(self) -> bool:
        return (self.path / "stop").exists()

    def go_on(self) -> None:
        (self.path / "stop").unlink(missing_ok=True)

    def amend(
        self,
        answers: Mapping[str, Mapping[str, str | None]],
        resources: Sequence[Resource],
        kinds: Kinds,
        replaced: Sequence[Resource] = (),
    ) -> None:
        """Change the plan of an interrupted run. What is finished stays as it is, so no answer that it was made of may change:
        whoever calls this has seen to that. `replaced` are those that were begun as they are not wanted any more. Killed in
        between, the old plan or the new one is there, as a whole."""
        finished = {name for name in (one.name for one in resources) if self.journal.last(name) in ("done", "found")}
        before = {resource.name: resource for resource in self.resources(kinds)}
        mixed = [before[one.name] if one.name in finished and one.name in before else one for one in resources]
        self._refuse_disorder(mixed)
        for one in mixed:
            if one != before.get(one.name) and self.journal.found(one.name):
                self.journal.append(one.name, "planned")
        waiting = self.replaced(kinds)  # changed once more before it was undone: what was begun counts
        more = [one for one in replaced if one.name not in {other.name for other in waiting}]
        self._write_plan(mixed, [*waiting, *more])
        _dump(self.path / "answers.json", answers)

    def _refuse_disorder(self, mixed: Sequence[Resource]) -> None:
        """Raises UsageError where resources that are finished and those that are planned now have no common order, as those of
        two versions of the program: they name other milestones, or wait for each other."""
        try:
            sorter(mixed)
        except GraphError as error:
            hint = f"Continue it with the answers that it has, or take it back: ovirt-hc-setup reset {self.id}"
            message = f"the answers of run {self.id} cannot be changed: what is finished does not fit the new plan ({error})"
            raise UsageError(f"{message}. Nothing was changed.", hint=hint) from error

    def forget_replaced(self, kinds: Kinds) -> None:
        """They are undone."""
        self._write_plan(self.resources(kinds), ())

    def _write_plan(self, resources: Sequence[Resource], replaced: Sequence[Resource]) -> None:
        plan = {"resources": [*map(plain_resource, resources)], "replaced": [*map(plain_resource, replaced)]}
        _dump(self.path / "plan.json", plan)

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
    program: Sequence[str] = (),
) -> RunFolder:
    """Write a run folder aside and rename it: it is there as a whole or not at all."""
    make_state_folder(root)
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{verb}-{random.token_hex(2)}"
    aside = root / f".{name}.new"
    about = About(
        format=FORMAT,
        verb=verb,
        host=host,
        created=time.time(),
        version=version,
        plugins=tuple(plugins),
        program=tuple(program),
    )
    try:
        aside.mkdir(mode=0o700)
        (aside / "backups").mkdir(mode=0o700)
        _dump(aside / "run.json", msgspec.to_builtins(about))
        _dump(aside / "answers.json", answers)
        _dump(aside / "plan.json", {"resources": [plain_resource(resource) for resource in resources]})
        os.rename(aside, root / name)
        sync_folder(root)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return RunFolder(root / name)


def make_state_folder(path: Path) -> None:
    """A folder that only root looks into, inside the one of this program's state."""
    if not path.parent.exists():
        # Whatever umask root has: QEMU's user passes through here to the seed.
        path.parent.mkdir(parents=True)
        path.parent.chmod(0o711)
        sync_folder(path.parent.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def plain_resource(resource: Resource) -> dict[str, Any]:
    return {"kind": type(resource).__name__, "fields": to_plain(resource)}


def all_runs(root: Path = RUNS) -> list[RunFolder]:
    """All run folders, oldest first; half-made ones have another kind of name and are not seen."""
    if not root.is_dir():
        return []
    return [RunFolder(path) for path in sorted(root.iterdir()) if not path.name.startswith(".") and (path / "run.json").exists()]


def read_resources(text: str, kinds: Kinds, what: str) -> list[Resource]:
    """The way back from a JSON list of `plain_resource`; raises FormatError, also for a kind that this version does not know."""
    return [_resource(item, kinds) for item in shaped_json.read(text, list[_Item], what)]


def _resource(item: _Item, kinds: Kinds) -> Resource:
    kind = kinds.get(item.kind)
    if kind is None:
        raise FormatError(
            f"the plan has a resource of kind {item.kind!r}, which this version does not know",
            hint="Use the version of the program that made the plan.",
        )
    return from_plain(item.fields, kind)


def _own_way(about: About) -> str:
    return f" It may still lie here: {shlex.join(about.program)} {about.verb}" if about.program else ""


def _numbers(version: str) -> tuple[int, ...]:
    """What a version is compared by: its leading numbers."""
    parts = version.split("+")[0].split(".")
    return tuple(int(part) for part in itertools.takewhile(str.isdecimal, parts))


def _dump(path: Path, value: object) -> None:
    write_file(path, json.dumps(value, indent=1, ensure_ascii=False).encode(), mode=0o600)


def _load(path: Path, wanted: type[T]) -> T:
    return shaped_json.read(path.read_bytes(), wanted, str(path), hint=DAMAGED)
