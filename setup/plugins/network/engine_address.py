"""The engine VM's own address: its MAC, DHCP or a static address, its name servers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_interface
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, SetupError, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.dns_servers import MOST, DnsServers
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.mac_address import MacAddress
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system.network import dhcp, links

SECTION = "VM CONFIGURATION"


MAC: Fact[MacAddress | None] = Fact("engine.drawn-mac", "an address for the engine VM that is drawn here")


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.ENGINE_CIDR,
            section=SECTION,
            order=29,
            dialog="CI_VM_STATIC_NETWORKING",
            prompt="Static address of the engine VM with its prefix length, or dhcp",
            why="It must be the address that the engine's name resolves to. With DHCP, reserve that address for the engine VM's "
            "MAC address (asked below).",
            condition=_has_seed,
            settle=_with_prefix,
            validate=_validate_cidr,
            checks=("network.fqdn-resolves", "network.address-free"),
        ),
        Question(
            key=keys.ENGINE_DNS,
            section=SECTION,
            order=31,
            dialog="CI_DNS",
            prompt="DNS servers of the engine VM, with commas between them",
            why=f"At most {MOST}. With them the engine resolves its own name and those of its hosts.",
            condition=lambda context: _has_seed(context) and context.answers[keys.ENGINE_CIDR] is not None,
            proposal=_propose_dns,
        ),
        Question(
            key=keys.VM_MAC,
            section=SECTION,
            order=37,
            dialog="ovehosted_vmenv_mac",
            prompt="MAC address of the engine VM",
            why="A DHCP server knows the engine by it. The proposed one is random, from the range for virtual machines.",
            proposal=_propose_mac,
        ),
    ]


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    # A host that joins defines the VM that is there: with an address drawn anew it would be another one to DHCP.
    return [
        Reading(MAC, lambda context: MacAddress.draw(), goals=(FIRST_HOST,)),
        Reading(MAC, lambda context: None, goals=(JOINING,)),
    ]


def _propose_mac(context: Context) -> Proposal[MacAddress] | None:
    drawn = fact(context, MAC)
    return Proposal(drawn, "drawn") if drawn is not None else None


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="network.mac-unicast", run=_check_mac, about=keys.VM_MAC),
        Check(name="network.cidr-gateway", run=_check_cidr, about=keys.ENGINE_CIDR),
        Check(name="network.address-free", run=_check_free, about=keys.ENGINE_CIDR, goals=(FIRST_HOST,)),
        Check(name="network.dhcp", run=_check_dhcp, optional=True, about=keys.ENGINE_CIDR, goals=(FIRST_HOST,)),
    ]


def _has_seed(context: Context) -> bool:
    return fact(context, facts.SEEDED)


def _with_prefix(context: Context, static: Cidr | None) -> Cidr | None:
    """With the prefix length of this host's network that the address lies in, as the predecessor adds it."""
    if static is None or static.whole:
        return static
    for nic in fact(context, facts.NICS):
        for address in nic.addresses:
            static = static.within(ip_interface(address))
    return static


def _validate_cidr(context: Context, static: Cidr | None) -> None:
    if static is None:
        return
    static.check_gateway(Ip.parse(context.answers[keys.GATEWAY]))  # first: it needs no host
    if static.ip in fact(context, facts.OWN_ADDRESSES):
        raise ValueRefused(f"{static.ip} is an address of this host", hint="Give the engine VM an address of its own.")


def _propose_dns(context: Context) -> Proposal[DnsServers | None] | None:
    servers = fact(context, facts.NAME_SERVERS)[:MOST]
    return Proposal(DnsServers(servers), "this host's name servers") if servers else None


def _check_mac(context: Context) -> Finding:
    # That it is unicast is seen to where it is read: a MacAddress cannot be another.
    mac = context.answers[keys.VM_MAC]
    own = [nic.name for nic in fact(context, facts.NICS) if nic.mac == str(mac)]
    if own:
        remedy = "Leave OVEHOSTED_VM/vmMACAddr out: one is generated."
        return error(f"{mac} is the address of {own[0]} on this host", "an address of the engine VM's own", remedy)
    return fine(f"{mac} is unicast and not this host's")


