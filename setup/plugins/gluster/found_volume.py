"""The GlusterFS volume behind the storage path: asked for, read, and judged before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import SetupError, ValueRefused
from ovirt_hc_setup.formats.gluster.gluster_xml import GlusterRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.gluster_state import PoolPeer
from ovirt_hc_setup.model.gluster_volume import GlusterVolume
from ovirt_hc_setup.model.offline_bricks import OfflineBricks
from ovirt_hc_setup.model.storage_path import StoragePath
from ovirt_hc_setup.plugins.gluster.building import LOCAL, builds, is_gluster, storage_path
from ovirt_hc_setup.plugins.gluster.judgement import RULES, Rule, faults
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.system.gluster import glusterd

Answer = GlusterVolume | SetupError

# What glusterd answered, kept even when it was an error: many checks ask, and a silent server costs seconds each time.
ANSWER: Fact[Answer] = Fact("gluster.answer", "the state of the volume")

LOCAL_STATES: Fact[Mapping[str, str]] = Fact("gluster.local-states", "the state of this pool's suitable volumes, by name")

INSTALL = "Install GlusterFS: `dnf install glusterfs-server` or `apt install glusterfs-server`."


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(ANSWER, lambda context: ask(context, storage_path(context))),
        Reading(facts.VOLUME, _volume),
        Reading(facts.POOL, _pool),
        Reading(facts.HOST_NAMES, _host_names),
        Reading(LOCAL_STATES, _local_states),
    ]


def volume_question() -> Question[str]:
    return Question(
        key=keys.STORAGE_PATH,
        section="STORAGE CONFIGURATION",
        order=5,
        dialog="OVEHOSTED_STORAGE_DOMAIN_CONNECTION",
        prompt="GlusterFS volume for the engine, as SERVER:/VOLUME",
        why="It holds the engine's disk and the cluster's leases. It must be replica 3, on three hosts.",
        proposal=_proposal,
        choices=_choices,
        settle=lambda context, path: str(StoragePath.parse(path)),
        validate=_validate,
        checks=("storage.server-shared",),
    )


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    judged = [Check(name=name, run=_judge(rule), about=keys.STORAGE_PATH) for name, rule in RULES.items()]
    return [
        Check(name="storage.server-answers", run=_server_answers, about=keys.STORAGE_PATH),
        Check(name="storage.server-shared", run=_server_shared, about=keys.STORAGE_PATH, goals=(FIRST_HOST,)),
        Check(name="gluster.volume-exists", run=_volume_exists, about=keys.STORAGE_PATH),
        *judged,
        Check(name="gluster.bricks-online", run=_bricks_online, optional=True),
        Check(name="gluster.peers", run=_peers, optional=True),
    ]


def ask(context: Context, path: StoragePath) -> Answer:
    """The volume, or the error that one gets instead of it."""
    try:
        return glusterd.volume_info(context.host, path.volume, path.server)
    except SetupError as failure:
        return failure


def _is_there(context: Context) -> bool:
    """Whether there has to be a volume already: one that is built in a run is judged when it is built."""
    return is_gluster(context) and not builds(context) and not _is_promised(context)


def _is_promised(context: Context) -> bool:
    """Whether the run of the first host builds it, before this one joins."""
    return not builds(context) and fact(context, facts.VOLUME_PLAN) is not None


def _volume(context: Context) -> GlusterVolume:
    if (plan := fact(context, facts.VOLUME_PLAN)) is not None:
        return plan.as_built()
    answer = fact(context, ANSWER)
    if isinstance(answer, SetupError):
        raise answer
    return answer


def _pool(context: Context) -> tuple[PoolPeer, ...]:
    try:
        return glusterd.peers(context.host, storage_path(context).server)
    except SetupError:
        return ()  # what answers of the volume is the finding of other checks


def _host_names(context: Context) -> tuple[str, ...]:
    answers = context.answers
    named = answers.get(keys.ADDITIONAL_HOSTS)
    hosts = [one.host for one in named.hosts] if named else []
    if builds(context):
        hosts += answers[keys.GLUSTER_HOSTS].names
    elif is_gluster(context) and isinstance(volume := fact(context, ANSWER), GlusterVolume):
        hosts += [*volume.hosts, *(peer.host for peer in fact(context, facts.POOL) if peer.host != "localhost")]
    return tuple(dict.fromkeys(host.lower() for host in hosts if host.lower() != fact(context, facts.OWN_NAME)))


# --- the question


def _path(volume: GlusterVolume) -> str:
    return str(StoragePath.of(volume.hosts[0], volume.name))


def _choices(context: Context) -> Sequence[Choice]:
    if builds(context):
        return ()
    return [_choice(context, volume) for volume in fact(context, LOCAL) if volume.hosts]


def _choice(context: Context, volume: GlusterVolume) -> Choice:
    why_not = _why_not(context, volume)
    known = [volume.description, volume.status.lower()]
    if not why_not:
        known += [fact(context, LOCAL_STATES).get(volume.name, ""), _quorum(volume)]
    return Choice(_path(volume), ", ".join(word for word in known if word), why_not)


def _quorum(volume: GlusterVolume) -> str:
    if volume.has_client_quorum and volume.has_server_quorum:
        return "client and server quorum"
    return "client quorum" if volume.has_client_quorum else "no quorum"


def _local_states(context: Context) -> Mapping[str, str]:
    states: dict[str, str] = {}
    for volume in fact(context, LOCAL):
        if not faults(volume):
            try:
                down = len(OfflineBricks(volume, glusterd.brick_states(context.host, volume.name)).bricks)
            except SetupError:
                continue  # whether its bricks are online is the finding of a check
            every = len(volume.bricks)
            states[volume.name] = f"{every - down} of {every} bricks up" if down else f"all {every} bricks up"
    return states


def _why_not(context: Context, volume: GlusterVolume) -> str:
    wrong = faults(volume, _skipped(context))
    return wrong[0].found if wrong else ""


def _proposal(context: Context) -> Proposal[str] | None:
    """The volume named `engine`, else the only one that fits."""
    if builds(context):
        first = context.answers[keys.GLUSTER_HOSTS].names[0]
        return Proposal(str(StoragePath.of(first, "engine")), "built in this run")
    fit = [volume for volume in fact(context, LOCAL) if volume.hosts and not faults(volume)]
    named = [volume for volume in fit if volume.name == "engine"]
    chosen = named or fit
    if len(chosen) != 1:
        return None
    return Proposal(_path(chosen[0]), f"the {chosen[0].description} volume of this pool")


def _validate(context: Context, text: str) -> None:
    path = StoragePath.parse(text)
    if builds(context):
        _validate_new(context, path)
        return
    if _is_promised(context):
        return
    answer = ask(context, path)
    if isinstance(answer, SetupError):
        raise ValueRefused(answer.message, hint=answer.hint)
    wrong = faults(answer, _skipped(context))
    if wrong:
        raise ValueRefused(
            "; ".join(finding.found for finding in wrong),
            hint="\n  ".join(f"Expected: {finding.expected}. {finding.remedy}" for finding in wrong),
        )


def _validate_new(context: Context, path: StoragePath) -> None:
    first = context.answers[keys.GLUSTER_HOSTS].names[0]
    if path.server != first:
        hint = f"This run builds the volume, so write {StoragePath.of(first, path.volume)}."
        raise ValueRefused(f"{path} is not on {first}", hint=hint)


def _skipped(context: Context) -> frozenset[str]:
    names = context.answers.get(keys.SKIP_CHECKS) or ""
    return frozenset(name.strip() for name in names.split(","))


# --- the checks


def _judge(rule: Rule) -> Callable[[Context], Finding | None]:
    def run(context: Context) -> Finding | None:
        if not _is_there(context):
            return None
        answer = fact(context, ANSWER)
        # Why it could not be read is the finding of another check.
        return None if isinstance(answer, SetupError) else rule(answer)

    return run


def _server_answers(context: Context) -> Finding | None:
    if not _is_there(context):
        return None
    server = storage_path(context).server
    answer = fact(context, ANSWER)
    if isinstance(answer, glusterd.ServerSilent):
        return error(answer.message, f"a glusterd that answers on {server}", answer.hint)
    if isinstance(answer, SetupError) and not isinstance(answer, GlusterRefused):
        return error(answer.message, f"an answer of glusterd on {server}", answer.hint or INSTALL)
    return fine(f"glusterd answers on {server}")


def _server_shared(context: Context) -> Finding | None:
    """Every host mounts the storage by the same path. One that is on the storage already is not ours to change."""
    if not is_gluster(context) or context.answers.get(keys.STORAGE_PATH) is None:
        return None
    path = storage_path(context)
    if not path.is_own_host:
        return fine(f"{path.server} is the same machine on every host")
    answer = None if builds(context) else fact(context, ANSWER)
    hosts = answer.hosts if isinstance(answer, GlusterVolume) else ()
    example = f", for example {StoragePath.of(hosts[0], path.volume)}" if hosts else ""
    found = f"{path} is another machine on every host, and every host mounts the storage by this path"
    return error(found, "a server by a name that all hosts resolve to the same machine", f"Give one of the brick hosts{example}.")


def _volume_exists(context: Context) -> Finding | None:
    if not _is_there(context):
        return None
    answer = fact(context, ANSWER)
    if isinstance(answer, GlusterVolume):
        return fine(f"volume {answer.name} is there, with {len(answer.bricks)} bricks")
    if isinstance(answer, GlusterRefused):
        wanted = f"a volume named '{storage_path(context).volume}'"
        return error(answer.message, wanted, answer.hint or "See glusterd's log there.")
    return None


def _bricks_online(context: Context) -> Finding | None:
    if not _is_there(context) or not isinstance(volume := fact(context, ANSWER), GlusterVolume) or not volume.started:
        return None
    offline = _offline(context, volume)
    if not offline.bricks:
        return fine(f"all {len(volume.bricks)} bricks are online")
    enough = len(offline.bricks) == 1
    return (warning if enough else error)(offline.found, "every brick online", offline.remedy)


def _offline(context: Context, volume: GlusterVolume) -> OfflineBricks:
    states = glusterd.brick_states(context.host, volume.name, storage_path(context).server)
    return OfflineBricks(volume, states, fact(context, facts.POOL))


def _peers(context: Context) -> list[Finding]:
    """Hosts of the pool that are no members at the moment; those whose bricks are offline too are named with these."""
    if not _is_there(context) or not isinstance(volume := fact(context, ANSWER), GlusterVolume):
        return []
    named = set(_offline(context, volume).troubled) if volume.started else set()
    wrong = [peer for peer in fact(context, facts.POOL) if peer.trouble and peer not in named]
    return [warning(peer.trouble, "every host of the pool connected and in the cluster", peer.remedy) for peer in wrong]
