"""Additional hosts that join in the run of the first: asked for and reached before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.formats.host.program_versions import Versions
from ovirt_hc_setup.formats.host.program_versions import differences as program_differences
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.other_hosts import OtherHost, OtherHosts, is_called, meant
from ovirt_hc_setup.runner.at_once import at_once
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Proposal, Question
from ovirt_hc_setup.system.host import versions_of_programs
from ovirt_hc_setup.system.network import resolver
from ovirt_hc_setup.system.remote import ssh


@dataclass(frozen=True)
class Seen:
    """What a look at one of them found: its machine id, and the versions of its programs."""

    machine: str
    versions: Versions


LOOKS: Fact[Mapping[str, Seen | SetupError]] = Fact("hosts.looks", "what the additional hosts look like")


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(LOOKS, _looks)]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.ADDITIONAL_HOSTS,
            section="HOSTED ENGINE CONFIGURATION",
            order=50,
            prompt="Additional hosts that join when the engine is up, separated by commas, or none",
            why="They join over SSH, as with add-host. They can also join later.",
            goals=(FIRST_HOST,),
            proposal=_propose,
            checks=("hosts.distinct",),
        )
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="hosts.distinct", run=_distinct, about=keys.ADDITIONAL_HOSTS, goals=(FIRST_HOST,)),
        Check(name="hosts.answers", run=_strange, about=keys.ADDITIONAL_HOSTS, goals=(FIRST_HOST,)),
        Check(name="hosts.reachable", run=_reachable, about=keys.ADDITIONAL_HOSTS, goals=(FIRST_HOST,)),
        Check(name="hosts.versions", run=_versions, optional=True, about=keys.ADDITIONAL_HOSTS, goals=(FIRST_HOST,)),
    ]


def _propose(context: Context) -> Proposal[OtherHosts | None] | None:
    """Those that a volume is built on in this run."""
    plan = fact(context, facts.VOLUME_PLAN)
    return Proposal(OtherHosts(plan.hosts[1:]), "the volume is built on them") if plan is not None else None


def _named(context: Context) -> Sequence[OtherHost]:
    named = context.answers.get(keys.ADDITIONAL_HOSTS)
    return named.hosts if named else ()


def _distinct(context: Context) -> list[Finding]:
    """None of them is this host, or the engine, or another one of them by a second name: as far as names and addresses tell."""
    findings: list[Finding] = []
    known = {**dict.fromkeys(_own(context), "this host"), **dict.fromkeys(_of_engine(context), "the engine")}
    for other in _named(context):
        called = {other.host, *_addresses(context, other.host)}
        same = next((known[name] for name in called if name in known), "")
        if same or _is_local(other.host):
            remedy = f"Leave {other} out of {keys.ADDITIONAL_HOSTS.name}." if same else "Give its name in DNS."
            findings.append(error(f"{other} is {same or 'this host'}", "hosts other than this one, each named once", remedy))
        known |= dict.fromkeys(called, str(other))
    named = ", ".join(map(str, _named(context)))
    return findings or ([fine(f"{named}: hosts of their own")] if named else [])


def _strange(context: Context) -> list[Finding]:
    """Answers for a host that is none of this run's, or for one of several: a slip in its name would leave the host without them,
    or give them to another."""
    building = context.answers.get(keys.GLUSTER_HOSTS)
    joining = [(one.host,) for one in _named(context)]
    names = dict.fromkeys(one.host for one in (*_named(context), *(building.hosts if building else ())))
    wanted = f"answers for this host, or one that joins: {', '.join(names) or 'none does'}"
    remedy = f"Correct the host's name there, or name the host in {keys.ADDITIONAL_HOSTS.name}."
    own = _own_names(context)
    findings = []
    for host, name, answer in context.answers.of_hosts():
        fitting = meant(host, [own, *joining])
        if len(fitting) > 1:
            called = ", ".join("this host" if one is own else str(*one) for one in fitting)
            found = f"{answer.origin}: {name} is for {host}, which several are called: {called}"
            findings.append(error(found, "answers for one host each", "Write the host's full name there."))
        elif not is_called(host, names):
            findings.append(error(f"{answer.origin}: {name} is for {host}, which is no host of this run", wanted, remedy))
    return findings


def _own(context: Context) -> set[str]:
    addresses = fact(context, facts.OWN_ADDRESSES)
    return {*map(str, addresses), *_own_names(context)}


def _own_names(context: Context) -> set[str]:
    return {str(context.answers.get(keys.HOST_NAME) or ""), fact(context, facts.OWN_NAME), context.host.name} - {""}


def _of_engine(context: Context) -> set[str]:
    fqdn = context.answers.get(keys.ENGINE_FQDN)
    return {str(fqdn), *_addresses(context, str(fqdn))} if fqdn else set()


def _addresses(context: Context, name: str) -> set[str]:
    try:
        return set(map(str, resolver.addresses_of(context.host, name)))
    except SetupError:
        return set()  # whether it can be reached is the finding of another check


def _is_local(host: str) -> bool:
    return host.split(".", 1)[0] in ("localhost", "127") or host == "::1"


def _look(other: OtherHost) -> Seen | SetupError:
    try:
        remote = ssh.connect(other)
    except SetupError as failure:
        return failure
    try:
        return Seen(_machine(remote), versions_of_programs.of(remote))
    except SetupError as failure:
        return failure
    finally:
        remote.close()


def _looks(context: Context) -> Mapping[str, Seen | SetupError]:
    named = _named(context)
    found = at_once([partial(_look, other) for other in named], len(named)) if named else ()
    return dict(zip(map(str, named), found, strict=True))


def _reachable(context: Context) -> list[Finding]:
    """Reached over SSH; and by their machine ids told from this host and from one another, whatever they are called."""
    findings, machines = [], {_machine(context.host): "this host"}
    for other, seen in fact(context, LOOKS).items():
        if isinstance(seen, SetupError):
            findings.append(error(seen.message, f"an SSH connection to {other}, which shall join", seen.hint))
            continue
        if seen.machine and seen.machine in machines:
            found = f"{other} and {machines[seen.machine]} have the same /etc/machine-id"
            remedy = "Name each host once; give a cloned one an id of its own: `rm /etc/machine-id; systemd-machine-id-setup`."
            findings.append(error(found, "hosts other than this one, each named once", remedy))
        else:
            findings.append(fine(f"{other} accepts the SSH login of this host"))
        machines[seen.machine] = other
    return findings


def _versions(context: Context) -> list[Finding]:
    """The engine VM moves between hosts, and the hosts serve one volume: they are meant to be alike."""
    seen = {other: one.versions for other, one in fact(context, LOOKS).items() if isinstance(one, Seen)}
    if not seen:
        return []
    differences = program_differences({fact(context, facts.OWN_NAME): versions_of_programs.of(context.host), **seen})
    remedy = "It works for the time of an upgrade. Bring all hosts to the newest of these, one after the other."
    told = [warning(line, "the same versions on all hosts", remedy) for line in differences]
    return told or [fine("the hosts have the same versions of GlusterFS, QEMU, libvirt and sanlock")]


def _machine(host: Host) -> str:
    return host.run("cat", "/etc/machine-id", check=False).out.strip()
