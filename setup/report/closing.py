"""The closing page: what runs where, and what to do next."""

from __future__ import annotations

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
