"""Starting a worker and watching it: the front-end only reads the events file, so it can come and go."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ovirt_hc_setup.base.errors import Declined, SetupError, ViewLost
from ovirt_hc_setup.base.events import Note, RunEnded
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.event_log import Follower
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.system.transient_unit import is_active, start_transient

LOOK_EVERY = 0.1  # seconds between two looks into the events file
ALIVE_EVERY = 1.0  # seconds between two looks whether the worker lives

INTERRUPTED = 130
WAYS = ("detach", "stop", "continue")
MENU = "\n[d]etach (work continues), [s]top after this step, [c]ontinue watching [d]: "


def unit_of(folder: RunFolder) -> str:
    return f"ovirt-hc-setup-{folder.id}.service"


def start_worker(host: Host, folder: RunFolder, action: str, *, verbose: bool = False) -> Follower:
    """Start a worker on a run folder; the follower sees what comes from now on."""
    follower = Follower(folder.events, from_end=True)
    argv = (sys.executable, "-m", "ovirt_hc_setup", "worker", action, str(folder.path), *(("--verbose",) if verbose else ()))
    start_transient(host, unit_of(folder), f"ovirt-hc-setup {folder.verb} {action}", argv)
    return follower


def follow(host: Host, folder: RunFolder, follower: Follower, report: Reporter, menu: Dialog | None) -> int:
    """Show events until the run ends; its exit code. `menu` asks what Ctrl-C means; with None it leaves the view.

    Raises SetupError when the worker is gone without a last word.
    """
    with leaving_quietly():
        while True:
            try:
                return _watch(host, folder, follower, report)
            except KeyboardInterrupt:
                code = _interrupted(folder, report, menu)
                if code is not None:
                    return code


@contextmanager
def leaving_quietly() -> Iterator[None]:
    """A terminal that is gone (SIGHUP), and SIGTERM, end the view with ViewLost, so that the terminal is left as it was found.
    Where SIGHUP is ignored, as under nohup, it stays so."""
    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    wanted = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in wanted:
        signal.signal(number, _view_lost)
    try:
        yield
    finally:
        for number in wanted:
            signal.signal(number, signal.SIG_DFL)


def _view_lost(number: int, frame: object) -> None:
    raise ViewLost


def _watch(host: Host, folder: RunFolder, follower: Follower, report: Reporter) -> int:
    looked = time.monotonic()
    alive = True
    while True:
        for event in follower.new():
            report(event)
            if isinstance(event, RunEnded):
                return event.exit_code
        if not alive:
            raise SetupError(
                "the worker ended without a result: it was killed, or the host was restarted",
                hint=f"Run the same command again to continue. Its log: journalctl -u {unit_of(folder)}",
            )
        if time.monotonic() - looked > ALIVE_EVERY:
            # Looked at before the last reading of events, so that a last word is never missed.
            alive, looked = is_active(host, unit_of(folder)), time.monotonic()
        time.sleep(LOOK_EVERY if alive else 0)


def _interrupted(folder: RunFolder, report: Reporter, menu: Dialog | None) -> int | None:
    """What Ctrl-C means: leave the view, stop the work, or neither (None)."""
    word = "detach"
    if menu is not None:
        with report.pause():
            word = _meant(menu)
    if word == "continue":
        return None
    if word == "stop":
        folder.ask_to_stop()
        report(Note(level="warning", text="Stopping after the current step. To continue later, run the same command again."))
        return None
    report(Note(text=f"The work continues. To watch it again: ovirt-hc-setup {folder.verb} --attach"))
    return INTERRUPTED


def _meant(menu: Dialog) -> str:
    """One of WAYS; Ctrl-C once more leaves."""
    while True:
        try:
            typed = menu.text(MENU, name="HC_INTERRUPTED").lower() or "detach"
        except Declined:
            return "detach"
        if found := [way for way in WAYS if way.startswith(typed)]:
            return found[0]
