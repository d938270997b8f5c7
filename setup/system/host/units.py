"""systemd's units, through systemctl."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed
from ovirt_hc_setup.base.host import Host

UNIT_FILES = Path("/etc/systemd/system")
JOB_SECONDS = 120.0
_PROPERTIES = ("Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "FragmentPath", "NeedDaemonReload", "Job")


@dataclass(frozen=True)
class UnitState:
    """A unit as systemd sees it, in systemd's words. `file_state` is empty for a unit without a file, `job` for one that systemd
    is not asked to do anything about."""

    load: str
    active: str
    sub: str
    file_state: str
    result: str
    job: str = ""

    @property
    def exists(self) -> bool:
        return self.load not in ("not-found", "")

    @property
    def masked(self) -> bool:
        return self.load == "masked" or self.file_state.startswith("masked")

    @property
    def is_active(self) -> bool:
        return self.active in ("active", "reloading")

    @property
    def settled(self) -> bool:
        """Whether it stays as it is by itself: it is neither on its way up or down, nor about to be restarted."""
        return self.active in ("active", "inactive", "failed") and not self.job

    @property
    def enabled(self) -> bool:
        """Whether it comes at boot, by itself or because another unit brings it (`static`, `indirect`, ...)."""
        return self.file_state not in ("disabled", "masked", "")


def show(host: Host, unit: str, *properties: str) -> Mapping[str, str]:
    """Properties of a unit by name; all of them are there even for a unit that does not exist."""
    wanted = ",".join(properties or _PROPERTIES)
    said = host.run("systemctl", "show", f"--property={wanted}", "--", unit).out
    return {name: value for name, equals, value in (line.partition("=") for line in said.splitlines()) if equals}


def state(host: Host, unit: str) -> UnitState:
    found = show(host, unit)
    words = ("LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "Job")
    return UnitState(*(found.get(word, "") for word in words))


def daemon_reload(host: Host) -> None:
    host.run("systemctl", "daemon-reload")


def enable(host: Host, *units: str) -> None:
    host.run("systemctl", "enable", "--quiet", "--", *units)


def disable(host: Host, *units: str) -> None:
    host.run("systemctl", "disable", "--quiet", "--", *units)


def start(host: Host, unit: str, timeout: float = JOB_SECONDS) -> None:
    """Start and wait; on failure raises CommandFailed with the unit's last journal lines."""
    _job(host, "start", unit, timeout)


def restart(host: Host, unit: str, timeout: float = JOB_SECONDS) -> None:
    _job(host, "restart", unit, timeout)


def stop(host: Host, unit: str, timeout: float = JOB_SECONDS) -> None:
    _job(host, "stop", unit, timeout)


def reset_failed(host: Host, unit: str) -> None:
    """Forget that a unit failed, so that it can be started however often it has been tried."""
    host.run("systemctl", "reset-failed", "--", unit, check=False)


def unit_file(unit: str) -> Path:
    return UNIT_FILES / unit


def write_unit(host: Host, unit: str, text: str) -> None:
    """Write a unit file and let systemd read it."""
    host.write(unit_file(unit), text.encode())
    daemon_reload(host)


def read_unit(host: Host, unit: str) -> str | None:
    """The text of the unit's file in /etc; None when there is none."""
    try:
        return host.read(unit_file(unit)).decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def remove_unit(host: Host, unit: str) -> None:
    """Remove the unit's file in /etc if it is there. systemd has to be told by `daemon_reload`."""
    host.run("rm", "-f", "--", str(unit_file(unit)))


def _job(host: Host, verb: str, unit: str, timeout: float) -> None:
    outcome = host.run("systemctl", verb, "--", unit, timeout=timeout, check=False)
    if outcome.ok:
        return
    lines = last_words(host, unit)
    raise CommandFailed("\n    ".join([outcome.describe(), *lines]), hint=f"See `systemctl status {unit}`.", host=host.name)


def last_words(host: Host, unit: str, count: int = 8) -> list[str]:
    """What was said last in the journal by a unit's programs and of it by systemd, line by line."""
    return _journal(host, f"--unit={unit}", count)


def own_words(host: Host, unit: str) -> str:
    """What a unit's programs said last; empty when they said nothing."""
    return "".join(_journal(host, f"_SYSTEMD_UNIT={unit}", 1))


def _journal(host: Host, of: str, count: int) -> list[str]:
    said = host.run("journalctl", of, f"--lines={count}", "--output=cat", "--no-pager", check=False).out
    return said.strip().splitlines()
