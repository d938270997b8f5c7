"""Other hosts, from this one: each runs this program as its own, sent there if need be, and its events are shown here.

A host that is spoken to keeps everything: its run folder, journal and lock are its own, and its worker goes on when the
connection breaks. So nothing that happens to this program or to the network changes what happens there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ovirt_hc_setup.base.event_types import Ended, Event, Note, from_json
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.dialog.dialog import Dialog
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.system.remote import sent_program, ssh
from ovirt_hc_setup.system.remote.ssh import AccessDenied, HostKeyUnknown
from ovirt_hc_setup.system.remote.ssh_host import SshHost

PASSWORD_TRIES = 3


def connected(text: str, report: Reporter, dialog: Dialog | None) -> SshHost:
    """A connection to a host as an operator names it. Its key is shown and kept once it is accepted; a password is asked for.

    Raises SetupError; with nobody to ask (`dialog` None) also for a key that nobody has accepted yet.
    """
    address = OtherHost.parse(text)
    try:
        return ssh.connect(address)
    except HostKeyUnknown as unknown:
        if dialog is None:
            raise
        _accept(unknown, report, dialog)
        return connected(text, report, dialog)
    except AccessDenied as denied:
        if dialog is None:
            raise
        return _with_password(address, denied, report, dialog)


def _with_password(address: OtherHost, denied: AccessDenied, report: Reporter, dialog: Dialog) -> SshHost:
    """Raises AccessDenied after the last try."""
    for tries in range(PASSWORD_TRIES):
        with report.pause():
            password = dialog.hidden(f"Password of {address.user} on {address.host}: ", name="HC_SSH_PASSWORD")
        try:
            return ssh.connect(address, Secret(password))
        except AccessDenied as error:
            denied = error
            if tries + 1 < PASSWORD_TRIES:
                said = "Wrong password, or the host does not accept passwords."
                report(Note(level="warning", text=said, host=address.host))
    raise denied


def _accept(unknown: HostKeyUnknown, report: Reporter, dialog: Dialog) -> None:
    report(Note(text=f"{unknown.host} is not known yet. Its SSH key: {unknown.fingerprint}"))
    with report.pause():
        if not dialog.confirm("Is this its key? Yes adds it to known_hosts", default=False, name="HC_SSH_KEY"):
            raise unknown
    ssh.pin(unknown.line)


@dataclass(frozen=True)
class Reached:
    """A host with this program on it. `command` is how it is started there."""

    host: SshHost
    command: tuple[str, ...]
    report: Reporter

    @property
    def name(self) -> str:
        return self.host.name

    def run(self, words: Sequence[str], show: Callable[[Event], bool] = lambda event: True, stdin: bytes = b"") -> int:
        """Run a verb there; its exit code. Its events are shown here as that host's, those that `show` wants.

        Raises ConnectionBroken.
        """
        argv = (*self.command, *words, "--output", "jsonl")
        outcome = self.host.follow(argv, lambda line: self._take(line, show), stdin=stdin)
        if outcome.err.strip():
            self.say(outcome.err.strip(), bad=not outcome.ok)
        return outcome.code or 0

    def say(self, text: str, *, bad: bool = False) -> None:
        self.report(Note(text=text, level="error" if bad else "info", host=self.name))

    def _take(self, line: str, show: Callable[[Event], bool]) -> None:
        event = from_json(line)
        # How the program there ended is in its exit code, and what went wrong on its standard error.
        if event is not None and not isinstance(event, Ended) and show(event):
            # What is said on a host is that host's, whatever it calls itself.
            self.report(replace(event, host=self.name))


def prepared(host: SshHost, report: Reporter, *, send: bool = False) -> Reached:
    """This very program on another host: where it lies here, if it is there too, else sent. Raises SetupError."""
    command = sent_program.ready(host, lambda text: report(Note(text=text, host=host.name)), send=send)
    return Reached(host, command, report)
