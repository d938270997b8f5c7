"""Which runs of a host stand on which, and what is said to whoever wants another one: never to undo what is in order."""

from __future__ import annotations

from pathlib import Path

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.plugins.assembly import assembled
from ovirt_hc_setup.resources.brick_on import VERB as BRICK
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_folder import RUNS, RunFolder, all_runs

ONCE = (FIRST_HOST.name, JOINING.name)
"""What a host is at most one of: the first of a hosted engine, or one that has joined."""

_SEE = "See how it is doing: ovirt-hc-setup status."
_FINISHED = {
    FIRST_HOST.name: ("is the first host of a hosted engine", f"{_SEE} Other hosts join with: ovirt-hc-setup add-host --on HOST"),
    JOINING.name: ("has already joined a hosted engine", f"{_SEE} To let it leave: ovirt-hc-setup remove-host"),
}


def stands(folder: RunFolder) -> bool:
    """Whether a run is there to be taken back. One that ended and has left nothing to undo is history."""
    state = folder.state
    return state in ("unfinished", "undoing") or (state == "finished" and bool(folder.journal.to_undo()))


def standing_runs(root: Path = RUNS) -> list[RunFolder]:
    """Newest first."""
    return [folder for folder in reversed(all_runs(root)) if stands(folder)]


def standing_on(folder: RunFolder) -> list[RunFolder]:
    """The later runs that use what this one made, or have put something else in its place; newest first."""
    to_undo, by = set(folder.journal.to_undo()), folder.journal.superseded().values()
    made = {thing for one in _plan(folder) if one.name in to_undo for thing in one.makes}
    later = [other for other in standing_runs(folder.path.parent) if other.id > folder.id]
    return [other for other in later if other.id in by or made & _needed(other)]


def _needed(folder: RunFolder) -> set[str]:
    begun = folder.journal.in_use()
    return {thing for one in _plan(folder) if one.name in begun for thing in (*one.makes, *one.uses)}


def _plan(folder: RunFolder) -> list[Resource]:
    return folder.resources(assembled(folder.about.plugins).kinds)


def refuse_another(verb: str, host: str, root: Path = RUNS) -> None:
    """Raises UsageError where a run for `verb` cannot be begun; `host` is how the host is called.

    A run that stopped half way comes first, whatever it is for: what it would find when it is gone on with must not be another's.
    """
    for folder in reversed(all_runs(root)):
        once = {verb, folder.verb} <= set(ONCE)
        if folder.state in ("unfinished", "undoing") or (once and folder.state == "finished"):
            raise refusal(folder, host)


def refusal(folder: RunFolder, host: str) -> UsageError:
    """For a run that is unfinished, finished or being undone."""
    if folder.state == "finished":
        standing, hint = _FINISHED.get(folder.verb, (f"has been set up by `{folder.verb}`", _SEE))
        return UsageError(f"{host} {standing} (run {folder.id})", hint=hint)
    if folder.state == "undoing":
        hint = f"Finish that first: ovirt-hc-setup reset {folder.id}"
        return UsageError(f"run {folder.id} on {host} is only partly undone", hint=hint)
    again = f"Continue it on that host: ovirt-hc-setup {folder.verb}"
    if folder.verb == BRICK:
        again = "Another host started it: give the same command there again"
    hint = f"{again}. If it is not wanted any more: ovirt-hc-setup reset {folder.id}"
    return UsageError(f"{host} has the unfinished run {folder.id} ({folder.verb})", hint=hint)
