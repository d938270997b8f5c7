"""What is said on a host that has a run already to whoever wants another one there: never to undo what is in order."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.runner.run_folder import RunFolder

FIRST, JOINED = "deploy", "add-host"
_SEE = "See how it is doing: ovirt-hc-setup status."
_FINISHED = {
    FIRST: ("is the first host of a hosted engine", f"{_SEE} Other hosts join with: ovirt-hc-setup add-host --on HOST"),
    JOINED: ("has already joined a hosted engine", f"{_SEE} To let it leave: ovirt-hc-setup remove-host"),
}


def refusal(folder: RunFolder, host: str) -> UsageError:
    """For a run that is unfinished, finished or being undone; `host` is how the host is called."""
    if folder.state == "finished":
        standing, hint = _FINISHED.get(folder.verb, (f"has been set up by `{folder.verb}`", _SEE))
        return UsageError(f"{host} {standing} (run {folder.id})", hint=hint)
    if folder.state == "undoing":
        return UsageError(f"run {folder.id} on {host} is only partly undone", hint="Finish that first: ovirt-hc-setup reset")
    hint = f"Continue it on that host: ovirt-hc-setup {folder.verb}. If it is not wanted any more: ovirt-hc-setup reset"
    return UsageError(f"{host} has the unfinished run {folder.id} ({folder.verb})", hint=hint)
