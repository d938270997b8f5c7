"""A terminal on a lab's host over a real SSH connection, which can break."""

from __future__ import annotations

import shlex

from ovirt_hc_setup.lab.keeping import running_keeper
from ovirt_hc_setup.lab.places import HOST_ADDRESSES
from ovirt_hc_setup.lab.whole_lab import Lab
from tests.rehearsal.joining import SSH


def over_ssh(lab: Lab, host: str, *command: str) -> list[str]:
    """The command that runs another one on a host, by `ssh -t` from the lab's gateway. Its process is the SSH client itself."""
    key = str(lab.places.keys / "root_ed25519")
    client = ("ssh", "-tt", *SSH, "-i", key, f"root@{HOST_ADDRESSES[host]}", shlex.join(command))
    return ["nsenter", "-t", str(running_keeper(lab.places).pid), "--net", "--", *client]
