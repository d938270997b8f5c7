"""What the engine VM is told at its first boot: passwords, key, names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.secrets import Secret
from ovirt_hc_setup.formats.appliance import engine_setup
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.fqdn import HostName
from ovirt_hc_setup.model.ip import Ip
from ovirt_hc_setup.model.password_quality import weakness
from ovirt_hc_setup.model.seed import HostsLine, Seed, StaticNetwork, check_ssh_key
from ovirt_hc_setup.plugins.vm.sizes import SECTION
from ovirt_hc_setup.resources.seed_iso import SeedIso, seed_path
from ovirt_hc_setup.runner.checks import Check, Finding, warning
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.runner.run_answers import Source


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.CLOUD_INIT,
            section=SECTION,
            order=22,
            dialog="CLOUD_INIT_USE",
            prompt="Set up the engine VM with cloud-init (generate), or do it yourself (skip)",
            why="With generate, the engine is running at the end. With skip, you log in to the VM and run engine-setup yourself.",
            goals=(FIRST_HOST,),
        ),
        Question(
            key=keys.ROOT_PASSWORD,
            section=SECTION,
            order=28,
            dialog="CI_ROOT_PASSWORD",
            prompt="Password of root in the engine VM",
            why="For its console, and for SSH if the appliance allows that. Only a hash of it is stored, in the VM.",
            condition=has_seed,
            doubt=_doubt,
            twice=True,
        ),
        Question(
            key=keys.ROOT_SSH_KEY,
            section=SECTION,
            order=30,
            dialog="CI_ROOT_SSH_PUBKEY",
            prompt="Public SSH key for root in the engine VM, or none",
            why="Whoever has the private key can log in as root without a password. One line, as in id_ed25519.pub.",
            condition=has_seed,
            validate=_validate_key,
        ),
        Question(
            key=keys.ETC_HOSTS,
            section=SECTION,
            order=32,
            dialog="CI_VM_ETC_HOST",
            prompt="Add this host to the engine VM's /etc/hosts",
            why="Needed if DNS does not know this host: the engine must resolve the names of its hosts.",
            condition=has_seed,
        ),
        Question(
            key=keys.ADMIN_PASSWORD,
            section="HOSTED ENGINE CONFIGURATION",
            order=41,
            dialog="ENGINE_ADMIN_PASSWORD",
            prompt="Password of the engine's user admin",
            why="The login for the engine's web pages, with full rights there. It is not stored on this host.",
            condition=has_seed,
            validate=lambda context, password: engine_setup.check_password(password),
            doubt=_doubt,
            twice=True,
        ),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [Check(name="vm.passwords", run=_passwords)]


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(facts.SEEDED, _is_generated, goals=(FIRST_HOST,), by_answers=True),
        Reading(facts.SEEDED, lambda context: False, goals=(JOINING,), by_answers=True),
    ]


def _is_generated(context: Context) -> bool:
    return context.answers.get(keys.CLOUD_INIT) == "generate"


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_seed)]


def _seed(context: Context) -> Sequence[Resource]:
    if not has_seed(context):
        return ()
    seed = seed_of(context)
    return [
        SeedIso(
            name="seed",
            after=("services",),
            path=seed_path(seed),
            seed=seed,
            admin_password=keys.ADMIN_PASSWORD.name,
            root_password=keys.ROOT_PASSWORD.name if _given(context.answers.get(keys.ROOT_PASSWORD)) else "",
        )
    ]


def has_seed(context: Context) -> bool:
    """Whether the engine VM is set up by cloud-init in this run."""
    return fact(context, facts.SEEDED)


def seed_of(context: Context) -> Seed:
    """The seed that the answers ask for; raises ValueRefused."""
    answers = context.answers
    static, dns, key = answers.get(keys.ENGINE_CIDR), answers.get(keys.ENGINE_DNS), answers.get(keys.ROOT_SSH_KEY)
    zone = answers.get(keys.TIME_ZONE) or ""
    return Seed(
        instance_id=answers[keys.VM_UUID],
        fqdn=answers[keys.ENGINE_FQDN],
        mac=answers[keys.VM_MAC],
        static=StaticNetwork(address=str(static), gateway=Ip.parse(answers[keys.GATEWAY])) if static else None,
        dns=dns.servers if dns else (),
        ssh_keys=(key.strip(),) if key and key.strip() else (),
        time_zone=zone,
        hosts=_hosts(context) if answers.get(keys.ETC_HOSTS) else (),
    )


def _hosts(context: Context) -> tuple[HostsLine, ...]:
    """This host, by its address on the management network that is in the gateway's IP version; and the engine, where its address
    is known."""
    answers = context.answers
    version = Ip.parse(answers[keys.GATEWAY]).version
    own = [held.ip for held in fact(context, facts.BRIDGE_ADDRESSES) if held.ip.version == version]
    name = answers.get(keys.HOST_NAME) or HostName.parse(fact(context, facts.OWN_NAME))
    lines = [HostsLine(address=own[0], name=name)] if own else []
    static = answers.get(keys.ENGINE_CIDR)
    if static:
        lines.append(HostsLine(address=static.ip, name=HostName(str(answers[keys.ENGINE_FQDN]))))
    return tuple(lines)


def _weakness(context: Context, password: Secret) -> str:
    engine = context.answers.get(keys.ENGINE_FQDN)
    return weakness(password.reveal(), str(engine).split(".") if engine else ())


def _doubt(context: Context, password: Secret) -> str:
    weak = _weakness(context, password)
    return f"This password is weak: {weak}." if weak else ""


def _passwords(context: Context) -> list[Finding]:
    """Those that were supplied: who typed one was told at once."""
    if not has_seed(context):
        return []
    found = []
    for key in (keys.ROOT_PASSWORD, keys.ADMIN_PASSWORD):
        password, typed = context.answers.get(key), context.answers.source(key) is Source.TYPED
        if password and not typed and (weak := _weakness(context, password)):
            found.append(warning(f"{key.help} is weak: {weak}", "one that is hard to guess", f"Give another {key.name}.", key))
    return found


def _validate_key(context: Context, text: str) -> None:
    if text.strip():
        check_ssh_key(text.strip())


def _given(secret: Secret | None) -> bool:
    return bool(secret)
