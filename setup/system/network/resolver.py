"""Names and addresses as the host's own resolver sees them: files, DNS, and whatever else nsswitch.conf names.

What the resolver does not find is "absent" only if a name server says so: one that is silent, fails or refuses is an error that
names it. The C library keeps these apart from nobody, so the servers are asked once more, directly.
"""

from __future__ import annotations

from collections.abc import Mapping

from ovirt_hc_setup.base.errors import CommandFailed, ValueRefused
from ovirt_hc_setup.base.host import Host, Outcome
from ovirt_hc_setup.formats.host.dns_message import Ending
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.system.network import dns

LIMIT = 20.0
SHORT = 6.0
# resolv.conf(5): at first nobody waits for long. Where a server then turns out to answer, it is asked with patience.
_QUICK = {"RES_OPTIONS": "timeout:1 attempts:2"}
# getent(1): one or more of the keys could not be found.
_NOT_FOUND = 2


class ResolverSilent(CommandFailed):
    """None of the host's name servers answers."""


def addresses_of(host: Host, name: str) -> tuple[Ip, ...]:
    """What getaddrinfo gives for a name, each address once, loopback ones left out; empty when it gives nothing.
    Raises ResolverSilent or CommandFailed when nobody can say."""
    outcome = _getent(host, "ahosts", name)
    found = dict.fromkeys(line.split()[0] for line in outcome.out.splitlines() if line.split())
    return tuple(ip for ip in map(_ip, found) if ip is not None)


def only_ipv6(host: Host, name: str) -> bool:
    """Whether a name (or address, in brackets or without) leads to addresses of IPv6 alone; not where nobody can say."""
    if ":" in name:
        return True
    try:
        found = addresses_of(host, name)
    except CommandFailed:
        return False
    return bool(found) and all(ip.value.version == 6 for ip in found)


def names_of(host: Host, address: Ip) -> tuple[str, ...]:
    """The names that an address has (PTR records, or the hosts file), small letters; empty when it has none."""
    outcome = _getent(host, "hosts", str(address))
    words = outcome.out.split()
    return tuple(dict.fromkeys(word.lower().rstrip(".") for word in words[1:]))


def require_resolved(host: Host, name: str) -> None:
    """Raises CommandFailed for a name that has no address, ResolverSilent where nobody can say. An address is its own name."""
    if not _getent(host, "ahosts", name).ok:
        raise CommandFailed(
            f"{name} does not resolve to an address on {host.name}",
            hint=f"Correct the name; or add it to DNS, or to /etc/hosts of every host. Check with `getent ahosts {name}`.",
            host=host.name,
        )


def own_name(host: Host) -> str:
    """The host's full name; its short one when the resolver knows no other."""
    full = host.run("hostname", "--fqdn", timeout=SHORT, env=_QUICK, check=False)
    if full.ok and full.out.strip():
        return full.out.strip().lower()
    return host.run("hostname").out.strip().lower()


def _getent(host: Host, database: str, key: str) -> Outcome:
    """Raises ResolverSilent or CommandFailed unless it is found, or said by somebody not to be there."""
    argv = ("getent", database, "--", key)
    outcome = host.run(*argv, timeout=SHORT, env=_QUICK, check=False)
    if outcome.ok:
        return outcome
    said = dns.endings(host, key)
    if outcome.code == _NOT_FOUND and (not said or Ending.ABSENT in said.values()):
        return outcome
    if not any(ending.settles for ending in said.values()) and said:
        raise _unsettled(host, key, said)
    outcome = host.run(*argv, timeout=LIMIT, check=False)
    if outcome.code not in (0, _NOT_FOUND):
        raise CommandFailed(
            f"the resolver gave no answer for {key}: {outcome.describe()}",
            hint="Check /etc/resolv.conf, /etc/nsswitch.conf and whether the name servers answer.",
            host=host.name,
        )
    return outcome


def _unsettled(host: Host, key: str, said: Mapping[str, Ending]) -> CommandFailed:
    """The error for servers of which none says whether there is such a name."""
    if set(said.values()) == {Ending.SILENT}:
        servers = ", ".join(said)
        return ResolverSilent(
            f"DNS does not answer: no reply from {servers} within {dns.SECONDS} s (asked for {key})",
            hint="Start the name server, open UDP port 53 to it, or correct /etc/resolv.conf. Check with "
            f"`getent ahosts {key}`.",
            host=host.name,
        )
    told = ", ".join(f"{server} says {ending.value}" for server, ending in said.items())
    return CommandFailed(
        f"DNS cannot say whether there is a {key}: {told}",
        hint="SERVFAIL: the zone or its servers have a fault. REFUSED: that server does not serve this host. Correct it there, "
        "or name another server in /etc/resolv.conf.",
        host=host.name,
    )


def _ip(text: str) -> Ip | None:
    try:
        return Ip.parse(text)
    except ValueRefused:
        return None
