"""A brick on another host: made there by this very program, in a run of that host's own.

The program is sent there if it is not there, gets the resources, and makes a run folder and a worker of them, as on any host. So
that host has its own journal and lock, its work outlives a broken connection, and what it made is taken back there.

**Commit point**: the run folder there, renamed into its place; after it, the commit points of the resources in it. A kill
**before** it leaves at most a program; a kill **after** it a run that goes on by itself, or that applying again goes on with.
`undo` **knows that it is ours** by the file system's UUID, which was drawn before "Yes" and by which that host finds the run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import Event, Note, Progressed, ResourceBegun, RunEnded, from_json
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.resources.disk_brick import Brick
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, needed
from ovirt_hc_setup.runner.run_folder import plain_resource
from ovirt_hc_setup.system.remote import sent_program, ssh

VERB = "brick"


@dataclass(frozen=True, kw_only=True)
class BrickOn(Resource):
    """On `other`: the packages of GlusterFS, its daemon, and a brick."""

    other: OtherHost
    package: Package
    daemon: Unit
    brick: Brick

    @property
    def parts(self) -> tuple[Resource, ...]:
        return (self.package, self.daemon, self.brick)

    def describe(self) -> tuple[str, ...]:
        brick = self.brick.describe()
        return (
            f"On {self.other.host}: {brick[0][:1].lower()}{brick[0][1:]}",
            *(part.title for part in (self.package, self.daemon)),
            *brick[1:],
            "by this program over SSH, in a run of its own on that host",
        )

    def probe(self, host: Host) -> State:
        with ssh.connected(self.other, agent=False) as remote:
            states = [part.probe(remote) for part in self.parts]
        for state in states:
            if state.verdict is Verdict.CONFLICT:
                return State(state.verdict, f"{self.other.host}: {state.reason}", state.remedy)
        missing = [state.reason for state in states if state.verdict is not Verdict.DONE]
        return needed(f"{self.other.host}: {missing[-1]}") if missing else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"host": str(self.other)})
        record.committing()
        self._there("apply", progress)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        self._there("undo", progress)

    def _there(self, action: str, progress: Progress) -> None:
        """Let the other host work; what it says is said here. Raises SetupError with its last word when it fails."""
        plan = json.dumps([plain_resource(part) for part in self.parts])
        with ssh.connected(self.other, agent=False) as remote:
            command = sent_program.ready(remote, lambda text: progress.note(f"{self.other.host}: {text}"))
            voice = _Voice(self.other.host, progress)
            words = (*command, VERB, action, str(self.brick.uuid), plan, "--output", "jsonl")
            outcome = remote.follow(words, voice.line, voice.silent)
        if not outcome.ok:
            said = voice.last or outcome.err.strip() or f"the program ended with {outcome.code}"
            raise SetupError(said, hint="Run the same command again.", resource=self.name, host=self.other.host)


class _Voice:
    """What the program on another host says, as this host's progress. `last` is why its run failed."""

    def __init__(self, host: str, progress: Progress) -> None:
        self._host, self._progress = host, progress
        self._doing = "at work"
        self.last = ""

    def line(self, text: str) -> None:
        event = from_json(text)
        if event is not None:
            self._take(event)

    def silent(self, waited: int, limit: int) -> None:
        self._progress.amount(waited, limit, f"{self._host}: {self._doing}; no news", "seconds")

    def _take(self, event: Event) -> None:
        if isinstance(event, ResourceBegun):
            self._doing = event.title
            self._progress.note(f"{self._host}: {'undo: ' if event.action == 'undo' else ''}{event.title}")
        elif isinstance(event, Progressed):
            self._doing = event.text
            self._progress.amount(event.done, event.total, f"{self._host}: {event.text}", event.unit)
        elif isinstance(event, Note):
            self._progress.note(f"{self._host}: {event.text}", "info" if event.level == "info" else "warning")
        elif isinstance(event, RunEnded) and event.exit_code:
            self.last = event.message
