"""Further hosts that join in the run of the first: asked for and reached before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.model.other_hosts import OtherHost, OtherHosts
from ovirt_hc_setup.runner.check import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system import ssh


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.ADDITIONAL_HOSTS,
            section="HOSTED ENGINE CONFIGURATION",
            order=50,
            prompt="Additional hosts that join when the engine is up, separated by commas, or none",
            why="They join over SSH, as with add-host. They can also join later.",
            condition=lambda context: context.verb == "deploy",
            proposal=_propose,
        )
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="hosts.reachable", run=_reachable)]


def _propose(context: Context) -> Proposal[OtherHosts | None] | None:
    """Those that a volume is built on in this run."""
    plan = fact(context, facts.VOLUME_PLAN)
    return Proposal(OtherHosts(plan.hosts[1:]), "the volume is built on them") if plan is not None else None


def _reachable(context: Context) -> list[Finding]:
    if context.verb != "deploy":
        return []
    named = context.answers.get(keys.ADDITIONAL_HOSTS)
    return [_reach(host) for host in named.hosts] if named else []


def _reach(host: OtherHost) -> Finding:
    try:
        ssh.connect(host).close()
    except SetupError as failure:
        return error(failure.message, f"an SSH connection to {host}, which shall join", failure.hint)
    return fine(f"{host} accepts the SSH login of this host")
