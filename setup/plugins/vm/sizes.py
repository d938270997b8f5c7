"""How large the engine VM is: memory, CPUs and their model, disk, console."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import NotInstalled, SetupError, ValueRefused
from ovirt_hc_setup.goals import FIRST_HOST
from ovirt_hc_setup.model.appliance import Appliance
from ovirt_hc_setup.model.cpu_model import CpuModel, ranked
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.question import Choice, Proposal, Question

SECTION = "VM CONFIGURATION"
GIB = 1 << 30

# The predecessor's: what an engine needs at the least, and what it is given unless the appliance or the host says otherwise.
LEAST_MEMORY = 4096
USUAL_MEMORY = 16384
LEAST_VCPUS = 2
USUAL_VCPUS = 4
USUAL_DISK = 61


@hookimpl
def ovirt_hc_setup_questions() -> Sequence[Question[Any]]:
    return [*_cpus(), *_sizes()]


def _cpus() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.CPU_MODEL,
            section=SECTION,
            order=33,
            dialog="ovehosted_vmenv_cpu_type",
            prompt="CPU model of the engine VM",
            why="Every host that shall run the engine must support it: with different hosts, choose that of the oldest.",
            proposal=_propose_model,
            choices=lambda context: [Choice(str(model)) for model in offered(context)],
            goals=(FIRST_HOST,),  # an additional host finds it on the storage
            validate=_validate_model,
            slow=True,
        ),
        Question(
            key=keys.VM_VCPUS,
            section=SECTION,
            order=35,
            dialog="ovehosted_vmenv_cpu",
            prompt="Number of virtual CPUs of the engine VM",
            why=f"{USUAL_VCPUS} is usual, {LEAST_VCPUS} the minimum. Every host that runs the engine must have as many.",
            doubt=lambda _, asked: f"With fewer than {LEAST_VCPUS} CPUs an engine is slow." if asked < LEAST_VCPUS else "",
            checks=("vm.vcpus",),
            proposal=_propose_vcpus,
            goals=(FIRST_HOST,),  # an additional host finds it on the storage
        ),
    ]


def _sizes() -> Sequence[Question[Any]]:
    return [
        Question(
            key=keys.DISK_SIZE_GB,
            section=SECTION,
            order=36,
            dialog="OVEHOSTED_VMENV_DISK_SIZE",
            prompt="Size of the engine VM's disk in GiB",
            why="At least the size of the appliance's disk; more is space for the engine's database and logs.",
            proposal=_propose_disk,
            goals=(FIRST_HOST,),  # an additional host finds it on the storage
            checks=("appliance.disk-size", "storage.space"),
        ),
        Question(
            key=keys.VM_MEMORY_MB,
            section=SECTION,
            order=38,
            dialog="ovehosted_vmenv_mem",
            prompt="Memory of the engine VM in MB",
            why=f"{USUAL_MEMORY} is usual, {LEAST_MEMORY} the minimum. A host needs this much free memory to run the engine.",
            doubt=_doubt_memory,
            checks=("vm.memory",),
            proposal=_propose_memory,
            goals=(FIRST_HOST,),  # an additional host finds it on the storage
        ),
        Question(
            key=keys.CONSOLE,
            section=SECTION,
            order=39,
            dialog="OVEHOSTED_VM_CONSOLE_TYPE",
            prompt="Console of the engine VM",
            why="It listens on this host only; there is a serial console too.",
            goals=(FIRST_HOST,),
            condition=lambda context: len(keys.CONSOLE.choices) > 1,
        ),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="vm.memory", run=_memory, about=keys.VM_MEMORY_MB),
        Check(name="vm.vcpus", run=_vcpus, about=keys.VM_VCPUS),
        Check(name="vm.cpu-model", run=_model, about=keys.CPU_MODEL),
        Check(name="vm.machine-type", run=_machine, about=keys.MACHINE),
    ]


def offered(context: Context) -> tuple[CpuModel, ...]:
    """The CPU models that this host runs and an engine knows, best first."""
    usable = fact(context, facts.CPU_MODELS)
    return ranked(usable)


def _appliance(context: Context) -> Appliance | None:
    try:
        return fact(context, facts.APPLIANCE)
    except (SetupError, LookupError):
        return None


def _propose_model(context: Context) -> Proposal[str] | None:
    models = offered(context)
    return Proposal(str(models[0]), "the best one that this host supports") if models else None


def _validate_model(context: Context, text: str) -> None:
    with suppress(NotInstalled):  # a check judges it when libvirt is there
        _refuse_model(context, text)


def _refuse_model(context: Context, text: str) -> None:
    model, usable = CpuModel.parse(text), fact(context, facts.CPU_MODELS)
    if model not in usable:
        known = ", ".join(str(known) for known in ranked(usable))
        raise ValueRefused(f"this host does not support the CPU model {model}", hint=f"Supported here: {known}.")


def _propose_vcpus(context: Context) -> Proposal[int]:
    appliance = _appliance(context)
    wanted = appliance.vcpus if appliance and appliance.vcpus else USUAL_VCPUS
    return Proposal(min(wanted, fact(context, facts.CORES)), _origin(appliance is not None and appliance.vcpus > 0))


def _propose_memory(context: Context) -> Proposal[int]:
    appliance = _appliance(context)
    wanted = appliance.memory_mib if appliance and appliance.memory_mib else USUAL_MEMORY
    return Proposal(min(wanted, fact(context, facts.MEMORY_MB)), _origin(appliance is not None and appliance.memory_mib > 0))


def _propose_disk(context: Context) -> Proposal[int]:
    appliance = _appliance(context)
    least = -(-appliance.virtual_size // GIB) if appliance else 1
    size, room = max(least, USUAL_DISK), _room(context)
    if room is not None and room // GIB < size:
        # Where not even the appliance fits, its size is proposed all the same: the check then says what is missing.
        size = max(least, room // GIB)
    return Proposal(size, {least: "the appliance's own size", USUAL_DISK: "the usual size"}.get(size, "what fits on the storage"))


def _room(context: Context) -> int | None:
    """Bytes that the disk may have; None where that is not known."""
    try:
        return fact(context, facts.DISK_ROOM)
    except (SetupError, LookupError):
        return None


def _doubt_memory(context: Context, asked: int) -> str:
    return f"With less than {LEAST_MEMORY} MB an engine may run out of memory." if asked < LEAST_MEMORY else ""


def _origin(from_appliance: bool) -> str:
    return f"{'what the appliance asks for' if from_appliance else 'the usual size'}, within what this host has"


def _memory(context: Context) -> Finding | None:
    asked = context.answers.get(keys.VM_MEMORY_MB)
    if asked is None:
        return None
    available = fact(context, facts.MEMORY_MB)
    if asked > available:
        return error(
            f"{asked} MB requested for the engine VM, {available} MB available on this host",
            f"at most {available} MB",
            f"Give the VM less memory ({keys.VM_MEMORY_MB.name}), or free memory on this host.",
        )
    if asked < LEAST_MEMORY:
        return warning(
            f"{asked} MB of memory for the engine VM", f"at least {LEAST_MEMORY} MB", f"Set {keys.VM_MEMORY_MB.name} to more."
        )
    return fine(f"{asked} MB of {available} MB available")


def _vcpus(context: Context) -> Finding | None:
    asked = context.answers.get(keys.VM_VCPUS)
    if asked is None:
        return None
    cores = fact(context, facts.CORES)
    if asked > cores:
        remedy = f"Set {keys.VM_VCPUS.name} to {cores} or less."
        return error(f"{asked} CPUs requested for the engine VM, this host has {cores}", f"at most {cores}", remedy)
    if asked < LEAST_VCPUS:
        remedy = f"Set {keys.VM_VCPUS.name} to {LEAST_VCPUS} or more."
        return warning(f"{asked} CPU for the engine VM", f"at least {LEAST_VCPUS}", remedy)
    return fine(f"{asked} of {cores} CPUs")


def _model(context: Context) -> Finding | None:
    asked = context.answers.get(keys.CPU_MODEL)
    if asked is None:
        return None
    try:
        _refuse_model(context, asked)
    except ValueRefused as refused:
        return error(refused.message, "a CPU model of this host", refused.hint)
    return fine(f"this host supports {asked}")


def _machine(context: Context) -> Finding:
    """libvirt would refuse it too, but only when bridge, domain and disk are made."""
    asked, there = MachineType.parse(context.answers[keys.MACHINE]), fact(context, facts.MACHINES)
    if asked in there:
        return fine(f"this host runs guests with the machine type {asked}")
    nearest = asked.nearest(there)
    remedy = f"Use {keys.MACHINE.name}={nearest}." if nearest else "Look at what `virsh capabilities` lists."
    known = ", ".join(sorted(str(other) for other in there if other.kind == asked.kind)) or "none of that kind"
    return error(f"this host runs no guests with the machine type {asked}", f"one that it has: {known}", remedy)
