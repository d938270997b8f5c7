"""The engine appliance: which one, whether it can be used, and its disk into the engine's volume."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import FormatError, SetupError, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.appliance import Appliance
from ovirt_hc_setup.resources.disk_image import DiskImage
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine
from ovirt_hc_setup.runner.context import Context, Fact, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.question import Choice, Proposal, Question
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.appliance import qemu_img
from ovirt_hc_setup.system.appliance.appliance_files import read_appliance
from ovirt_hc_setup.system.appliance.checksum import FileSum, refuse_other_sum
from ovirt_hc_setup.system.appliance.installed_appliances import InstalledAppliance, descriptor_of, installed_appliances
from ovirt_hc_setup.system.appliance.qemu_img import Image, refuse_damaged
from ovirt_hc_setup.system.appliance.spool import free_space

GIB = 1 << 30
MIB = 1 << 20

INSTALLED: Fact[tuple[InstalledAppliance, ...]] = Fact("appliance.installed", "the installed appliance packages")


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(INSTALLED, lambda context: installed_appliances()),
        Reading(facts.APPLIANCE, lambda context: _at(context.answers[keys.APPLIANCE])),
    ]


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.APPLIANCE,
            section="VM CONFIGURATION",
            order=20,
            dialog="OVEHOSTED_VMENV_OVF",
            prompt="Engine appliance, an OVA or qcow2 file",
            why="The engine VM's disk is copied from it. Choose an installed one, or enter the path of a file.",
            proposal=_newest,
            choices=_choices,
            goals=(FIRST_HOST,),  # an additional host joins an engine that is there
            validate=_validate,
            complete="path",
        ),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="appliance.readable", run=_readable, about=keys.APPLIANCE, goals=(FIRST_HOST,)),
        Check(name="appliance.checksum", run=_of_appliance(_checksum), about=keys.APPLIANCE, goals=(FIRST_HOST,)),
        Check(name="appliance.disk-size", run=_of_appliance(_disk_size), about=keys.DISK_SIZE_GB, goals=(FIRST_HOST,)),
        Check(name="appliance.space", run=_of_appliance(_space), about=keys.APPLIANCE, goals=(FIRST_HOST,)),
    ]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_copy, (FIRST_HOST,))]


def _copy(context: Context) -> Sequence[Resource]:
    answers = context.answers
    return [
        DiskImage(
            name="appliance-copy",
            after=("engine-disk",),
            provides=("volumes.ready",),
            appliance=fact(context, facts.APPLIANCE),
            domain=fact(context, facts.STORE),
            image=answers[keys.IMG_UUID],
            volume=answers[keys.VOL_UUID],
            size=answers[keys.DISK_SIZE_GB] * GIB,
            spool=Path(answers[keys.TEMP_DIR]),
            domain_name=answers[keys.DOMAIN_NAME],
        )
    ]


def _newest(context: Context) -> Proposal[str] | None:
    usable = [one for one in fact(context, INSTALLED) if not one.problem]
    if not usable:
        return None
    newest = usable[0]
    return Proposal(str(newest.descriptor.path), f"the newest one installed, by {newest.source}")


def _choices(context: Context) -> Sequence[Choice]:
    return [
        Choice(str(one.descriptor.path), _told(one), f"cannot be used: {one.problem}" if one.problem else "")
        for one in fact(context, INSTALLED)
    ]


def _told(one: InstalledAppliance) -> str:
    version = f"version {one.descriptor.version}" if one.descriptor.version else "without a version"
    named = f"{one.descriptor.description}, " if one.descriptor.description else ""
    return f"{named}{version}, {one.file_size / GIB:.1f} GiB"


def _validate(context: Context, value: str) -> None:
    try:
        _at(value)
    except FormatError as failure:
        raise ValueRefused(failure.message, hint=failure.hint) from failure


def _at(text: str) -> Appliance:
    """What lies at a path: read once, and again only when the file has changed. Raises ValueRefused or FormatError."""
    path = Path(text)
    try:
        status = path.stat()
    except (OSError, ValueError):
        return read_appliance(path)
    return _read(path, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=8)
def _read(path: Path, stamp: tuple[int, int, int]) -> Appliance:
    return read_appliance(path, descriptor_of(path))


# --- the checks


def _of_appliance(judge: Callable[[Context, Appliance], Finding | None]) -> Callable[[Context], Finding | None]:
    def run(context: Context) -> Finding | None:
        try:
            appliance = fact(context, facts.APPLIANCE)
        except SetupError:
            # That it cannot be read is the finding of appliance.readable.
            return None
        return judge(context, appliance)

    return run


def _readable(context: Context) -> Finding:
    try:
        appliance = fact(context, facts.APPLIANCE)
        if not appliance.needs_spool and qemu_img.is_installed():
            window = appliance.disk_size if appliance.disk_offset else 0
            image = Image(appliance.path, appliance.disk_format, appliance.disk_offset, window)
            refuse_damaged(appliance.path, image)
    except (FormatError, ValueRefused) as failure:
        return error(failure.message, "an engine appliance: an OVA, plain or gzip'd, or a bare qcow2 image", failure.hint)
    return fine(str(appliance))


def _checksum(context: Context, appliance: Appliance) -> Finding | None:
    if not appliance.sha1:
        return None
    with FileSum(appliance.path) as found:
        try:
            refuse_other_sum(appliance.path, appliance.sha1, found.found())
        except FormatError as failure:
            return error(failure.message, f"SHA-1 {appliance.sha1}", failure.hint)
        except OSError as failure:
            return error(f"{appliance.path} cannot be read: {failure}", "a file that can be read", "Copy or install it again.")
    return fine(f"{appliance.path} has the SHA-1 of its descriptor")


def _disk_size(context: Context, appliance: Appliance) -> Finding | None:
    asked = context.answers.get(keys.DISK_SIZE_GB)
    if asked is None:
        return None
    least = -(-appliance.virtual_size // GIB)
    if asked * GIB >= appliance.virtual_size:
        return fine(f"the appliance's disk of {appliance.virtual_size / GIB:.1f} GiB fits into {asked} GiB")
    return error(
        f"the appliance's disk has {appliance.virtual_size / GIB:.1f} GiB, and a disk of {asked} GiB is requested",
        f"at least {least} GiB",
        f"Set {keys.DISK_SIZE_GB.name} to {least} or more.",
    )


def _space(context: Context, appliance: Appliance) -> Finding | None:
    """Space for the spool; that of the storage is a matter of its own check."""
    if not appliance.needs_spool:
        return fine("no temporary copy is needed")
    folder = Path(context.answers[keys.TEMP_DIR])
    need = f"{appliance.disk_size // MIB} MiB to unpack the disk of the compressed appliance"
    remedy = f"Free some space there, set another folder with {keys.TEMP_DIR.name}, or take an appliance that is not compressed."
    try:
        free = free_space(folder)
    except SetupError as failure:
        return error(failure.message, need, remedy)
    if free < appliance.disk_size:
        return error(f"{free // MIB} MiB are free in {folder}", need, remedy)
    return fine(f"{free // MIB} MiB are free in {folder}, {appliance.disk_size // MIB} MiB are needed temporarily")
