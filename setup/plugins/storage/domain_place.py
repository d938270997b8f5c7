"""The storage of the engine, whatever its kind: its type, what lies on it, its owner and its space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import NotAnswering, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.connection import Connection, ToldElsewhere
from ovirt_hc_setup.formats.vdsm.domain_metadata import read as read_domain_metadata
from ovirt_hc_setup.formats.vdsm.storage_look import FoundDomain, StorageLook
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.disk_access import DiskAccess
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.volume_role import VolumeRole
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Question
from ovirt_hc_setup.runner.resource import Resource, State, Verdict, conflict
from ovirt_hc_setup.system.storage import mounts

GIB = 2**30
# Beside the engine's disk: the other three volumes, which take their space at once, and leases and mailboxes.
BESIDE_DISK = sum(role.size for role in VolumeRole if role is not VolumeRole.DISK) + 64 * 2**20
SHOWN = 8
ATTACHED = "storage.attached"

LOOK: Fact[StorageLook | SetupError] = Fact(
    "storage.look", "what lies on the storage"
)


@hookimpl
def ovirt_hc_setup_facts(connections: Sequence[Connection]) -> Sequence[Reading[Any]]:
    def wanted(context: Context) -> Connection:
        kind = context.answers[keys.DOMAIN_TYPE]
        return next(one for one in connections if one.name == kind)  # the key takes no other

    return [
        Reading(facts.CONNECTION, wanted, by_answers=True),
        Reading(facts.ATTACHMENT, lambda context: fact(context, facts.CONNECTION).attachment(context)),
        Reading(LOOK, _look),
        Reading(facts.STORE, lambda context: FileStore.at(_root(context), context.answers[keys.SD_UUID])),
        Reading(facts.DISK, _disk),
        Reading(facts.DISK_ROOM, _room),
    ]


@hookimpl
def ovirt_hc_setup_questions(connections: Sequence[Connection]) -> Sequence[Question[Any]]:
    kind: Question[Any] = Question(
        key=keys.domain_type(tuple(one.name for one in connections)),
        section="STORAGE CONFIGURATION",
        order=3,
        dialog="OVEHOSTED_STORAGE_DOMAIN_TYPE",
        prompt="Type of the storage for the engine",
        condition=lambda _: len(connections) > 1,
    )
    return [kind, *(_where_chosen(connection.name, asked) for connection in connections for asked in connection.questions)]


def _where_chosen(chosen: str, asked: Question[Any]) -> Question[Any]:
    """Each type has questions of its own."""

    def wanted(context: Context) -> bool:
        return context.answers.get(keys.DOMAIN_TYPE) == chosen and asked.condition(context)

    return replace(asked, condition=wanted)


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="storage.reachable", run=_reachable, about=keys.STORAGE_PATH),
        Check(name="storage.empty", run=_when_looked(_empty), about=keys.STORAGE_PATH, goals=(FIRST_HOST,)),
        Check(name="storage.owner", run=_when_looked(_owner), about=keys.STORAGE_PATH),
        Check(name="storage.space", run=_space, about=keys.DISK_SIZE_GB, goals=(FIRST_HOST,)),
        Check(name="storage.free-mount-point", run=_free_mount_point, about=keys.STORAGE_PATH),
    ]


def looked(context: Context) -> StorageLook:
    """What lies on the storage; raises what was raised when somebody looked."""
    found = fact(context, LOOK)
    if isinstance(found, SetupError):
        raise found
    return found


def _room(context: Context) -> int | None:
    built = fact(context, facts.BUILT_SPACE)
    if built is None:
        look, own = looked(context), str(context.answers.get(keys.SD_UUID))
        # A run that goes on has some of its data there already.
        if any(domain.folder == own for domain in look.domains):
            return None
        built = look.free
    return max(built - BESIDE_DISK, 0)


def _look(context: Context) -> StorageLook | SetupError:
    try:
        if fact(context, facts.VOLUME_PLAN) is not None:  # in this run, or in that of the first host before this one joins
            raise ToldElsewhere("the storage is built in the run")
        return mounts.look(context.host, fact(context, facts.ATTACHMENT))
    except SetupError as failure:
        return failure


def _disk(context: Context) -> DiskAccess:
    path = fact(context, facts.STORE).volume(context.answers[keys.IMG_UUID], context.answers[keys.VOL_UUID]).data
    return DiskAccess(path=path, network=fact(context, facts.CONNECTION).network_form(context, path))


def _root(context: Context) -> Path:
    return fact(context, facts.CONNECTION).root(context.answers[keys.STORAGE_PATH])


# --- the checks


def _when_looked(judge: Callable[[Context, StorageLook], Finding | None]) -> Callable[[Context], Finding | None]:
    def run(context: Context) -> Finding | None:
        found = fact(context, LOOK)
        # Why nobody could look is the finding of another check.
        return None if isinstance(found, SetupError) else judge(context, found)

    return run


def _reachable(context: Context) -> Finding | None:
    found = fact(context, LOOK)
    if isinstance(found, ToldElsewhere):
        return None
    path = context.answers[keys.STORAGE_PATH]
    if isinstance(found, StorageLook):
        return fine(f"{path} can be mounted")
    return error(f"{path} cannot be read: {found.message}", "a storage that this host can mount", found.hint)


def _empty(context: Context, look: StorageLook) -> Finding:
    path = context.answers[keys.STORAGE_PATH]
    own = str(context.answers.get(keys.SD_UUID) or "")
    strange = [domain for domain in look.domains if domain.folder != own]
    if strange:
        return error(
            f"{path} already holds a storage domain: {'; '.join(_told(domain) for domain in strange)}",
            "an empty storage: oVirt uses only one domain on each",
            "Use another volume. To join the deployment that is there, run `ovirt-hc-setup add-host`. "
            "Nothing on it is removed.",
        )
    if look.others:
        return warning(
            f"{path} contains other files: {_few(look.others)}",
            "an empty storage",
            "They are kept, and take space that the engine's disk may need.",
        )
    return fine(f"{path} holds the domain of this run" if look.domains else f"{path} is empty")


def _told(domain: FoundDomain) -> str:
    try:
        metadata = read_domain_metadata(domain.metadata.encode())
    except SetupError as failure:
        return f"{domain.folder} ({failure.message})"
    attached = ", attached to an engine" if metadata.attached else ""
    return f"{metadata.sd_uuid} '{metadata.name}' (version {metadata.version}{attached})"


def _owner(context: Context, look: StorageLook) -> Finding:
    path = context.answers[keys.STORAGE_PATH]
    if (look.uid, look.gid) == (36, 36) and look.mode & 0o700 == 0o700:
        return fine(f"{path} belongs to 36:36")
    return error(
        f"the root of {path} belongs to {look.uid}:{look.gid}, mode {look.mode:04o}",
        "36:36 (vdsm:kvm), which can read, write and enter it",
        fact(context, facts.CONNECTION).owning(path),
    )


def _space(context: Context) -> Finding | None:
    size, path = context.answers.get(keys.DISK_SIZE_GB), context.answers[keys.STORAGE_PATH]
    if size is None:
        return None
    need = size * GIB + BESIDE_DISK
    built, look = fact(context, facts.BUILT_SPACE), fact(context, LOOK)
    if built is not None:
        free, enough = f"{path}, built in this run, will have {built / GIB:.1f} GiB", built >= need
    elif isinstance(look, SetupError):
        return None  # why nobody could look is the finding of another check
    else:
        free = f"{look.free / GIB:.1f} GiB of {look.size / GIB:.1f} GiB are free on {path}"
        room = fact(context, facts.DISK_ROOM)
        enough = room is None or room >= size * GIB
    if enough:
        return fine(free)
    return error(
        free,
        f"{need / GIB:.1f} GiB: {size} GiB for the engine's disk and {BESIDE_DISK / GIB:.1f} GiB for other volumes",
        f"Use a larger volume, free some space, or choose a smaller disk ({keys.DISK_SIZE_GB.name}).",
    )


def _free_mount_point(context: Context) -> Finding | None:
    """What is mounted there already is said now and not in the middle of the work."""
    if isinstance(fact(context, LOOK), SetupError):
        return None
    resources = fact(context, facts.CONNECTION).resources(context)
    found = [_probed(resource, context.host) for resource in resources if ATTACHED in resource.provides]
    point = _root(context)
    for state in found:
        if state.verdict is Verdict.CONFLICT:
            return error(state.reason, f"nothing else mounted at {point}", state.remedy)
    return fine(f"{point} is free for it") if found else None


def _probed(resource: Resource, host: Host) -> State:
    try:
        return resource.probe(host)
    except NotAnswering as silent:
        return conflict(silent.message, silent.hint)


def _few(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
