"""Run inside a lab's host: one resource is applied or undone, and this process kills itself at a chosen moment.

Usage: killed_resource.py FOLDER apply|undo|probe MOMENT < resource as JSON {"kind": ..., "fields": {...}}
Moments have names: `none`; `kept` (right after the before-image); `before`, `at`, `after` the commit point; `begun` (right after
the first command, whichever that is); `before WORDS` (just before the first command that has these words in it; a file that is
written is the command `write PATH`); `before WORDS after OTHERS` (the first such one that comes after one with the other words).
When such a moment never comes, all commands are printed.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import SetupError, UsageError
from ovirt_hc_setup.base.host import Outcome, Request
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.runner.apply_one import refusal
from ovirt_hc_setup.runner.codec import from_plain
from ovirt_hc_setup.runner.journal import Journal, JournalRecord
from ovirt_hc_setup.runner.patience import patiently
from ovirt_hc_setup.runner.resource import Resource, Verdict
from ovirt_hc_setup.system.host.commands import LocalHost


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Moment:
    """When to die. `at`: just after the committing action was started; `after`: when it has returned."""

    def __init__(self, text: str) -> None:
        self.text = text
        named = text.removeprefix("before ") if text.startswith("before ") else ""
        self.awaited = [words for words in reversed(named.split(" after ")) if words]
        """What has to be begun, in this order; the last of it is not begun any more."""
        self.begun: list[str] = []
        self.armed = False

    def committing(self) -> None:
        if self.text == "before":
            die()
        self.armed = self.text in ("at", "after")

    def begins(self, *words: str) -> None:
        self.begun.append(" ".join(words))
        if self.awaited and self.awaited[0] in self.begun[-1]:
            del self.awaited[0]
            if not self.awaited:
                die()
        if self.armed and self.text == "at":
            threading.Timer(0.004, die).start()

    def ended(self) -> None:
        if self.armed or self.text == "begun":
            die()


class MortalHost(LocalHost):
    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self.moment = moment

    def outcome(self, request: Request) -> Outcome:
        self.moment.begins(*request.argv)
        outcome = super().outcome(request)
        self.moment.ended()
        return outcome

    def write(self, path: Path, data: bytes, **options: Any) -> None:
        self.moment.begins("write", str(path))
        super().write(path, data, **options)
        self.moment.ended()


class MortalRecord(JournalRecord):
    moment: Moment

    def keep(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = super().keep(image)
        if self.moment.text == "kept":
            die()
        return kept

    def committing(self) -> None:
        super().committing()
        self.moment.committing()


class NoSecrets:
    def get(self, name: str) -> Secret:
        raise UsageError(f"no secret {name} in this test")


class Said:
    def amount(self, done: int, total: int, text: str = "", unit: str = "bytes") -> None:
        print(f"{done}/{total} {unit} {text}", file=sys.stderr)

    def note(self, text: str, level: str = "info") -> None:
        print(f"{level}: {text}", file=sys.stderr)

    def line(self, source: str, text: str) -> None:
        print(f"{source}: {text}", file=sys.stderr)


def make_so(resource: Resource, host: MortalHost, record: MortalRecord) -> None:
    """As the runner does it; the look before is none of the commands that moments are named by."""
    state = resource.probe(LocalHost())
    if state.verdict is Verdict.NEEDED:
        resource.apply(host, record, Said())
    elif state.verdict is not Verdict.DONE:
        raise refusal(state)


def main(folder: Path, action: str, moment: Moment) -> int:
    wanted = json.load(sys.stdin)
    module, _, kind = wanted["kind"].rpartition(".")
    resource: Resource = from_plain(wanted["fields"], getattr(importlib.import_module(module), kind))
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / "journal.jsonl")
    record = MortalRecord(journal, resource.name, folder / "backups", NoSecrets())
    record.moment = moment
    host = MortalHost(moment)
    try:
        if action == "apply":
            patiently(lambda: make_so(resource, host, record), Said())
        elif action == "undo":
            if record.before:
                resource.undo(host, record, Said())
            journal.append(resource.name, "undone")
    except SetupError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return error.exit_code
    for command in moment.begun if moment.awaited else ():
        print(f"begun: {command}", file=sys.stderr)
    state = resource.probe(host)
    print(json.dumps({"verdict": state.verdict.value, "reason": state.reason}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Moment(sys.argv[3])))
