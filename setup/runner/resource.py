"""What a resource is: a frozen value that says what should be, and four things that can be done about it.

A plugin returns resources; the wizard writes them into the run folder; the worker reads them back and applies them. So
every field is data (text, numbers, UUIDs, paths, enums, `model` values, tuples and dataclasses of these), and a secret is
never a field: it is named by its key and read from `record.secrets` when it is needed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Protocol

from ovirt_hc_setup.base.event_types import Found
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.secrets import Secrets


class Verdict(Enum):
    """What a probe found. BLOCKED: something it comes after is not there yet, so nothing can be said."""

    DONE = "done"
    NEEDED = "needed"
    BLOCKED = "blocked"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class State:
    """A verdict with its reason, and for a conflict the remedy."""

    verdict: Verdict
    reason: str = ""
    remedy: str = ""


DONE = State(Verdict.DONE)


def needed(reason: str) -> State:
    """It is not there, and is to be made."""
    return State(Verdict.NEEDED, reason)


def blocked(reason: str) -> State:
    """Nothing can be said yet."""
    return State(Verdict.BLOCKED, reason)


def conflict(reason: str, remedy: str) -> State:
    """Something that is not ours is in the way."""
    return State(Verdict.CONFLICT, reason, remedy)


class Record(Protocol):
    """What a run remembers of one resource, in the journal, synced before it returns."""

    @property
    def before(self) -> Mapping[str, Any]:
        """The before-image written by `keep`; empty when none was written (then nothing was changed either)."""
        ...

    def keep(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write the before-image (JSON values) and return it. The first of a run counts: later calls return that one."""
        ...

    def committing(self) -> None:
        """Called right before the one action that makes the resource be there. A kill earlier leaves "not there"."""
        ...

    @property
    def backups(self) -> Path:
        """A folder (0700) for this resource's copies of what it replaces."""
        ...

    @property
    def left(self) -> Sequence[str]:
        """The names of the steps of this run that are left behind: what cannot be taken back, on a dead host for one."""
        ...

    @property
    def secrets(self) -> Secrets: ...

    def judged(self, checks: Sequence[str]) -> Sequence[Found]:
        """What these checks of the run's plugins find now, by the answers of the run; all those that it skips are said so."""
        ...


class Progress(Protocol):
    """How a resource says what it is doing while it works. None of it decides anything."""

    def amount(self, done: int, total: int, text: str = "", unit: Literal["bytes", "seconds"] = "bytes") -> None:
        """So much is done of so much (0: unknown); with seconds: what is waited for, how long already, and its limit."""
        ...

    def note(self, text: str, level: Literal["info", "warning"] = "info") -> None: ...

    def line(self, source: str, text: str) -> None:
        """A line that another program said."""
        ...


@dataclass(frozen=True, kw_only=True)
class Resource(ABC):
    """`name` is unique in a run; `after` holds names of resources or of milestones, `provides` the milestones this one is
    part of (a milestone is reached when all that provide it are done); resources with the same `exclusive` tag never run at once.
    """

    name: str
    after: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    exclusive: str = ""

    @property
    def title(self) -> str:
        """One line for progress, in the operator's words; the first line of the plan unless a kind says otherwise."""
        return self.describe()[0]

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """The names of the keys whose secrets `apply` reads: they are asked for again when a reboot has forgotten them."""
        return ()

    @property
    def makes(self) -> tuple[str, ...]:
        """What of the host it makes or changes, by names that every run has for it: "volume engine", "unit glusterd.service". A
        later run of which a resource makes or `uses` one of them stands on the run of this one."""
        return ()

    @property
    def uses(self) -> tuple[str, ...]:
        """What other resources make that it needs, where it has none of the same name in its `makes`."""
        return ()

    @abstractmethod
    def describe(self) -> tuple[str, ...]:
        """The lines of the plan."""

    @abstractmethod
    def probe(self, host: Host) -> State:
        """Look at the world, change nothing. The worker asks before `apply` and again after it."""

    @abstractmethod
    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        """Make it so, from whatever a kill has left. Called right after `probe` has said NEEDED, and never else. Calls
        `record.keep` before the first change and `record.committing` right before its commit point. Raises Conflict where
        something is in the way that is not ours."""

    @abstractmethod
    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        """Take back what the record says, if it is still ours; else raise Conflict. Called only when `record.before` has
        something. Must work after a kill at any moment of `apply` or of `undo`, and when nothing is left to take back."""

    def in_use(self, host: Host, others: Sequence[Resource], progress: Progress) -> str:
        """Why this cannot be undone now; empty when nothing speaks against it. Looked at for all resources before any of them
        (`others`) is taken back, so that a reset does not stop half way for a reason that was there to be seen."""
        return ""

    def holds_data(self) -> str:
        """The name that an operator has to confirm before this is undone; empty when it holds no data."""
        return ""
