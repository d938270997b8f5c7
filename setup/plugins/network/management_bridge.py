"""The management bridge: over which interface, its name, and the gateway that proves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import CommandFailed, ValueRefused
from ovirt_hc_setup.model.cidr import Cidr
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.nic import Nic, NicKind
from ovirt_hc_setup.resources.bridge import Bridge
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.resource import Verdict
from ovirt_hc_setup.system.network import links
from ovirt_hc_setup.system.network.network_manager import manager_of, why_no_bridge

SECTION = "NETWORK CONFIGURATION"


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(facts.NICS, lambda context: links.nics(context.host)),
        Reading(facts.DEFAULT_ROUTE, lambda context: links.default_route(context.host)),
        Reading(facts.BRIDGE_ADDRESSES, _bridge_addresses),
        Reading(facts.NAME_SERVERS, lambda context: links.name_servers(context.host)),
    ]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.BRIDGE_NIC,
            section=SECTION,
            order=15,
            dialog="ovehosted_bridge_if",
            prompt="Network interface for the management bridge",
            why="The bridge takes over this interface's addresses. Your SSH session may pause; if the gateway stops answering, "
            "the change is rolled back after 60 s. The engine VM is attached to the bridge.",
            proposal=_propose_nic,
            choices=_choices,
            closed=True,
            validate=_validate_nic,
        ),
        Question(
            key=keys.BRIDGE_NAME,
            section=SECTION,
            order=16,
            prompt="Name of the management bridge",
            why="The engine expects ovirtmgmt, unless its cluster is set up for another name. All hosts must use the same name.",
            validate=_validate_name,
        ),
        Question(
            key=keys.GATEWAY,
            section=SECTION,
            order=17,
            dialog="OVEHOSTED_GATEWAY",
            prompt="Gateway of the management network",
            why="It must answer ping: by that a host checks whether it is still connected. The engine VM uses it too.",
            proposal=_propose_gateway,
            validate=_validate_gateway,
        ),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="network.nic", run=_check_nic, about=keys.BRIDGE_NIC),
        Check(name="network.gateway-answers", run=_check_gateway, about=keys.GATEWAY),
    ]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(lambda context: [bridge_of(context)])]


def bridge_of(context: Context) -> Bridge:
    """The bridge that the answers ask for."""
    return Bridge(
        name="bridge",
        after=("programs",),
        provides=("network.ready",),
        exclusive="network",
        bridge=context.answers[keys.BRIDGE_NAME],
        nic=context.answers[keys.BRIDGE_NIC],
        gateway=context.answers[keys.GATEWAY],
    )


def _bridge_addresses(context: Context) -> tuple[Cidr, ...]:
    nics, bridge = {nic.name: nic for nic in fact(context, facts.NICS)}, context.answers[keys.BRIDGE_NAME]
    nic = nics.get(context.answers[keys.BRIDGE_NIC])
    holder = nics.get(bridge) if nic is not None and nic.master == bridge else nic
    return tuple(Cidr.parse(text) for text in holder.addresses) if holder is not None else ()


def why_not(nic: Nic, bridge: str) -> str:
    """Why an interface is not offered. One that is in the bridge already is, if it is not a VM's."""
    return nic.unfit if nic.master == bridge else nic.why_not


def _choices(context: Context) -> Sequence[Choice]:
    bridge = context.answers[keys.BRIDGE_NAME]
    shown = [nic for nic in fact(context, facts.NICS) if nic.kind is not NicKind.LOOPBACK and nic.name != bridge]
    choices = [_choice(nic, bridge) for nic in shown]
    return sorted(choices, key=lambda choice: bool(choice.why_not))


def _choice(nic: Nic, bridge: str) -> Choice:
    reason = why_not(nic, bridge)
    return Choice(nic.name, _detail(nic, bridge) if nic.addresses or not reason else "", reason)


def _detail(nic: Nic, bridge: str) -> str:
    return f"in {bridge} already" if nic.master == bridge else nic.detail


def _propose_nic(context: Context) -> Proposal[str] | None:
    bridge = context.answers[keys.BRIDGE_NAME]
    offered = [nic for nic in fact(context, facts.NICS) if not why_not(nic, bridge)]
    route = fact(context, facts.DEFAULT_ROUTE)
    for nic in offered:
        if nic.master == bridge:
            return Proposal(nic.name, f"it is in {bridge}")
    for nic in offered:
        if route is not None and route.device == nic.name:
            return Proposal(nic.name, "it has the default route")
    return Proposal(offered[0].name, "the first that can be used") if offered else None


def _validate_nic(context: Context, name: str) -> None:
    bridge = context.answers[keys.BRIDGE_NAME]
    offered = [nic.name for nic in fact(context, facts.NICS) if not why_not(nic, bridge)]
    hint = f"Interfaces that can be used: {', '.join(offered)}." if offered else "None of this host's interfaces can be used."
    found = next((nic for nic in fact(context, facts.NICS) if nic.name == name), None)
    if found is None:
        raise ValueRefused(f"there is no network interface {name!r} on this host", hint=hint)
    if why_not(found, bridge):
        raise ValueRefused(f"{name} cannot carry the management bridge: {why_not(found, bridge)}", hint=hint)


def _validate_name(context: Context, name: str) -> None:
    if name == context.answers.get(keys.BRIDGE_NIC):
        raise ValueRefused(f"{name} is the name of the interface itself", hint="Give the bridge a name of its own.")


def _propose_gateway(context: Context) -> Proposal[str] | None:
    route = fact(context, facts.DEFAULT_ROUTE)
    return Proposal(route.gateway, "the default route") if route is not None else None


def _validate_gateway(context: Context, text: str) -> None:
    Ip.parse(text)


def _check_nic(context: Context) -> Finding:
    """Everything that would keep the bridge from being made, found without making it."""
    nic, bridge = context.answers[keys.BRIDGE_NIC], context.answers[keys.BRIDGE_NAME]
    wanted = f"an interface that a bridge named {bridge} can be made over"
    try:
        _validate_nic(context, nic)
        state = bridge_of(context).probe(context.host)
    except ValueRefused as refused:
        return error(refused.message, wanted, refused.hint)
    if state.verdict is Verdict.CONFLICT:
        return error(state.reason, wanted, state.remedy)
    if state.verdict is Verdict.DONE:
        return fine(f"{bridge} exists, with {nic} in it")
    refused_by = why_no_bridge(manager_of(context.host, nic), nic)
    return error(refused_by[0], wanted, refused_by[1]) if refused_by else fine(f"{bridge} can be made over {nic}")


def _check_gateway(context: Context) -> Finding:
    gateway, nic = context.answers[keys.GATEWAY], context.answers[keys.BRIDGE_NIC]
    found = next((known for known in fact(context, facts.NICS) if known.name == nic), None)
    device = found.master if found is not None and found.master else nic
    if found is None:
        raise CommandFailed(f"interface {nic} does not exist", hint="Correct OVEHOSTED_NETWORK/bridgeIf.")
    # A router may be busy with something else than pings: one lost packet says nothing.
    if any(links.answers(context.host, gateway, device) for _ in range(3)):
        return fine(f"{gateway} answers through {device}")
    return error(
        f"the gateway {gateway} does not answer through {device}",
        "an answer to a ping or to ARP",
        "Check the address (OVEHOSTED_NETWORK/gateway), the cable and the VLAN; let the gateway answer ping.",
    )