def _check_cidr(context: Context) -> Finding | None:
    # A host that joins has no seed to write it into, and was not asked: it may be as short as it came in the first host's file.
    static = context.answers[keys.ENGINE_CIDR] if _has_seed(context) else None
    if static is None:
        return None
    try:
        _validate_cidr(context, static)
    except ValueRefused as refused:
        return error(refused.message, "a gateway in the network of the engine VM", refused.hint)
    return fine(f"{static} can reach the gateway {context.answers[keys.GATEWAY]}")


def _check_free(context: Context) -> Finding | None:
    """A machine that has the engine's address already would take turns with it, or be taken for the engine."""
    static = context.answers[keys.ENGINE_CIDR]
    wanted = [*((static.ip,) if static is not None else ()), *_of_engine(context)]
    # What is this host's own is the finding of another check.
    wanted = [ip for ip in dict.fromkeys(wanted) if ip not in fact(context, facts.OWN_ADDRESSES)]
    for address in wanted:
        if owner := _owner(context, address):
            remedy = "Give the engine VM another address, or remove it from that machine."
            return error(f"{address} is already in use, by {owner}", "an unused address", remedy)
    return fine(f"{', '.join(map(str, wanted))} is not in use") if wanted else None


def _of_engine(context: Context) -> tuple[Ip, ...]:
    try:
        return fact(context, facts.ENGINE_ADDRESSES)
    except SetupError:
        return ()  # that the name cannot be looked up is the finding of another check


def _owner(context: Context, address: Ip) -> str:
    """Who has an address, in words; empty for nobody, and for the engine VM itself."""
    if address.version == 4 and any(held.holds(address) for held in fact(context, facts.BRIDGE_ADDRESSES)):
        try:
            mac = links.owner_of(context.host, str(address), _device(context))
        except CommandFailed:
            pass  # without arping, a ping has to do
        else:
            return f"the machine with the MAC {mac}" if mac and mac != str(context.answers.get(keys.VM_MAC)) else ""
    return "a machine that answers pings" if links.answers_ping(context.host, str(address)) else ""


def _device(context: Context) -> str:
    """The link that the management network is on now."""
    nic = next((found for found in fact(context, facts.NICS) if found.name == context.answers[keys.BRIDGE_NIC]), None)
    return nic.master if nic is not None and nic.master else context.answers[keys.BRIDGE_NIC]


def _check_dhcp(context: Context) -> Finding | None:
    """With DHCP the engine has to get the address that its name resolves to: a server is asked what it would give to its MAC."""
    if not _has_seed(context) or context.answers[keys.ENGINE_CIDR] is not None:
        return None
    mac, addresses = context.answers[keys.VM_MAC], [str(ip) for ip in fact(context, facts.ENGINE_ADDRESSES)]
    if addresses and all(":" in address for address in addresses):
        told = f"the engine VM asks by DHCP for an IPv4 address, and its name resolves to {', '.join(addresses)} only"
        return error(told, "a static address of IPv6", f"Give that address with its prefix length ({keys.ENGINE_CIDR.name}).")
    offers = dhcp.offers(context.host, _device(context), mac)
    wanted = f"a DHCP reservation of {' or '.join(addresses) or 'the address of the engine'} for the MAC {mac}"
    remedy = f"Make that reservation, or give the engine VM a static address ({keys.ENGINE_CIDR.name})."
    if not offers:
        return warning(f"no DHCP server offers an address to the MAC {mac} on {_device(context)}", wanted, remedy)
    told = ", ".join(f"{one.server or 'a server'} offers {one.address}" for one in offers)
    if any(one.address not in addresses for one in offers):
        return error(f"DHCP gives the engine another address than its name has: {told} to the MAC {mac}", wanted, remedy)
    return fine(f"DHCP has {offers[0].address} reserved for the MAC {mac}")
