"""Other hosts as an operator names them: `host2, admin@host3, [2001:db8::5]:2222`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from ovirt_hc_setup.base.errors import ValueRefused

_HOST = re.compile(
    r"(?:(?P<user>[a-z_][a-z0-9_-]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9._-]*)(?::(?P<port>[0-9]{1,5}))?"
)
_HINT = "Write it as HOST, USER@HOST or HOST:PORT; an IPv6 address in brackets."


@dataclass(frozen=True)
class OtherHost:
    """Where a host is reached over SSH."""

    host: str
    user: str = "root"
    port: int = 22

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueRefused."""
        found = _HOST.fullmatch(text.strip())
        if found is None or not 0 < int(found["port"] or 22) < 1 << 16:
            raise ValueRefused(f"{text!r} is not a host to reach over SSH", hint=_HINT)
        return cls(_checked(found["host"]), found["user"] or "root", int(found["port"] or 22))

    @classmethod
    def named(cls, host: str) -> Self:
        """A host by what programs call it: a name, or an address without brackets. Raises ValueRefused."""
        return cls.parse(f"[{host}]" if ":" in host else host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (f"{self.user}@" if self.user != "root" else "") + host + (f":{self.port}" if self.port != 22 else "")


def _checked(host: str) -> str:
    """A name in small letters, or an address in its shortest form; raises ValueRefused for what is in brackets and no address."""
    if not host.startswith("["):
        return host.lower()
    try:
        return str(ipaddress.IPv6Address(host.strip("[]")))
    except ValueError:
        raise ValueRefused(f"{host!r} stands in brackets but is not an IPv6 address", hint=_HINT) from None


@dataclass(frozen=True)
class OtherHosts:
    """Several of them, each once."""

    hosts: tuple[OtherHost, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Separated by commas; raises ValueRefused for one that is no host, or named twice."""
        hosts = tuple(OtherHost.parse(part) for part in text.split(",") if part.strip())
        names = [one.host for one in hosts]
        if not hosts:
            raise ValueRefused(f"{text!r} names no host", hint=_HINT)
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueRefused(f"{', '.join(sorted(twice))} is named twice", hint="Name each host once.")
        return cls(hosts)

    def __str__(self) -> str:
        return ",".join(map(str, self.hosts))


def is_called(host: str, names: Iterable[str]) -> bool:
    """Whether one of `names` is this host's; a name without a domain stands for the one with it."""
    return any(host in (name.lower(), _short(name.lower())) or _short(host) == name.lower() for name in names)


def meant(host: str, hosts: Iterable[Collection[str]]) -> list[Collection[str]]:
    """Of hosts, each by its names, those that `host` can stand for: what is called exactly so, or else all that it fits. Beside a
    full name its own first label is no name that is exact."""
    known = list(hosts)
    return [names for names in known if host in _full(names)] or [names for names in known if is_called(host, names)]


def _full(names: Collection[str]) -> list[str]:
    known = [name.lower() for name in names]
    return [name for name in known if not any(other.startswith(f"{name}.") for other in known)]


def _short(name: str) -> str:
    """The first label; an address has none."""
    first = name.partition(".")[0]
    return name if first.isdigit() or ":" in name else first
