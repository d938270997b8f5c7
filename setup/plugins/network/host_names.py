"""Names: the engine's, which has to resolve to its own address, and this host's, as the engine will know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.fqdn import Fqdn, HostName
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system.network import resolver

_IN_DNS = "Add an A (or AAAA) record for it, or an entry in /etc/hosts of every host, and check with `getent ahosts`."


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(facts.OWN_NAME, lambda context: resolver.own_name(context.host)),
        Reading(facts.OWN_ADDRESSES, _own_addresses),
        Reading(facts.ENGINE_ADDRESSES, _engine_addresses),
    ]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.HOST_NAME,
            section="NETWORK CONFIGURATION",
            order=18,
            dialog="OVESETUP_NETWORK_FQDN_HOST_HOSTNAME",
            prompt="Full name of this host, as the engine will use it",
            why="The engine connects to the host by this name. On every host it must resolve to an address of this host.",
            proposal=_propose_own_name,
            checks=("network.host-name",),
        ),
        Question(
            key=keys.ENGINE_FQDN,
            section="VM CONFIGURATION",
            order=24,
            dialog="OVEHOSTED_NETWORK_FQDN",
            prompt="Full name of the engine (not of this host)",
            why="Browsers and hosts reach the engine by this name, and its certificate is issued for it. It must already "
            "resolve, to the address that the engine VM will have.",
            validate=_validate_engine,
            doubt=lambda context, name: _surplus(context, name, resolver.addresses_of(context.host, str(name))),
            checks=("network.fqdn-no-host", "network.address-free"),
        ),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="network.fqdn-resolves", run=_check_resolves, about=keys.ENGINE_FQDN),
        Check(name="network.fqdn-not-local", run=_check_not_local, about=keys.ENGINE_FQDN),
        Check(name="network.fqdn-no-host", run=_check_no_host, about=keys.ENGINE_FQDN, goals=(FIRST_HOST,)),
        Check(name="network.fqdn-reverse", run=_check_reverse, optional=True, about=keys.ENGINE_FQDN),
        Check(name="network.host-name", run=_check_host_name, about=keys.HOST_NAME),
    ]


def _engine_addresses(context: Context) -> tuple[Ip, ...]:
    return resolver.addresses_of(context.host, str(context.answers[keys.ENGINE_FQDN]))


def _own_addresses(context: Context) -> tuple[Ip, ...]:
    texts = (address.partition("/")[0] for nic in fact(context, facts.NICS) for address in nic.addresses)
    return tuple(Ip.parse(text) for text in texts if not text.startswith(("127.", "::1")))


def _propose_own_name(context: Context) -> Proposal[HostName] | None:
    try:
        return Proposal(HostName.parse(fact(context, facts.OWN_NAME)), "hostname --fqdn")
    except ValueRefused:
        return None


def _local(context: Context) -> list[str]:
    """The engine's addresses that are this host's."""
    return [str(ip) for ip in fact(context, facts.ENGINE_ADDRESSES) if ip in fact(context, facts.OWN_ADDRESSES)]


def _validate_engine(context: Context, name: Fqdn) -> None:
    # Not by the fact: a typed name is no answer yet.
    found = resolver.addresses_of(context.host, str(name))
    if not found:
        raise ValueRefused(f"{name} does not resolve to an address", hint=_IN_DNS)
    own = [str(ip) for ip in found if ip in fact(context, facts.OWN_ADDRESSES)]
    if own:
        raise ValueRefused(
            f"{name} resolves to {', '.join(own)}, which is this host",
            hint="The engine is a separate VM: give its name, which must resolve to its own address.",
        )


def _check_resolves(context: Context) -> Finding:
    name, found = context.answers[keys.ENGINE_FQDN], fact(context, facts.ENGINE_ADDRESSES)
    if not found:
        return error(f"{name} does not resolve", "an address for the engine's name", _IN_DNS)
    texts, static = ", ".join(map(str, found)), context.answers[keys.ENGINE_CIDR]
    if static is not None and static.ip not in found:
        return error(
            f"{name} resolves to {texts}",
            f"{static.ip}, the address that the engine VM will have",
            "Correct the record in DNS or OVEHOSTED_VM/cloudinitVMStaticCIDR.",
        )
    if surplus := _surplus(context, name, found):
        return warning(surplus, "only addresses that the engine VM will have", "Remove the others from DNS and from /etc/hosts.")
    return fine(f"{name} resolves to {texts}")


def _surplus(context: Context, name: Fqdn, found: Sequence[Ip]) -> str:
    """What is to be said of addresses that the engine VM will not have; it gets a single one."""
    static = context.answers.get(keys.ENGINE_CIDR)
    surplus = [ip for ip in found if static is None or ip != static.ip]
    if len(found) < 2 or not surplus:
        return ""
    if static is not None:
        return f"{name} resolves to {', '.join(map(str, surplus))} too, which nobody will have: clients that try it first wait"
    return f"{name} resolves to {', '.join(map(str, found))}: the engine VM will have one of them, clients that try another wait"


def _check_no_host(context: Context) -> Finding:
    """The engine's name or address given to a host: the wait for the engine would then be one for that host."""
    name, addresses = str(context.answers[keys.ENGINE_FQDN]), fact(context, facts.ENGINE_ADDRESSES)
    wanted, remedy = "a name and an address of the engine's own", "The engine is a separate VM: correct its name, or its record."
    for host in _other_hosts(context):
        if host == name:
            return error(f"{name} is one of the hosts", wanted, remedy)
        if shared := set(addresses).intersection(_addresses_of(context, host)):
            return error(f"{name} resolves to {', '.join(map(str, shared))}, which is the host {host}", wanted, remedy)
    return fine(f"{name} is none of the hosts")


