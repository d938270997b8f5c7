"""A change on trial: a timer of systemd's takes it back by itself, unless it is kept before. The timer knows nothing of the
process that armed it, so it comes also when that process, its terminal and its connection are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host import trial_scripts
from ovirt_hc_setup.formats.host.trial_scripts import Marks

_TAKEN = 3
_LIMIT = 120.0


class TakenBack(SetupError):
    """The change is not there any more: its time ran out before it was kept."""


def armed(host: Host, unit: str) -> bool:
    """Whether the timer of a trial still runs, or what it starts."""
    states = host.run("systemctl", "is-active", f"{unit}.timer", f"{unit}.service", check=False).out.split()
    return any(state in ("active", "activating", "deactivating", "reloading") for state in states)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`unit` names the timer and what it starts; `folder` holds script and marks, on the host; `kept` is the file whose
    being there keeps the change; `seconds` until the way back is taken."""

    unit: str
    folder: Path
    kept: Path
    seconds: int

    @property
    def script(self) -> Path:
        return self.folder / "way-back.sh"

    @property
    def marks(self) -> Marks:
        return Marks(lock=str(self.folder / "lock"), kept=str(self.kept), taken=str(self.folder / "taken"))

    def arm(self, host: Host, commands: Sequence[str]) -> None:
        """Start the timer; from now on every change is taken back by itself. Not while a trial of this unit is armed."""
        host.run("mkdir", "-p", "-m", "700", "--", str(self.folder))
        host.run("rm", "-f", "--", self.marks.taken)
        host.run("sh", "-c", 'umask 077; : >>"$1"', "-", self.marks.lock)
        host.write(self.script, trial_scripts.way_back(self.marks, commands).encode(), mode=0o700)
        host.run("systemctl", "reset-failed", f"{self.unit}.service", check=False)
        host.run(
            "systemd-run",
            f"--unit={self.unit}",
            f"--on-active={self.seconds}s",
            "--timer-property=AccuracySec=500ms",
            "--description=Rolls back the network unless ovirt-hc-setup keeps its change",
            "--collect",
            "--",
            "/bin/sh",
            str(self.script),
        )

    def is_ours(self, host: Host) -> bool:
        """Whether what the timer starts is the script in our folder: another run's trial has a unit of the same name."""
        started = host.run("systemctl", "show", "--property=ExecStart", "--", f"{self.unit}.service", check=False).out
        return f" {self.script} " in started

    def keep(self, host: Host, renames: Sequence[tuple[Path, Path]]) -> None:
        """Keep the change by renaming files, the last one to `kept`; raises TakenBack when the time has run out."""
        pairs = [(str(source), str(target)) for source, target in renames]
        outcome = host.run(*trial_scripts.keep(self.marks, pairs), timeout=_LIMIT, check=False)
        if outcome.code == _TAKEN:
            raise TakenBack("the network change was rolled back before it could be kept", host=host.name)
        outcome.check()

    def disarm(self, host: Host) -> None:
        """Stop our timer; what it has started already is left to end. No error when nothing is armed."""
        if self.is_ours(host):
            host.run("systemctl", "stop", f"{self.unit}.timer", check=False)

    def take_back(self, host: Host) -> None:
        """Take the way back now; returns when it is taken. Nothing happens when the change was kept or was never begun."""
        if host.run("test", "-e", str(self.script), check=False).ok:
            host.run("sh", str(self.script), timeout=_LIMIT)
        self.disarm(host)
