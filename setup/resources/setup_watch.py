"""Watching engine-setup: the guest's port read line by line, the health page and the guest's address looked at beside it."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import heed, pause
from ovirt_hc_setup.formats.appliance import engine_setup
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.engine_vm import NAME, SETUP_PORT, VM_LOGS
from ovirt_hc_setup.runner.resource import Progress
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.deployment.engine_health import HealthPage
from ovirt_hc_setup.system.deployment.setup_channel import SetupChannel
from ovirt_hc_setup.system.deployment.unreached_guest import missing
from ovirt_hc_setup.system.libvirt import vm_logs
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect

SOURCE = "engine-setup"
SHOWN_LINES = 12
CONSOLE_LINES = 6
ASK_EVERY = 3.0
GRACE = 30.0
"""Seconds of silence after which a port that is open is not waited for any more, once the health page is up."""

LOOK_AFTER = 120.0
"""Seconds after which a guest that cannot be reached is looked for: to boot takes one minute, without KVM two."""

LOOK_EVERY = 30.0
UNREACHED_LIMIT = 900.0
"""Seconds for a guest that has not said a word, and that has not the address it should have."""

AFTER_SUCCESS = 600.0
"""Seconds for the health page to answer when engine-setup has ended well: the engine starts within three minutes."""


@dataclass(frozen=True)
class GuestLook:
    """One look at the guest: its health page, and what is missing where that does not answer."""

    health: HealthPage = field(default_factory=lambda: HealthPage(False, "not checked yet"))
    missing: str = ""


class SetupWatch:
    """One watching. `limit` is the seconds it may take."""

    def __init__(self, host: Host, guest: EngineGuest, limit: int, progress: Progress) -> None:
        self._host, self._guest, self._limit, self._progress = host, guest, limit, progress
        self._channel = SetupChannel()
        self._pool = ThreadPoolExecutor(1)
        self._last: deque[str] = deque(maxlen=SHOWN_LINES)
        self._begun = self._stirred_at = time.monotonic()
        self._seen = GuestLook()
        self._asking: Future[GuestLook] | None = None
        self._asked_at = self._looked_at = 0.0
        self._succeeded_at = 0.0
        self._interrupted = False

    def until_up(self) -> bool:
        """True when the engine is up, False when the guest says that engine-setup was interrupted. Raises SetupError."""
        while not self._finished():
            if self._interrupted:
                return False
            self._refuse_too_late()
            self._progress.amount(int(self._waited), self._limit, self._text(), "seconds")
            heed()
            self._listen()
            self._ask()
        return True

    def close(self) -> None:
        self._channel.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def _waited(self) -> float:
        return time.monotonic() - self._begun

    def _finished(self) -> bool:
        if not self._seen.health.up or self._interrupted:
            return False
        # A health page that is up while the port still talks: the last steps of engine-setup are not done yet.
        silent = time.monotonic() - self._stirred_at > GRACE
        return bool(self._succeeded_at) or not self._channel.connected or silent

    def _refuse_too_late(self) -> None:
        said, waited = self._seen.missing or self._seen.health.said, self._waited
        if waited > self._limit and self._seen.health.up:
            raise self._failed(f"the engine is up, and engine-setup has not ended after {self._limit} s")
        if waited > self._limit:
            raise self._failed(f"the engine is not up after {self._limit} s: {said}")
        if self._succeeded_at and time.monotonic() - self._succeeded_at > AFTER_SUCCESS and not self._seen.health.up:
            raise self._failed(f"engine-setup has ended well, and the engine is not up {AFTER_SUCCESS:.0f} s later: {said}")
        if self._seen.missing and not self._last and waited > UNREACHED_LIMIT:
            raise self._failed(f"the engine VM could not be reached within {UNREACHED_LIMIT:.0f} s: {said}")

    def _listen(self) -> None:
        if not self._channel.connected and not self._connect():
            pause(1)
            return
        for line in self._channel.lines(1.0):
            self._hear(plain(line).rstrip())

    def _connect(self) -> bool:
        with connect() as libvirt:
            found = libvirt.find(self._guest.uuid)
            if found is None or not found.running:
                raise self._ended(found.condition if found else "not there")
            path = libvirt.definition(self._guest.uuid, live=True).channels.get(SETUP_PORT)
        return path is not None and self._channel.connect(Path(path))

    def _hear(self, line: str) -> None:
        self._stirred_at = time.monotonic()
        if line == engine_setup.FAILURE:
            raise self._failed("engine-setup failed in the engine VM")
        if line == engine_setup.INTERRUPTED:
            self._interrupted = True
        elif line == engine_setup.SUCCESS:
            self._succeeded_at = self._stirred_at
        elif line:
            self._last.append(line)
            self._progress.line(SOURCE, line)

    def _ask(self) -> None:
        now = time.monotonic()
        if self._asking is not None and self._asking.done():
            before, self._seen, self._asking = self._seen, self._asking.result(), None
            if self._seen.health.up and not before.health.up:
                self._stirred_at = now
            if self._seen.missing and self._seen.missing != before.missing:
                self._progress.note(f"The engine VM cannot be reached yet: {self._seen.missing}.", "warning")
        if self._asking is None and now - self._asked_at > ASK_EVERY:
            self._asked_at = now
            self._asking = self._pool.submit(self._look)

    def _look(self) -> GuestLook:
        health = engine_health.ask(self._guest.fqdn)
        if health.up or self._waited < LOOK_AFTER:
            return GuestLook(health)
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return GuestLook(health, self._seen.missing)
        self._looked_at = time.monotonic()
        return GuestLook(health, missing(self._host, self._guest))

    def _text(self) -> str:
        if self._seen.missing:
            return self._seen.missing
        if self._succeeded_at:
            return f"engine-setup finished, waiting for the health page ({self._seen.health.said})"
        if self._seen.health.up:
            return "the engine is up, waiting for engine-setup's last steps"
        said = [self._last[-1]] if self._last else list(vm_logs.console(NAME, 1))
        return "".join(said) or "waiting for the engine VM to boot"

    def _failed(self, message: str) -> SetupError:
        said = "".join(f"\n    {line}" for line in self._last)
        console = vm_logs.console(NAME, CONSOLE_LINES)
        shown = "".join(f"\n    {line}" for line in ("The VM's console, its last lines:", *console)) if console else ""
        guest = f"in the VM {engine_setup.GUEST_LOG} and /var/log/ovirt-engine/setup/"
        hint = f"Look {guest}; its console: `virsh console {NAME}`. After fixing it, run the same command again."
        return SetupError(message + said + shown, hint=hint)

    def _ended(self, condition: str) -> SetupError:
        said = "".join(f"\n    {line}" for line in vm_logs.qemu(NAME, CONSOLE_LINES))
        hint = (
            f"QEMU's log is {VM_LOGS / NAME}.log; look also at `journalctl -u libvirtd -u virtqemud`, and at "
            "`journalctl -k` for the kernel's out-of-memory killer. The same command starts the VM again."
        )
        return SetupError(f"the engine VM ended before engine-setup did ({condition}){said}", hint=hint)