def _other_hosts(context: Context) -> Sequence[str]:
    try:
        return fact(context, facts.HOST_NAMES)
    except LookupError:  # no plugin that knows hosts
        return ()


def _addresses_of(context: Context, host: str) -> Sequence[Ip]:
    try:
        return resolver.addresses_of(context.host, host)
    except SetupError:
        return ()  # that it cannot be found out is the finding of another check


def _check_not_local(context: Context) -> Finding:
    name, own = context.answers[keys.ENGINE_FQDN], _local(context)
    if own:
        remedy = "Let the engine's name resolve to the address of the engine VM."
        return error(f"{name} resolves to {', '.join(own)}, which is this host", "an address of the engine's own", remedy)
    return fine(f"{name} is not this host")


def _check_reverse(context: Context) -> Finding | None:
    name, addresses = str(context.answers[keys.ENGINE_FQDN]), fact(context, facts.ENGINE_ADDRESSES)
    if not addresses:
        return None
    found = {address: resolver.names_of(context.host, address) for address in addresses}
    if any(name in given for given in found.values()):
        return fine(f"an address of {name} has this name")
    told = "; ".join(f"{address} is called {', '.join(given) or 'nothing'}" for address, given in found.items())
    return warning(told, f"a PTR record with {name}", "Add it: some clients and Kerberos need it.")


def _check_host_name(context: Context) -> Finding:
    name = str(context.answers[keys.HOST_NAME])
    found = resolver.addresses_of(context.host, name)
    if not found:
        return error(f"this host's name {name} does not resolve", "an address of this host that is no loopback address", _IN_DNS)
    foreign = [str(ip) for ip in found if ip not in fact(context, facts.OWN_ADDRESSES) and not _link_local(ip)]
    if foreign:
        return error(
            f"this host's name {name} resolves to {', '.join(foreign)}, which is not an address of this host",
            "only addresses of this host",
            "Correct the record in DNS or in /etc/hosts, or OVEHOSTED_NETWORK/host_name.",
        )
    if name == str(context.answers.get(keys.ENGINE_FQDN)):
        return error(f"{name} is also the engine's name", "a name of this host's own", "Correct OVEHOSTED_NETWORK/host_name.")
    return _on_management(context, name, found) or fine(f"{name} resolves to {', '.join(map(str, found))}")


def _on_management(context: Context, name: str, found: Sequence[Ip]) -> Finding | None:
    """Hosts and engine talk over the management bridge: that is where the name has to lead."""
    held = fact(context, facts.BRIDGE_ADDRESSES)
    elsewhere = [str(ip) for ip in found if ip not in {one.ip for one in held} and not _link_local(ip)]
    if not held or not elsewhere:
        return None
    nic = context.answers[keys.BRIDGE_NIC]
    told = f"{name} resolves to {', '.join(elsewhere)}, and the management interface {nic} has {', '.join(map(str, held))}"
    remedy = "Correct the record, or choose the interface with that address (OVEHOSTED_NETWORK/bridgeIf)."
    if len(elsewhere) == len(found):
        return error(told, "an address on the management network", remedy)
    return warning(told, "addresses on the management network only", remedy)


def _link_local(ip: Ip) -> bool:
    return ip.value.is_link_local
