"""Connections to other hosts over SSH. asyncssh lives here, in `ssh_host` and `ssh_loop` only.

A host is spoken to only when its key is known: from root's or the system's known_hosts, or because an operator has seen the
fingerprint and accepted it, which is then kept there.

To import asyncssh takes longer than all the rest of a wizard's start, and most runs have one host: the functions that need it
import it themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ovirt_hc_setup.base.errors import CommandFailed, SetupError
from ovirt_hc_setup.base.os_errors import naming
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.model.other_hosts import OtherHost
from ovirt_hc_setup.system.remote.ssh_host import SshHost
from ovirt_hc_setup.system.remote.ssh_loop import the_loop

CONNECT_SECONDS = 15.0
ALIVE_EVERY = 10  # seconds between two signs of life; three that stay unanswered end the connection
KNOWN_HOSTS = (Path("/root/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))


class HostKeyUnknown(SetupError):
    """Nobody has vouched for this host yet: `fingerprint` is what an operator can compare, `line` what known_hosts would hold."""

    def __init__(self, host: str, fingerprint: str, line: str) -> None:
        super().__init__(
            f"the SSH key of {host} is not known: {fingerprint}",
            hint=f"Compare it with `ssh-keygen -lf` on its console, and accept it once with `ssh root@{host}`.",
            host=host,
        )
        self.fingerprint = fingerprint
        self.line = line


class AccessDenied(SetupError):
    """The host is the right one, and does not let us in."""


def connect(address: OtherHost, password: Secret | None = None, *, agent: bool = True) -> SshHost:
    """Without `agent`, by keys only that are on this host: what a worker can do as well, when nobody sits there any more.

    Raises HostKeyUnknown, AccessDenied, or CommandFailed when nothing answers or the key is another one than the known."""
    return the_loop().wait(_connect(address, password, agent))


@contextmanager
def connected(address: OtherHost, *, agent: bool = True) -> Iterator[SshHost]:
    """A connection for as long as this lasts; raises as `connect`."""
    remote = connect(address, agent=agent)
    try:
        yield remote
    finally:
        remote.close()


def pin(line: str, path: Path = KNOWN_HOSTS[0]) -> None:
    """Remember a host key that an operator has accepted."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with naming(path), os.fdopen(descriptor, "rb+", buffering=0) as out:
        size = os.fstat(descriptor).st_size
        whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
        out.write(f"{'' if whole else chr(10)}{line}\n".encode())
        os.fsync(descriptor)


async def _connect(address: OtherHost, password: Secret | None, agent: bool) -> SshHost:
    import asyncssh

    known = [str(path) for path in KNOWN_HOSTS if path.exists()]
    extra: dict[str, Any] = {"password": password.reveal()} if password is not None else {}
    extra |= {} if agent else {"agent_path": None}
    try:
        connection = await asyncssh.connect(
            address.host,
            address.port,
            username=address.user,
            known_hosts=known,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
            keepalive_interval=ALIVE_EVERY,
            keepalive_count_max=3,
            **extra,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise await _unverified(address, known) from error
    except asyncssh.PermissionDenied as error:
        hint = f"Authorize root's key there: ssh-copy-id {address.user}@{address.host}"
        raise AccessDenied(f"{address.host} refused the SSH login as {address.user}", hint=hint, host=address.host) from error
    except (OSError, asyncssh.Error, TimeoutError) as error:
        hint = "Is the host up, its name right, sshd running there and its port open?"
        why = getattr(error, "strerror", None) or str(error) or f"no answer within {CONNECT_SECONDS} s"
        raise CommandFailed(f"no SSH connection to {address.host}: {why}", hint=hint, host=address.host) from error
    except ValueError as error:  # asyncssh reads these as `ssh` does, and is stricter
        hint = "It stands in known_hosts, in the config file or in a key in ~/.ssh of root here, or in /etc/ssh/ssh_known_hosts."
        raise CommandFailed(f"no SSH connection to {address.host}: {error}", hint=hint, host=address.host) from error
    return SshHost(address.host, connection)


async def _unverified(address: OtherHost, known: list[str]) -> SetupError:
    import asyncssh

    try:
        key = await asyncssh.get_server_host_key(address.host, address.port)
    except (OSError, asyncssh.Error) as error:
        return CommandFailed(f"{address.host} did not send its SSH key: {error}", host=address.host)
    if key is None:
        return CommandFailed(f"{address.host} has no SSH key", host=address.host)
    fingerprint = f"{key.get_algorithm()} {key.get_fingerprint()}"
    if known and any(asyncssh.match_known_hosts(asyncssh.read_known_hosts(known), address.host, "", address.port)[:1]):
        hint = "If it was reinstalled, remove its old key with `ssh-keygen -R`. If not, the connection may be intercepted."
        return CommandFailed(f"the SSH key of {address.host} has changed: {fingerprint}", hint=hint)
    name = address.host if address.port == 22 else f"[{address.host}]:{address.port}"
    return HostKeyUnknown(address.host, fingerprint, f"{name} {key.export_public_key().decode().strip()}")
