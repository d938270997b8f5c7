"""The lab's SSH keys: one for root of the first host, accepted everywhere, and a host key each that everybody knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ovirt_hc_setup.lab import places
from ovirt_hc_setup.system.host.commands import LocalHost

FIRST_HOST = places.HOSTS[0]
AUTHORIZED = "/root/.ssh/authorized_keys"


@dataclass(frozen=True)
class KeyFiles:
    """The keys in a folder on this machine, from where they are copied into the hosts."""

    folder: Path

    def ensure(self) -> None:
        """Make the keys that are missing; raises CommandFailed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("root", *places.EVERY_HOST):
            if not self._public(name).exists():
                self._private(name).unlink(missing_ok=True)
                argv = (
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    f"{name} of a lab",
                    "-f",
                    str(self._private(name)),
                )
                LocalHost("lab").run(*argv)

    @property
    def root_key(self) -> Path:
        """The private key that every host of the lab lets in."""
        return self._private("root")

    def files_of(self, host: str) -> dict[str, tuple[str, int]]:
        """Path in the host, text and mode of every key file of a host."""
        files = {
            "/etc/ssh/ssh_host_ed25519_key": (self._private(host).read_text(), 0o600),
            "/etc/ssh/ssh_host_ed25519_key.pub": (self._public(host).read_text(), 0o644),
            AUTHORIZED: (self._public("root").read_text(), 0o600),
            "/root/.ssh/known_hosts": (self._known_hosts(), 0o644),
        }
        if host == FIRST_HOST:
            files["/root/.ssh/id_ed25519"] = (self._private("root").read_text(), 0o600)
            files["/root/.ssh/id_ed25519.pub"] = (self._public("root").read_text(), 0o644)
        return files

    def known_host(self, host: str, *names: str) -> str:
        """The line by which a client knows a host under these names."""
        kind, key, *_ = self._public(host).read_text().split()
        return f"{','.join(names)} {kind} {key}\n"

    def _known_hosts(self) -> str:
        return "".join(self.known_host(host, *_names(host)) for host in places.EVERY_HOST)

    def _private(self, name: str) -> Path:
        return self.folder / f"{name}_ed25519"

    def _public(self, name: str) -> Path:
        return self.folder / f"{name}_ed25519.pub"


def _names(host: str) -> tuple[str, ...]:
    """All that a host may be called by, however the hosts are wired."""
    storage = places.storage_fqdn(host)
    addresses = (places.HOST_ADDRESSES[host], places.HOST_ADDRESSES6[host], places.STORAGE_ADDRESSES[host])
    return host, places.fqdn(host), storage.partition(".")[0], storage, *addresses
