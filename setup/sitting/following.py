"""Starting a worker and watching it: the front-end only reads the events file, so it can come and go."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ovirt_hc_setup.base.errors import Declined, SetupError, ViewLost
from ovirt_hc_setup.base.event_types import Note, RunBegun, RunEnded
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import nobody, waits
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.attempt import newest_attempt
from ovirt_hc_setup.runner.event_log import Follower
from ovirt_hc_setup.runner.run_folder import RunFolder
from ovirt_hc_setup.system.host.terminal_session import whereabouts
from ovirt_hc_setup.system.host.transient_unit import is_active, said_since, start_transient
from ovirt_hc_setup.system.remote.sent_program import kept

LOOK_EVERY = 0.1  # seconds between two looks into the events file
SETTLED_LIMIT = 20.0  # seconds that a worker takes at most to start or to end
START_LIMIT = 5.0  # seconds from the start of a worker to its first event
ALIVE_EVERY = 1.0  # seconds between two looks whether the worker lives

INTERRUPTED = 130
WAYS = ("detach", "stop", "continue")
MENU = "\n[d]etach (work continues), [s]top after this step, [c]ontinue watching [d]: "


def unit_of(folder: RunFolder) -> str:
    return f"ovirt-hc-setup-{folder.id}.service"


def start_worker(
    host: Host, folder: RunFolder, action: str, report: Reporter, *, verbose: bool = False, leave: Sequence[str] = ()
) -> Follower:
    """Start a worker on a run folder, by the program where it stays; the follower sees what comes from now on. `leave` are
    resources that are not taken back."""
    program = kept(host, lambda text: report(Note(text=text)))
    follower = Follower(folder.events, from_end=True)
    options = (*(("--verbose",) if verbose else ()), *(f"--leave={name}" for name in leave))
    words = ("worker", action, str(folder.path), "--by", whereabouts(), *options)
    start_transient(host, unit_of(folder), f"ovirt-hc-setup {folder.verb} {action}", (*program, *words))
    return follower


def at_work(host: Host, folder: RunFolder) -> bool:
    """Whether the run's worker is at work. One that has said its last word is waited for until it is gone, one that was just
    started until it has said its first. Raises SetupError when it has said its last word and does not end."""
    for _ in waits(SETTLED_LIMIT, nobody, "", LOOK_EVERY):
        if not is_active(host, unit_of(folder)):
            return False
        attempt = newest_attempt(folder.events)
        if attempt is not None and attempt.end is None:
            return True
    if attempt is None:
        return True
    message = f"the worker of run {folder.id} has stopped working, and the kernel does not let it end"
    hint = "A storage that hangs does that: bring it back (`gluster volume status`). Then run the same command again."
    raise SetupError(f"{message}: {unit_of(folder)}", hint=hint)


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
    looked, begun = time.monotonic(), time.time()
    alive = True
    while True:
        for event in follower.new():
            report(event)
            begun = event.at if isinstance(event, RunBegun) else begun
            if isinstance(event, RunEnded):
                return event.exit_code
        if not alive:
            raise _gone(host, folder, begun)
        if time.monotonic() - looked > ALIVE_EVERY:
            # Looked at before the last reading of events, so that a last word is never missed.
            alive, looked = is_active(host, unit_of(folder)), time.monotonic()
        time.sleep(LOOK_EVERY if alive else 0)


def _gone(host: Host, folder: RunFolder, begun: float) -> SetupError:
    """Why there is no last word among the events of a worker that began at `begun`: the system's journal may have it."""
    said = said_since(host, unit_of(folder), begun - START_LIMIT)
    if said:
        hint = "Its events could not be written. Run the same command again to continue."
        return SetupError("\n    ".join(("the worker ended, and said in the system's journal:", *said)), hint=hint)
    return SetupError(
        "the worker ended without a result: it was killed, or the host was restarted",
        hint=f"Run the same command again to continue. Its log: journalctl -u {unit_of(folder)}",
    )


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
