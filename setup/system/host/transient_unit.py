"""Transient systemd units: how a worker outlives the terminal that started it."""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup.base.host import Host


def start_transient(host: Host, unit: str, description: str, argv: Sequence[str]) -> None:
    """Start a command as `unit` in the system's service manager; raises CommandFailed."""
    host.run(
        *("systemd-run", f"--unit={unit}", f"--description={description}", "--collect", "--quiet"),
        *("--service-type=exec", "--property=KillMode=control-group", "--property=OOMScoreAdjust=-500"),
        *("--", *argv),
    )


def said_since(host: Host, unit: str, since: float, lines: int = 8) -> list[str]:
    """The last lines that the unit's own processes have written to the system's journal since then (seconds since the epoch)."""
    words = (f"--since=@{since:.0f}", f"--lines={lines}", "--output=cat", "--no-pager", f"_SYSTEMD_UNIT={unit}")
    return [line for line in host.run("journalctl", *words, check=False).out.split("\n") if line.strip()]


def is_active(host: Host, unit: str) -> bool:
    """Whether the unit runs (or is on its way in or out)."""
    state = host.run("systemctl", "show", "--property=ActiveState", "--value", unit, check=False).out.strip()
    return state in ("active", "activating", "deactivating", "reloading")
