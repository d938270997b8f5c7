"""How HA sees whether a host is connected (`network_test` of hosted-engine.conf), tried before anything depends on it.

A host whose test fails loses 1600 of its 3400 points: no host without them takes the engine from one that has them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.system.network import links

LIMIT = 5
"""Seconds that HA's broker gives a test."""

PASSES = "a test that passes: a host that fails it loses HA points"
OTHERS = f"Let it answer, or choose another test: {keys.NETWORK_TEST.name}=dns, tcp or none."


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="network.test", run=_check, about=keys.NETWORK_TEST)]


def _check(context: Context) -> Finding | None:
    match context.answers[keys.NETWORK_TEST]:
        case "ping":
            return _ping(context)
        case "dns":
            return _dns(context)
        case "tcp":
            return _tcp(context)
    return fine("the hosts do not test their network")


def _ping(context: Context) -> Finding:
    gateway, nic = context.answers[keys.GATEWAY], context.answers[keys.BRIDGE_NIC]
    found = next((known for known in fact(context, facts.NICS) if known.name == nic), None)
    device = found.master if found is not None and found.master else nic
    if links.answers_ping(context.host, gateway, device, tries=LIMIT):
        return fine(f"{gateway} answers ping")
    return warning(f"the gateway {gateway} does not answer ping", PASSES, OTHERS)


def _dns(context: Context) -> Finding:
    outcome = links.query(context.host, LIMIT)
    if outcome is None:
        remedy = "Install it (bind-utils or dnsutils): oVirt's HA runs it for this test."
        return warning("dig is not installed", PASSES, remedy)
    return fine("a DNS query is answered") if outcome else error("no DNS server answers a query", PASSES, OTHERS)


def _tcp(context: Context) -> Finding:
    address, port = context.answers[keys.NETWORK_TEST_ADDRESS], context.answers.get(keys.NETWORK_TEST_PORT)
    if not address or port is None:
        wanted = f"{keys.NETWORK_TEST_ADDRESS.name} and {keys.NETWORK_TEST_PORT.name}"
        return error("the network test tcp has no address or no port to connect to", wanted, f"Give both: {wanted}.")
    if links.accepts(context.host, address, port, LIMIT):
        return fine(f"{address} accepts a connection to port {port}")
    return error(f"{address} does not accept a connection to port {port}", PASSES, OTHERS)
