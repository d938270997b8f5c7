"""This very program where it stays: on another host where it lies here, if it is there too, else sent; on this one put there."""

from __future__ import annotations

import io
from collections.abc import Callable

from ovirt_hc_setup.base.errors import UsageError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.system.remote import own_program, program_sweep
from ovirt_hc_setup.system.remote.ssh_host import SshHost

SEND_SECONDS = 600.0

# A program that is half there has another name, and what two senders make at once is the same.
_TAKE = """\
set -e
umask 022
mkdir -p "${1%/*}"
rm -rf "$1.new.$$"
mkdir "$1.new.$$"
# Its modes are ours, whatever those of the checkout are: root's programs are nobody else's to write.
tar --no-same-owner --no-same-permissions -x -C "$1.new.$$" -f -
sync -f "$1.new.$$"
mv -T "$1.new.$$" "$1" 2>/dev/null || rm -rf "$1.new.$$"
test -x "$1/env/bin/python"
"""


def ready(host: SshHost, say: Callable[[str], None], *, send: bool = False) -> tuple[str, ...]:
    """How the program is started there, sent if need be (or, with `send`, in any case). Raises SetupError."""
    if not send and _same_there(host):
        return own_program.own_command()
    command, place = own_program.sent_command(), own_program.place()
    if not program_sweep.used(host, place, command[0]):
        say(f"sending the program to {place}")
        host.feed(("sh", "-c", _TAKE, "-", str(place)), own_program.write_stream, SEND_SECONDS)
    if gone := program_sweep.sweep(host, place):
        say(f"removed {len(gone)} unused old program{'s' * (len(gone) > 1)} there")
    outcome = host.run(*command, "--version", check=False)
    if not outcome.ok:
        hint = "All hosts of a cluster need the same distribution with the same Python."
        raise UsageError(f"the program does not start there: {outcome.describe()}", hint=hint)
    return command


def kept(host: Host, say: Callable[[str], None]) -> tuple[str, ...]:
    """How the program is started on this host from where it stays, put there if need be. Raises SetupError."""
    command, place = own_program.staying_command(), own_program.place()
    if command != own_program.own_command() and not program_sweep.used(host, place, command[0]):
        say(f"Putting the program where it stays: {place}")
        stream = io.BytesIO()
        own_program.write_stream(stream)
        host.run("sh", "-c", _TAKE, "-", str(place), stdin=stream.getvalue(), timeout=SEND_SECONDS)
        program_sweep.sweep(host, place)
    return command


def _same_there(host: SshHost) -> bool:
    outcome = host.run(*own_program.own_command(), "program-id", check=False)
    return outcome.ok and outcome.out.strip() == own_program.identity()
