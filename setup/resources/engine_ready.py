"""engine-setup in the engine VM, followed until the engine's health page answers.

It changes nothing on the host, so it has no **commit point** of its own: a kill, **before** or **after** any moment, leaves
engine-setup going on in the guest, and applying again goes on listening. The port's last line is a convenience; the health page
decides. `undo` has nothing to take back, so nothing could fail to be **ours**: what happened in the guest goes with its disk.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.events import plain
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats import engine_setup
from ovirt_hc_setup.model.engine_vm import SETUP_PORT
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, needed
from ovirt_hc_setup.system import engine_health
from ovirt_hc_setup.system.engine_health import Health
from ovirt_hc_setup.system.libvirt_domains import connect
from ovirt_hc_setup.system.setup_channel import SetupChannel

SOURCE = "engine-setup"
SHOWN_LINES = 12
ASK_EVERY = 3.0
GRACE = 30.0
"""Seconds of silence after which a port that is open is not waited for any more, once the health page is up."""


@dataclass(frozen=True, kw_only=True)
class EngineReady(Resource):
    """`limit` is the seconds that engine-setup may take, counted from when somebody listens."""

    fqdn: Fqdn
    vm: UUID
    limit: int = 3600

    def describe(self) -> tuple[str, ...]:
        return (f"Wait for engine-setup, until {engine_health.url(self.fqdn)} answers", f"for at most {self.limit // 60} minutes")

    def probe(self, host: Host) -> State:
        health = engine_health.ask(self.fqdn)
        if not health.up:
            return needed(f"the engine is not up: {health.said}")
        # A page that some other engine answers under this name says nothing of ours.
        return DONE if self._runs_here() else needed(f"{engine_health.url(self.fqdn)} answers, but the engine VM is not running")

    def _runs_here(self) -> bool:
        with connect() as libvirt:
            found = libvirt.find(self.vm)
            return found is not None and found.running

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        record.keep({"vm": str(self.vm)})
        record.committing()
        watch = _Watch(self, host, progress)
        try:
            watch.until_up()
        finally:
            watch.close()

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        """Nothing: see above."""


@dataclass
class _Watch:
    """One watching: the port read line by line, the health page asked every few seconds in a thread of its own."""

    ready: EngineReady
    host: Host
    progress: Progress
    channel: SetupChannel = field(default_factory=SetupChannel)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_LINES))
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    health: Health = field(default_factory=lambda: Health(False, "not checked yet"))
    asking: Future[Health] | None = None
    asked_at: float = 0.0
    stirred_at: float = 0.0
    succeeded: bool = False

    def until_up(self) -> None:
        begun = time.monotonic()
        while not self._finished():
            waited = time.monotonic() - begun
            if waited > self.ready.limit and not self.health.up:
                raise self._failed(f"the engine is not up after {self.ready.limit} s: {self.health.said}")
            self.progress.amount(int(waited), self.ready.limit, self._text(), "seconds")
            self._listen()
            self._ask()

    def close(self) -> None:
        self.channel.close()
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _finished(self) -> bool:
        if not self.health.up:
            return False
        # A health page that is up while the port still talks: the last steps of engine-setup are not done yet.
        return self.succeeded or not self.channel.connected or time.monotonic() - self.stirred_at > GRACE

    def _listen(self) -> None:
        if not self.channel.connected and not self._connect():
            time.sleep(1)
            return
        for line in self.channel.lines(1.0):
            self._hear(plain(line).rstrip())

    def _connect(self) -> bool:
        with connect() as libvirt:
            found = libvirt.find(self.ready.vm)
            if found is None or not found.running:
                state = found.state if found else "not there"
                raise self._failed(f"the engine VM is {state}, so engine-setup cannot go on")
            path = libvirt.definition(self.ready.vm, live=True).channels.get(SETUP_PORT)
        return path is not None and self.channel.connect(Path(path))

    def _hear(self, line: str) -> None:
        self.stirred_at = time.monotonic()
        if line == engine_setup.FAILURE:
            raise self._failed("engine-setup failed in the engine VM")
        if line == engine_setup.SUCCESS:
            self.succeeded = True
        elif line:
            self.last.append(line)
            self.progress.line(SOURCE, line)

    def _ask(self) -> None:
        now = time.monotonic()
        if self.asking is not None and self.asking.done():
            before, self.health, self.asking = self.health, self.asking.result(), None
            if self.health.up and not before.up:
                self.stirred_at = now
        if self.asking is None and now - self.asked_at > ASK_EVERY:
            self.asked_at = now
            self.asking = self.pool.submit(engine_health.ask, self.ready.fqdn)

    def _text(self) -> str:
        if self.succeeded:
            return f"engine-setup finished, waiting for the health page ({self.health.said})"
        if self.health.up:
            return "the engine is up, waiting for engine-setup's last steps"
        return "waiting for engine-setup" if self.last else "waiting for the engine VM to boot"

    def _failed(self, message: str) -> SetupError:
        said = "".join(f"\n    {line}" for line in self.last)
        guest = f"in the VM {engine_setup.GUEST_LOG} and /var/log/ovirt-engine/setup/"
        hint = f"Look {guest}; its console is at `virsh console HostedEngine`. After fixing it, run the same command again."
        return SetupError(message + said, hint=hint, resource=self.ready.name, host=self.host.name)
