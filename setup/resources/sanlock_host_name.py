"""The name that sanlock writes into the leases of this host, fixed, so that a host that died has its id back in 21 s, not 161.

**Commit point**: `sanlock.conf` is renamed into place with the line; a running daemon is restarted after it, but only while
it holds no lockspace (with one held, the name takes effect at its next start). A kill **before** it leaves the old file; a
kill **after** it leaves the line with the daemon under its old name, and applying again restarts it.
A name that VDSM has set stays: it is fixed too, and VDSM does not start with another one.
`undo` **knows that it is ours** by the line: while it says our name, the line that was there before (or none) is put back,
whatever else was edited in the file; when it says something else, it was changed since and is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.sanlock import sanlock_conf
from ovirt_hc_setup.runner.resource import DONE, Progress, Record, Resource, State, Verdict, needed
from ovirt_hc_setup.system.host import folders
from ovirt_hc_setup.system.host.files import remove_file
from ovirt_hc_setup.system.sanlock import sanlock_client


@dataclass(frozen=True, kw_only=True)
class SanlockHostName(Resource):
    """`host_name`: at most 47 letters, digits, dots, dashes and underscores; different on every host."""

    host_name: str

    @property
    def makes(self) -> tuple[str, ...]:
        return ("host name of sanlock",)

    def describe(self) -> tuple[str, ...]:
        return (
            f"Set this host's name in sanlock to {self.host_name}",
            f"our_host_name in {sanlock_client.CONF}, so that after a crash this host regains its id in 21 s",
        )

    def probe(self, host: Host) -> State:
        name = sanlock_conf.host_name(_text(host) or "")
        if sanlock_conf.is_vdsms(name):
            return DONE
        if name != self.host_name:
            return needed(f"{sanlock_client.CONF} does not have our_host_name = {self.host_name}")
        found = sanlock_client.status(host)
        if found is None or found.lockspaces or found.daemon == self.host_name:
            return DONE
        return needed(f"the sanlock daemon still calls this host {found.daemon}")

    def apply(self, host: Host, record: Record, progress: Progress) -> None:
        text = _text(host)
        if sanlock_conf.host_name(text or "") != self.host_name:
            wanted = sanlock_conf.with_host_name(text or "", self.host_name)
            folder = sanlock_client.CONF.parent in folders.missing_folders(host, sanlock_client.CONF)
            record.keep({"existed": text is not None, "name": sanlock_conf.host_name(text or ""), "folder": folder})
            record.committing()
            host.write(sanlock_client.CONF, wanted.encode("utf-8", "surrogateescape"))
        found = sanlock_client.status(host)
        if found is not None and found.lockspaces and found.daemon != self.host_name:
            progress.note("sanlock holds lockspaces: the new name is used after its next start", "warning")
        elif self.probe(host).verdict is Verdict.NEEDED:
            sanlock_client.restart(host, self.host_name, partial(progress.amount, unit="seconds"))

    def undo(self, host: Host, record: Record, progress: Progress) -> None:
        text = _text(host)
        if text is None or sanlock_conf.host_name(text) != self.host_name:
            return
        restored = sanlock_conf.with_host_name(text, record.before["name"])
        if restored.strip() or record.before["existed"]:
            host.write(sanlock_client.CONF, restored.encode("utf-8", "surrogateescape"))
        else:
            remove_file(sanlock_client.CONF)
            if record.before.get("folder"):
                folders.remove_folder_if_empty(host, sanlock_client.CONF.parent)
        found = sanlock_client.status(host)
        if found is not None and not found.lockspaces:
            sanlock_client.restart(host, record.before["name"] or "", partial(progress.amount, unit="seconds"))


def _text(host: Host) -> str | None:
    try:
        return host.read(sanlock_client.CONF).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
