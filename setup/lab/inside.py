"""Running this machine's programs in the namespaces of a lab, beside its hosts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab.cgroups import ENTER
from ovirt_hc_setup.lab.processes import Process
from ovirt_hc_setup.system.host.commands import LocalHost

_DETACHED = 'log=$1; shift; exec setsid --fork "$@" </dev/null >>"$log" 2>&1'


@dataclass(frozen=True)
class Inside:
    """The lab's network, mount and PID namespaces, by its keeper."""

    keeper: Process

    def run(self, *argv: str, timeout: float = 30, check: bool = True) -> Outcome:
        """Run a program there and wait for it; with `check`, raises CommandFailed."""
        return LocalHost("lab").run(*self._entered(argv), timeout=timeout, check=check)

    def start(self, log: Path, cgroups: list[Path], *argv: str) -> None:
        """Start a program there that lives as long as the lab, its output at the end of `log`."""
        # Detached on the inside: the nsenter outside ends, and what is started becomes a child of the keeper.
        _run_in_cgroups(cgroups, *self._entered(_detached(log, argv)))

    def path(self, path: Path) -> Path:
        """A path of the lab's mount namespace as it can be opened from outside (if no absolute link is on the way)."""
        return Path(f"/proc/{self.keeper.pid}/root{path}")

    def mounted(self, path: Path) -> bool:
        """Whether something is mounted at exactly this path there."""
        lines = Path(f"/proc/{self.keeper.pid}/mountinfo").read_text().splitlines()
        return any(line.split()[4] == str(path) for line in lines)

    def _entered(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        return ("nsenter", "-t", str(self.keeper.pid), "--net", "--mount", "--pid", "--wd=/", "--", *argv)


def start_detached(log: Path, cgroups: list[Path], *argv: str) -> None:
    """Start a program of this machine in a session and cgroups of its own; its output goes to the end of `log`."""
    _run_in_cgroups(cgroups, *_detached(log, argv))


def _detached(log: Path, argv: tuple[str, ...]) -> tuple[str, ...]:
    return ("sh", "-c", _DETACHED, "detached", str(log), *argv)


def _run_in_cgroups(cgroups: list[Path], *argv: str) -> None:
    groups = [str(group) for group in cgroups]
    LocalHost("lab").run("sh", "-c", ENTER, "enter", *groups, "--", *argv, timeout=10)
