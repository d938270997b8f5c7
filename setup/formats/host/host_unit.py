"""The unit that brings this host's part of a hosted engine back after a reboot: `ovirt-hc-setup-host.service`."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.base.errors import ValueRefused

NAME = "ovirt-hc-setup-host.service"
START_SECONDS = 900
"""Waiting for the mount, then at most 161 s for each of two host ids."""

STOP_SECONDS = 240
DAEMONS = ("sanlock.service", "libvirtd.service", "libvirtd.socket", "virtqemud.service", "virtqemud.socket", "glusterd.service")


def text(program: Sequence[str]) -> str:
    """The unit file. `program` is the command line that this program is started with; raises ValueRefused for one that a unit
    file cannot hold."""
    command = " ".join(_word(word) for word in program)
    return f"""\
# Written by ovirt-hc-setup.
[Unit]
Description=Storage and host ids of the hosted engine
Wants=network-online.target sanlock.service
# It ends before these, so that the lockspaces are left while sanlock and the storage are still there.
After=network-online.target remote-fs.target {" ".join(DAEMONS)}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={command} host-up
ExecStop={command} host-up --leave
TimeoutStartSec={START_SECONDS}
TimeoutStopSec={STOP_SECONDS}

[Install]
WantedBy=multi-user.target
"""


def _word(text: str) -> str:
    # systemd.syntax(7): quotes, backslashes, percent and dollar signs mean something in a command line.
    if not text or not text.isprintable() or any(sign in text for sign in " \"'\\%$;"):
        raise ValueRefused(f"{text!r} cannot stand in a systemd unit", hint="Install the program in a folder with a plain name.")
    return text
