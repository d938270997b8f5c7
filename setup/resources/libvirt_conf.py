"""libvirt's QEMU driver on a host, told to take sanlock leases: `qemu.conf` and `qemu-sanlock.conf`, and libvirtd restarted.

**Commit point**: the rename of the new `qemu.conf`, written after `qemu-sanlock.conf`; the daemon is restarted after it. A kill
**before** it leaves a `qemu-sanlock.conf` that nobody reads yet; a kill **after** it leaves the files in place and the daemon as
it was, and applying again sees that the daemon is older than its configuration and restarts it.
`undo` **knows what is ours** by the content: a file is put back only while it is what was written; one that was edited since is
a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.whole_file import write_file
from ovirt_hc_setup.formats.libvirt import qemu_conf
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, blocked, conflict, needed
from ovirt_hc_setup.system.host.files import remove_file
from ovirt_hc_setup.system.libvirt import libvirt_daemon
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect

QEMU_CONF = Path("/etc/libvirt/qemu.conf")
SANLOCK_CONF = Path("/etc/libvirt/qemu-sanlock.conf")


@dataclass(frozen=True, kw_only=True)
class LibvirtConf(Resource):
    """`host_id` is the one in the domain's lockspace."""

    host_id: HostNumber
    exclusive: str = "libvirtd"

    @property
    def makes(self) -> tuple[str, ...]:
        return ("configuration of libvirt",)

    def describe(self) -> tuple[str, ...]:
        return (
            "Configure libvirt to use sanlock leases for VMs that have one",
            f'lock_manager = "sanlock" in {QEMU_CONF}, host_id = {self.host_id} in {SANLOCK_CONF}; libvirt is restarted',
        )

    def probe(self, host: Host) -> State:
        if not QEMU_CONF.is_file():
            return blocked(f"{QEMU_CONF} does not exist: libvirt's QEMU driver is not installed")
        if libvirt_daemon.lock_plugin(host) is None:
            return blocked("libvirt's sanlock plugin is not installed (libvirt-sanlock, or libvirt-daemon-plugin-sanlock)")
        for path, settings in self._wanted.items():
            if not qemu_conf.has_settings(_text(path), settings):
                others = self._others(host)
                if others:
                    return conflict(f"libvirt must be restarted, but VMs run on this host: {others}", "Shut them down first.")
                return needed(f"{path} does not have {', '.join(f'{key} = {value}' for key, value in settings.items())}")
        stale = libvirt_daemon.older_than(host, QEMU_CONF, SANLOCK_CONF)
        return needed("libvirt runs with its old configuration") if stale else DONE

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        self._keep(record)
        for path, settings in sorted(self._wanted.items(), reverse=True):
            if path == QEMU_CONF:
                record.committing()
            if not qemu_conf.has_settings(_text(path), settings):
                mode = path.stat().st_mode & 0o777 if path.is_file() else 0o600
                host.write(path, qemu_conf.with_settings(_text(path), settings).encode(), mode=mode)
        self._restart(host, progress)

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        before = record.before
        others = self._others(host)
        if others:
            raise Conflict(f"VMs run on this host: {others}", hint="Shut them down first.", resource=self.name, host=host.name)
        changed = [self._put_back(host, path, before["files"][str(path)], record) for path in sorted(self._wanted)]
        if any(changed) or libvirt_daemon.older_than(host, QEMU_CONF):
            self._restart(host, progress)

    @property
    def _wanted(self) -> Mapping[Path, Mapping[str, str | int]]:
        return {QEMU_CONF: qemu_conf.LOCK_MANAGER, SANLOCK_CONF: qemu_conf.sanlock_settings(self.host_id.number)}

    def _keep(self, record: Record) -> None:
        if record.before:
            return
        for path in self._wanted:
            if path.is_file():
                write_file(record.backups / path.name, path.read_bytes(), mode=0o600)
        modes = {str(path): path.stat().st_mode & 0o777 if path.is_file() else None for path in self._wanted}
        record.keep({"files": modes})

    def _put_back(self, host: Host, path: Path, mode: int | None, record: Record) -> bool:
        old = (record.backups / path.name).read_text() if mode is not None else ""
        now = _text(path)
        if now == old:
            return False
        if now != qemu_conf.with_settings(old, self._wanted[path]):
            hint = f"Fix it by hand: `lock_manager` in {QEMU_CONF}, the host id in {SANLOCK_CONF}."
            raise Conflict(f"{path} was edited since it was written", hint=hint, resource=self.name, host=host.name)
        if mode is None:
            remove_file(path)
        else:
            host.write(path, old.encode(), mode=mode)
        return True

    def _restart(self, host: Host, progress: Progress) -> None:
        progress.amount(0, 60, "restarting libvirt", "seconds")
        libvirt_daemon.restart(host)
        with connect() as libvirt:
            libvirt.vms()

    def _others(self, host: Host) -> str:
        if not libvirt_daemon.is_active(host):
            return ""
        with connect() as libvirt:
            return ", ".join(vm.name for vm in libvirt.vms() if vm.running)


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
