"""The last words of a run that failed: why, the VM's console, the lines of the logs that matter, and a bundle of all of it.

Whatever goes wrong here is said beside the failure that is told of, and never in the place of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.os_errors import of_the_world
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.model.engine_vm import NAME
from ovirt_hc_setup.report.closing import failed_page, vm_is_there
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.report.words import size
from ovirt_hc_setup.runner.attempt import newest_attempt
from ovirt_hc_setup.runner.run_folder import RunFolder, all_runs
from ovirt_hc_setup.sitting.bundling import make
from ovirt_hc_setup.sitting.following import unit_of
from ovirt_hc_setup.system.deployment import telling_logs
from ovirt_hc_setup.system.deployment.bundle_parts import without_secrets
from ovirt_hc_setup.system.libvirt import vm_logs

BUNDLES = Path("/var/lib/ovirt-hc-setup/bundles")
LIMIT = 60.0  # seconds
CONSOLE_LINES = 8
BY_HAND = "ovirt-hc-setup bundle"


def tell(host: Host, folder: RunFolder, report: Reporter, *, bundle: bool = True) -> None:
    """Tell why the latest attempt at a run failed; with `bundle` make one, in the place of an earlier one of this run."""
    try:
        console, logs = _told(host, folder)
    except (SetupError, OSError):  # a damaged run folder, say
        console, logs = (), ()
    report(Note(text=failed_page(folder, f"journalctl -u {unit_of(folder)}", console, logs)))
    path = BUNDLES / f"{folder.id}.tar.gz"
    if bundle:
        _bundle(host, folder, path, report)
    elif path.exists():
        report(Note(text=f"Bundle for a bug report: {path}"))
    else:
        report(Note(text=f"Bundle for a bug report, without secrets: {BY_HAND}"))


def _bundle(host: Host, folder: RunFolder, path: Path, report: Reporter) -> None:
    report(Note(text=f"Gathering the logs of all hosts for a bug report; this takes up to {LIMIT:.0f} s, Ctrl-C leaves it out."))
    try:
        BUNDLES.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = make(host, all_runs(), [folder], path, LIMIT)
    except KeyboardInterrupt:
        report(Note(text=f"No bundle was made. To make one: {BY_HAND}"))
    except (SetupError, OSError) as error:
        told = of_the_world(error) if isinstance(error, OSError) else error
        report(Note(level="warning", text=f"No bundle was made: {told.message}. To make one: {BY_HAND}"))
    else:
        missing = f"; could not be reached: {', '.join(made.unreached)}" if made.unreached else ""
        report(Note(text=f"Bundle for a bug report: {path} ({size(made.size)}, without secrets{missing})"))


def _told(host: Host, folder: RunFolder) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The last lines of the VM's console, and the errors in the logs."""
    secrets, attempt = list(folder.secrets.all().values()), newest_attempt(folder.events)
    console = vm_logs.console(NAME, CONSOLE_LINES) if vm_is_there(folder) else ()
    logs = telling_logs.since(host, attempt.begun) if attempt else ()
    return _masked(console, secrets), _masked(logs, secrets)


def _masked(lines: Iterable[str], secrets: list[Secret]) -> tuple[str, ...]:
    """Masked whole and then cut: half a secret is one too."""
    return tuple(without_secrets(line, secrets)[: telling_logs.LONGEST] for line in lines)
