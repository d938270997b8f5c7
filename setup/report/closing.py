"""The closing page: what runs where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.base.event_types import Event, LogLine, ResourceBegun, ResourceEnded, RunBegun, from_json
from ovirt_hc_setup.keys import ENGINE_FQDN, HOST_ID, STORAGE_PATH
from ovirt_hc_setup.runner.run_folder import RunFolder


def closing_page(folder: RunFolder) -> str:
    """For a finished deployment, from its answers."""
    answers = {name: answer["text"] or "" for name, answer in folder.answers.items()}
    fqdn = answers.get(ENGINE_FQDN.name, "")
    return "\n".join(
        [
            "Hosted Engine successfully deployed.",
            f"  Engine:     http://{fqdn}/ovirt-engine/",
            "  Log in as:  admin@internal",
            f"  Engine VM:  HostedEngine on {folder.about.host}",
            f"  Storage:    {answers.get(STORAGE_PATH.name, '')}",
            "  Answers:    /etc/ovirt-hosted-engine/answers.conf (no secrets)",
            f"  Journal:    {folder.path}",
            "Next:",
            "  overall state:             ovirt-hc-setup status",
            "  engine VM console:         ovirt-hc-setup engine console",
            "  add a host (run on it):    ovirt-hc-setup add-host",
        ]
    )


def joined_page(folder: RunFolder) -> str:
    """For a host that has joined, from its answers."""
    answers = {name: answer["text"] or "" for name, answer in folder.answers.items()}
    return "\n".join(
        [
            "This host has joined the hosted engine.",
            f"  Host:       {folder.about.host}, host id {answers.get(HOST_ID.name, '')}",
            f"  Engine:     http://{answers.get(ENGINE_FQDN.name, '')}/ovirt-engine/",
            f"  Storage:    {answers.get(STORAGE_PATH.name, '')}",
            "  Engine VM:  HostedEngine is defined here and keeps running where it is",
            f"  Journal:    {folder.path}",
            "Next:",
            "  remove this host again:    ovirt-hc-setup remove-host",
        ]
    )


LAST_LINES = 5  # of what the program in the guest said
VM_STEP = "engine-vm"
AGAIN = "To continue, run the same command again. To undo everything: ovirt-hc-setup reset"
AGAIN_UNDO = "After fixing it, run the same command again to undo the rest."


def failed_page(folder: RunFolder, log: str, console: Sequence[str] = (), logs: Sequence[str] = ()) -> str:
    """For a run that failed: what did, what was said last, where to look, what to do. `log` is the command that shows the log;
    `console` the last lines of the VM's, `logs` those of the daemons that may tell why."""
    events = _latest_attempt(folder)
    titles = {event.resource: event.title for event in events if isinstance(event, ResourceBegun)}
    failed = [event for event in events if isinstance(event, ResourceEnded) and event.status in ("failed", "kept")]
    said = [event.text for event in events if isinstance(event, LogLine)][-LAST_LINES:]
    lines = [f"Failed: {titles.get(event.resource) or event.resource}" for event in failed]
    lines += [f"  {line}" for event in failed for line in event.reason.splitlines()[:1]]
    lines += ["Last lines of engine-setup:", *(f"  {text}" for text in said)] if said else []
    reasons = "\n".join(event.reason for event in failed)
    if console and console[-1] not in reasons:  # else it stands above already
        lines += ["Last lines of the engine VM's console:", *(f"  {text}" for text in console)]
    lines += ["Errors in the logs since it began:", *(f"  {text}" for text in logs)] if logs else []
    lines += ["Where to look:", f"  log of the work:           {log}"]
    lines += ["  engine VM console:         ovirt-hc-setup engine console"] if vm_is_there(folder) else []
    lines += [f"  journal:                   {folder.path}"]
    lines += [AGAIN_UNDO if folder.state == "undoing" else AGAIN]
    return "\n".join(lines)


def vm_is_there(folder: RunFolder) -> bool:
    """Whether this run has defined the engine VM here."""
    return folder.journal.last(VM_STEP) in ("done", "found")


def _latest_attempt(folder: RunFolder) -> Sequence[Event]:
    """What was told since the run was last begun or gone on with."""
    try:
        text = folder.events.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    events = [event for line in text.split("\n") if (event := from_json(line)) is not None]
    begun = [place for place, event in enumerate(events) if isinstance(event, RunBegun)]
    return events[begun[-1] :] if begun else events
