"""A lab as a whole: bringing it up, mending it, using its hosts, taking it down."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, NotDeployed, SetupError, UsageError
from ovirt_hc_setup.base.host import Outcome
from ovirt_hc_setup.lab import places
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.devices import try_kvm
from ovirt_hc_setup.lab.early_end import CONSOLE_SHOWN, ended_at_once
from ovirt_hc_setup.lab.guest import LabHost
from ovirt_hc_setup.lab.host_kinds import HostKind, kind_asked_for, note_kind, noted_kind
from ovirt_hc_setup.lab.inside import Inside
from ovirt_hc_setup.lab.keeping import end_lab, running_keeper, start_keeper, wait_ready
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.limits import raise_limits, restore_limits
from ovirt_hc_setup.lab.network import ensure_network
from ovirt_hc_setup.lab.places import Places, known_host
from ovirt_hc_setup.lab.processes import keeper_of, supervisor_of
from ovirt_hc_setup.lab.program import compile_program
from ovirt_hc_setup.lab.refusals import install_needed, refuse
from ovirt_hc_setup.lab.ssh_keys import KeyFiles

BOOT_LIMIT = 90.0
_ADDRESS_LIMIT = 60.0
_END_LIMIT = 60.0
_BOOTED = ("running", "degraded")


def _silent(_: str) -> None: ...


class Lab:
    """Three hosts on this machine, or more. Labs of several names can be up at once, each in a network of its own."""

    def __init__(self, name: str | None = None) -> None:
        self.places = Places(places.lab_name(name))

    @property
    def name(self) -> str:
        return self.places.name

    @property
    def kind(self) -> HostKind:
        """Of what kind its hosts are, or would be if it were brought up now."""
        return noted_kind(self.places) or kind_asked_for()

    def up(
        self,
        progress: Progress = _silent,
        number: int = len(places.HOSTS),
        kind: HostKind | None = None,
        boot_limit: float = BOOT_LIMIT,
    ) -> None:
        """Bring up what is not up of `number` hosts, each within so many seconds; fast when all is. Those beyond the third have
        no disks.

        Without a kind it is the one that the lab has, else the one that the environment asks for, else containers.
        Raises UsageError or Conflict where no lab can or must be made.
        """
        wanted = places.EVERY_HOST[:number]
        with self.locked(progress):
            kind = self._agreed_kind(kind)
            fresh = not self.places.state.exists()
            if keeper_of(self.places.state) is None:
                self._make(kind, number, progress)
            try:
                started = self._start_hosts(kind, wanted, progress, boot_limit)
            except UsageError:
                if fresh:  # this machine runs no such hosts, so the lab is none
                    end_lab(self.places)
                    restore_limits()
                raise
        progress(f"lab {self.name} is up: {', '.join(wanted)}" + ("" if started else " (it was already)"))

    def _make(self, kind: HostKind, number: int, progress: Progress) -> None:
        refuse()
        install_needed(progress)
        try_kvm(progress)
        compile_program()
        kind.refuse(number)
        start_keeper(self.places, kind.made_of(progress), progress, loop_disks=kind.loop_disks)
        note_kind(self.places, kind)
        raise_limits(progress)  # now that our state is there: a lab that goes meanwhile leaves the limits to us

    def _start_hosts(self, kind: HostKind, wanted: tuple[str, ...], progress: Progress, limit: float) -> list[str]:
        """Start those that are off and wait for all; which ones were started."""
        wait_ready(self.places)
        inside = Inside(running_keeper(self.places))
        ensure_network(inside, self.places, kind.topology)
        KeyFiles(self.places.keys).ensure()
        started = [host for host in wanted if self._ensure_started(inside, host, progress)]
        for host in wanted:
            if self.wait_running(host, limit) == "degraded":
                progress(f"{host} is up, but some of its units failed: see `systemctl --failed` there")
            if kind.topology.ipv6:
                self._wait_ipv6(host, kind.topology.top)
        return started

    def _wait_ipv6(self, host: str, link: str) -> None:
        """Wait until the address of a host can be used: before that the kernel looks for another machine that has it."""
        there = f"ip -6 -o address show dev {link} scope global"
        script = f'[ -n "$({there})" ] && [ -z "$({there} tentative)" ]'
        found = self.host(host)
        wait_for(f"the IPv6 address of {host}", _ADDRESS_LIMIT, lambda: found.run("sh", "-c", script, check=False).ok, poll=0.2)

    def down(self, progress: Progress = _silent) -> None:
        """End and remove all of it, whatever state it is in. Raises SetupError when something will not go."""
        with self.locked(progress):
            end_lab(self.places)
            restore_limits()
        progress(f"lab {self.name} is down")

    def is_up(self) -> bool:
        """Whether all three run (they may still be booting)."""
        keeper = keeper_of(self.places.state)
        return keeper is not None and all(self.kind.running(self.places, keeper, host) for host in places.HOSTS)

    def started(self) -> list[str]:
        """The hosts that run, be they booting or standing still. Raises NotDeployed when the lab is not up."""
        keeper = running_keeper(self.places)
        return [host for host in places.EVERY_HOST if self.kind.running(self.places, keeper, host)]

    def host(self, name: str) -> LabHost:
        """A running host; raises NotDeployed when the lab or the host is not up, UsageError for an unknown one."""
        short = known_host(name)
        found = self.kind.running(self.places, running_keeper(self.places), short)
        if found is None:
            raise NotDeployed(f"{short} of lab {self.name} is off", hint="To start it: ovirt-hc-setup lab up")
        return found

    def exec(self, host: str, *argv: str, timeout: float = 60, stdin: bytes | None = None, check: bool = True) -> Outcome:
        """Run a command in a host as root; with `check`, a failure raises CommandFailed."""
        return self.host(host).run(*argv, timeout=timeout, stdin=stdin, check=check)

    def disks(self, host: str) -> list[Path]:
        """The spare disks of a host, as they are called in it. Raises NotDeployed when the lab is not up."""
        running_keeper(self.places)
        return self.kind.disks(self.places, known_host(host))

    def kill(self, host: str) -> None:
        """End a host as a power failure would; returns when nothing of it runs any more. `start` boots it again."""
        found = self.host(host)
        keeper = running_keeper(self.places)
        self.kind.cut_power(self.places, found)
        wait_for(f"{host} to end", _END_LIMIT, lambda: supervisor_of(keeper, found.name) is None)

    def start(self, host: str) -> None:
        """Boot a host that is off; returns when it is up."""
        with self.locked():
            self._ensure_started(Inside(running_keeper(self.places)), known_host(host), _silent)
        self.wait_running(host)

    def reboot(self, host: str, timeout: float = BOOT_LIMIT) -> None:
        """Reboot a host in the orderly way; returns when it is up again. `timeout`, in seconds, is for going down."""
        found = self.host(host)
        before = found.boot()
        found.run("systemctl", "--no-block", "reboot", check=False)
        wait_for(f"{host} to go down", timeout, lambda: self._boot_ended(host, before))
        self.wait_running(host)

    def _boot_ended(self, host: str, before: str) -> bool:
        try:
            return self.host(host).boot() != before
        except NotDeployed:
            return True
        except SetupError:
            return False  # it cannot be asked just now, as between two boots

    def wait_running(self, host: str, timeout: float = BOOT_LIMIT) -> str:
        """Wait until a host has booted: systemd's word for how it is, `running` or `degraded`. Raises SetupError."""
        short = known_host(host)
        said = ""

        def booted() -> bool:
            nonlocal said
            said = self._system_state(short)
            return said in _BOOTED

        wait_for(f"{short} to boot; its console said last:\n{self._console(short)[-CONSOLE_SHOWN:]}", timeout, booted)
        return said

    def _system_state(self, host: str) -> str:
        keeper = running_keeper(self.places)
        found = self.kind.running(self.places, keeper, host)
        if found is not None:
            with contextlib.suppress(SetupError):  # it takes no commands yet
                return found.run("systemctl", "is-system-running", check=False).out.strip()
        elif supervisor_of(keeper, host) is None:
            raise ended_at_once(host, self._console(host))
        return ""

    def _started(self, inside: Inside, host: str, said: int) -> bool:
        """Whether it boots, when its console had `said` so much before. Raises SetupError when it has ended already."""
        console = self._console(host)  # before its process is looked for: what has spoken and is not there is gone
        if supervisor_of(inside.keeper, host) is not None:
            return True
        if len(console) > said:
            raise ended_at_once(host, console[said:])
        return False

    def _console(self, host: str) -> str:
        log = self.places.logs / f"{host}.console"
        return log.read_text(errors="replace") if log.exists() else ""

    def _ensure_started(self, inside: Inside, host: str, progress: Progress) -> bool:
        # A host that is between two boots has a supervisor and no init: it comes by itself.
        off = supervisor_of(inside.keeper, host) is None
        if off:
            progress(f"starting {host}")
            said = len(self._console(host))
            self.kind.start(inside, self.places, host)
            wait_for(f"{host} to be started", _END_LIMIT, lambda: self._started(inside, host, said))
        self.kind.refresh(inside, self.places, host)
        return off

    def _agreed_kind(self, wanted: HostKind | None) -> HostKind:
        found = noted_kind(self.places) if keeper_of(self.places.state) else None
        if found and wanted and found != wanted:
            how = f"hosts of the kind '{found.name}', of {', '.join(found.suites)}, wired as '{found.topology.name}'"
            raise Conflict(
                f"lab {self.name} is up with {how}",
                hint="Take it down first, or give another --name.",
            )
        return found or wanted or self.kind

    @contextlib.contextmanager
    def locked(self, progress: Progress = _silent) -> Iterator[None]:
        """Alone with the lab: of those that change it, one at a time."""
        self.places.lock.parent.mkdir(parents=True, exist_ok=True)
        with self.places.lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress(f"waiting for another process that is busy with lab {self.name}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
