"""Names and addresses as the host's own resolver sees them: files, DNS, and whatever else nsswitch.conf names."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import CommandFailed, ValueRefused
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.model.ip import Ip

LIMIT = 20.0
# getent(1): one or more of the keys could not be found.
_NOT_FOUND = 2


def addresses_of(host: Host, name: str) -> tuple[Ip, ...]:
    """What getaddrinfo gives for a name, each address once, loopback ones left out; empty when it gives nothing.
    Raises CommandFailed when no answer came in time."""
    outcome = _getent(host, "ahosts", name)
    found = dict.fromkeys(line.split()[0] for line in outcome.out.splitlines() if line.split())
    return tuple(ip for ip in map(_ip, found) if ip is not None)


def names_of(host: Host, address: Ip) -> tuple[str, ...]:
    """The names that an address has (PTR records, or the hosts file), small letters; empty when it has none."""
    outcome = _getent(host, "hosts", str(address))
    words = outcome.out.split()
    return tuple(dict.fromkeys(word.lower().rstrip(".") for word in words[1:]))


def own_name(host: Host) -> str:
    """The host's full name; its short one when the resolver knows no other."""
    full = host.run("hostname", "--fqdn", timeout=LIMIT, check=False)
    if full.ok and full.out.strip():
        return full.out.strip().lower()
    return host.run("hostname").out.strip().lower()


def _getent(host: Host, database: str, key: str) -> Outcome:
    # Looking further than the limit helps nobody: a name server that is silent for so long makes everything else fail too.
    outcome = host.run("getent", database, "--", key, timeout=LIMIT, check=False)
    if outcome.code not in (0, _NOT_FOUND):
        raise CommandFailed(
            f"the resolver gave no answer for {key}: {outcome.describe()}",
            hint="Check /etc/resolv.conf and whether the name servers in it answer.",
            host=host.name,
        )
    return outcome


def _ip(text: str) -> Ip | None:
    try:
        return Ip.parse(text)
    except ValueRefused:
        return None
