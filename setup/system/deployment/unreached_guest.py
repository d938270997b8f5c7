"""Why a guest that runs cannot be reached: its name, its address, who else has that, and whether it is paused."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.model.engine_guest import EngineGuest
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect
from ovirt_hc_setup.system.network import links, resolver


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What this host sees of a guest: what its name resolves to, whether the address that it should have answers pings, who has
    answered on its link (MAC by address), and the addresses that the guest's own agent tells."""

    resolved: Sequence[Ip]
    answers: bool = False
    owners: Mapping[str, str]
    told: Sequence[str] = ()


def missing(host: Host, guest: EngineGuest) -> str:
    """What is missing, in one sentence; empty when the guest has the address that its name resolves to. Never raises."""
    try:
        return _paused(guest) or judged(guest, _signs(host, guest))
    except (SetupError, OSError) as error:
        return f"it could not be looked for: {error.message if isinstance(error, SetupError) else error}"


def judged(guest: EngineGuest, signs: Signs) -> str:
    """What the signs say is missing; empty when nothing is."""
    listed = ", ".join(map(str, signs.resolved))
    if not signs.resolved:
        return f"{guest.fqdn} does not resolve on this host: add it to DNS or to /etc/hosts"
    if guest.static is not None and guest.static not in signs.resolved:
        return f"{guest.fqdn} resolves to {listed} on this host, and the engine VM was given {guest.static}"
    address = _wanted(guest, signs.resolved)
    owner = signs.owners.get(str(address), "")
    if owner == str(guest.mac) or (signs.answers and not owner):
        return ""
    if owner:
        return f"{address} belongs to another machine, with the MAC address {owner}: the engine VM cannot have it"
    has = _other_addresses(guest, signs)
    if has:
        return f"the engine VM has the address {has}, and {guest.fqdn} resolves to {listed}"
    why = f"no DHCP server gives it to the MAC address {guest.mac}"
    return f"nobody on {guest.bridge} answers for {address}: {why if guest.static is None else 'the guest has not set it'}"


def _paused(guest: EngineGuest) -> str:
    with connect() as libvirt:
        found = libvirt.find(guest.uuid)
    return f"the engine VM is {found.condition}" if found is not None and found.state == "paused" else ""


def _signs(host: Host, guest: EngineGuest) -> Signs:
    resolved = resolver.addresses_of(host, str(guest.fqdn))
    # A ping makes the kernel ask who has the address; what it heard is in its table of neighbours.
    answers = bool(resolved) and links.answers_ping(host, str(_wanted(guest, resolved)))
    with connect() as libvirt:
        told = libvirt.addresses(guest.uuid)
    return Signs(resolved=resolved, answers=answers, owners=links.neighbours(host, guest.bridge), told=told)


def _wanted(guest: EngineGuest, resolved: Sequence[Ip]) -> Ip:
    return guest.static or resolved[0]


def _other_addresses(guest: EngineGuest, signs: Signs) -> str:
    """Those that the guest's agent tells, or that it talked to this host from."""
    heard = [address for address, mac in signs.owners.items() if mac == str(guest.mac)]
    found = (ipaddress.ip_address(text) for text in signs.told or heard)
    return ", ".join(str(ip) for ip in found if not ip.is_link_local and not ip.is_loopback)
