"""An example of a plugin: it asks who is responsible for the hosts, and writes that where people who log in read it.

It has one of everything that a plugin may bring: a key, a fact, a question, a check, a kind of resource, and a part of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovirt_hc_setup.api import (
    DONE,
    Check,
    Conflict,
    Context,
    Fact,
    Finding,
    Host,
    Key,
    PlanPart,
    Progress,
    Proposal,
    Question,
    Reading,
    Record,
    Resource,
    State,
    conflict,
    fact,
    fine,
    hookimpl,
    needed,
    text_key,
    warning,
)

FOLDER = Path("/etc/motd.d")
OWNER = text_key("SITE_NOTE/owner", "who is responsible for the hosts, for people who log in", example="storage team, room 12")
LOGIN_NOTES: Fact[tuple[str, ...]] = Fact("site-note.others", "the notes that people who log in read already")


@dataclass(frozen=True, kw_only=True)
class SiteNote(Resource):
    """A file in /etc/motd.d that says who is responsible for this host.

    Commit point: the file gets its name when all of it is on disk. A kill before it leaves no note, after it the note is there.
    It is ours as long as its content is what was written.
    """

    owner: str
    path: Path = FOLDER / "ovirt-hc-site-note"

    @property
    def text(self) -> str:
        return f"This host is part of a hosted engine. Responsible: {self.owner}\n"

    def describe(self) -> tuple[str, ...]:
        return (f"Write {self.path}: who is responsible for this host",)

    def probe(self, host: Host) -> State:
        found = self._content(host)
        if found == self.text:
            return DONE
        if found is not None:
            return conflict(f"{self.path} is there already", "Move it away, or give the same answer as before.")
        return needed("it is not there")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"folder": host.run("test", "-d", str(FOLDER), check=False).ok})
        record.committing()
        host.write(self.path, self.text.encode())

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        if self._content(host) not in (None, self.text):
            raise Conflict(f"{self.path} was changed since it was written", hint="Remove it by hand if nobody needs it.")
        host.run("rm", "-f", str(self.path))
        if record.before.get("folder") is False:
            host.run("rmdir", "--ignore-fail-on-non-empty", str(FOLDER))

    def _content(self, host: Host) -> str | None:
        try:
            return host.read(self.path).decode("utf-8", "replace")
        except FileNotFoundError:
            return None


@hookimpl
def ovirt_hc_setup_keys() -> Sequence[Key[Any]]:
    return [OWNER]


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(LOGIN_NOTES, _login_notes)]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=OWNER,
            section="SITE",
            order=1,
            prompt="Who is responsible for these hosts?",
            why="It is shown to whoever logs in on one of them.",
            proposal=lambda context: Proposal("root", "usual"),
        )
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="site-note.alone", run=_alone)]


@hookimpl
def ovirt_hc_setup_kinds() -> Sequence[type[Resource]]:
    return [SiteNote]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(lambda context: [SiteNote(name="site-note", after=("network.ready",), owner=context.answers[OWNER])])]


def _login_notes(context: Context) -> tuple[str, ...]:
    return tuple(sorted(context.host.run("ls", str(FOLDER), check=False).out.split()))


def _alone(context: Context) -> Finding:
    others = [name for name in fact(context, LOGIN_NOTES) if name != SiteNote.path.name]
    if not others:
        return fine("there are no other notes for people who log in")
    return warning(f"there are notes already: {', '.join(others)}", "a short greeting", f"Look at {FOLDER} afterwards.")
