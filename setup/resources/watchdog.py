"""The watchdog behind sanlock's leases, where the package leaves it off (Debian 12): wdmd is started, sanlock told to use it.

**Commit point**: sanlock's options are renamed into place without `-w 0`; the daemon is restarted after it, but only while it
holds no lockspace (with one held, the watchdog counts from its next start). A kill **before** it leaves drop-ins and perhaps a
wdmd with no client, which resets nobody; a kill **after** it a daemon that does not use it yet, which applying again restarts.
`undo` **knows that it is ours** by the content: files are put back while they are as they were written. Nothing is stopped while
sanlock holds a lockspace, whoever's: a wdmd that ends then takes the host with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.mount_units import MARK
from ovirt_hc_setup.formats.sanlock.sanlock_options import with_watchdog
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.host.folders import remove_folder_if_empty
from ovirt_hc_setup.system.sanlock import armed_watchdog, sanlock_client
from ovirt_hc_setup.system.sanlock.armed_watchdog import WDMD

# In a container, softdog would be loaded into the machine's kernel.
_LOAD = "test -c /dev/watchdog || systemd-detect-virt --quiet --container || modprobe softdog"
_WDMD = f"{MARK}[Service]\nExecStartPre=\nExecStartPre=-/bin/sh -c '{_LOAD}'\n"
_ORDER = f"{MARK}[Unit]\nAfter={WDMD}\n"
_DROP_IN = "ovirt-hc-setup.conf"


def _drop_in(unit: str) -> Path:
    return units.UNIT_FILES / f"{unit}.d" / _DROP_IN


@dataclass(frozen=True, kw_only=True)
class Watchdog(Resource):
    """`device`: what is armed, in words."""

    device: str

    @property
    def makes(self) -> tuple[str, ...]:
        return (f"unit {WDMD}",)

    def describe(self) -> tuple[str, ...]:
        return (
            "Let a watchdog reset this host when it cannot renew its leases",
            f"{self.device}, through {WDMD} and sanlock: about 130 s after the last renewal",
        )

    def probe(self, host: Host) -> State:
        found = units.state(host, WDMD)
        if found.masked:
            return conflict(f"{WDMD} is masked", f"`systemctl unmask {WDMD}`, or --set HC_CORE/watchdog=False.")
        if not found.exists:
            return blocked(f"there is no {WDMD} yet: the package sanlock is not installed")
        for path, text in self._drop_ins(host).items():
            if armed_watchdog.text(host, path) != text:
                return needed(f"{path} is not there or not as it should be")
        if off := armed_watchdog.switched_off_in(host):
            return needed(f"{off} starts sanlock without the watchdog")
        if not found.is_active:
            return needed(f"{WDMD} is {found.active}")
        return needed("the sanlock daemon runs without the watchdog") if self._to_restart(host) else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        off = armed_watchdog.switched_off_in(host)
        record.keep(self._before(host, off))
        for path, text in self._drop_ins(host).items():
            host.write(path, text.encode())
        units.daemon_reload(host)
        self._start(host, progress)
        record.committing()
        if off is not None:
            host.write(off, with_watchdog(armed_watchdog.text(host, off)).encode("utf-8", "surrogateescape"))
        if self._to_restart(host):
            sanlock_client.restart(host, "", partial(progress.amount, unit="seconds"))
        elif armed_watchdog.used(host) is False:
            progress.note("sanlock holds lockspaces: it uses the watchdog when it is started next", "warning")

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.before
        self._put_options_back(host, before)
        drop_ins = [path for path in map(_drop_in, (WDMD, sanlock_client.UNIT)) if str(path) not in before["there"]]
        host.run("rm", "-f", "--", *map(str, drop_ins))
        for path in drop_ins:
            remove_folder_if_empty(host, path.parent)
        units.daemon_reload(host)
        if self._held(host):
            progress.note(f"sanlock holds lockspaces, so it and {WDMD} go on until they are left", "warning")
            return
        if before["options"] is not None and units.state(host, sanlock_client.UNIT).is_active and armed_watchdog.used(host):
            sanlock_client.restart(host, "", partial(progress.amount, unit="seconds"))
        if not before["active"] and units.state(host, WDMD).is_active:
            units.stop(host, WDMD)

    def _drop_ins(self, host: Host) -> dict[Path, str]:
        wdmd = {} if armed_watchdog.checker_works(host) else {_drop_in(WDMD): _WDMD}
        return {**wdmd, _drop_in(sanlock_client.UNIT): _ORDER}

    def _before(self, host: Host, off: Path | None) -> dict[str, Any]:
        return {
            "active": units.state(host, WDMD).is_active,
            "there": [str(path) for path in map(_drop_in, (WDMD, sanlock_client.UNIT)) if armed_watchdog.text(host, path)],
            "file": str(off or ""),
            "options": armed_watchdog.text(host, off) if off is not None else None,
        }

    def _start(self, host: Host, progress: Progress) -> None:
        """wdmd first: a sanlock that uses the watchdog gets no lockspace without it."""
        if units.state(host, WDMD).is_active:
            return
        progress.amount(0, int(units.JOB_SECONDS), f"starting {WDMD}", "seconds")
        units.reset_failed(host, WDMD)
        try:
            units.start(host, WDMD)
        except CommandFailed as error:
            hint = "See who has /dev/watchdog open. Without a watchdog: reset, then deploy with --set HC_CORE/watchdog=False."
            raise CommandFailed(error.message, hint=hint, host=host.name) from error

    def _to_restart(self, host: Host) -> bool:
        """Whether the daemon runs without the watchdog and can be restarted."""
        return armed_watchdog.used(host) is False and not self._held(host)

    def _held(self, host: Host) -> bool:
        """Whether sanlock holds a lockspace. Raises CommandFailed when it runs and does not say."""
        found = sanlock_client.status(host)
        return found is not None and bool(found.lockspaces)

    def _put_options_back(self, host: Host, before: Any) -> None:
        old = before["options"]
        if old is None:
            return
        path = Path(before["file"])
        now = armed_watchdog.text(host, path)
        if now not in (old, with_watchdog(old)):
            message = f"{path} was edited since it was written"
            raise Conflict(message, hint="Put its options in order by hand: it had `-w 0` before.", host=host.name)
        if now != old:
            host.write(path, old.encode("utf-8", "surrogateescape"))
