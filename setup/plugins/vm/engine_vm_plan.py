"""The engine VM itself, and what brings this host's part of it back after a reboot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.formats.host import host_unit
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.engine_vm import EngineVm, LeasePlace
from ovirt_hc_setup.plugins.vm.first_boot import has_seed, seed_of
from ovirt_hc_setup.resources.file import File
from ovirt_hc_setup.resources.libvirt_domain import LibvirtDomain
from ovirt_hc_setup.resources.seed_iso import seed_path
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.host.units import unit_file
from ovirt_hc_setup.system.remote import own_program

VM = "engine-vm"
BEFORE = ("network.ready", "services", "libvirt-conf", "storage.ready", "volumes.ready")


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [Reading(facts.ENGINE_VM, engine_vm)]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [PlanPart(_started, (FIRST_HOST,)), PlanPart(_defined, (JOINING,))]


def _defined(context: Context) -> Sequence[Resource]:
    """For another time: the engine runs elsewhere."""
    vm = fact(context, facts.ENGINE_VM)
    return [LibvirtDomain(name=VM, after=BEFORE, vm=vm, start=False), *_boot_unit(context, ("hosted-engine.conf",))]


def _started(context: Context) -> Sequence[Resource]:
    seeded = has_seed(context)
    return [
        LibvirtDomain(
            name=VM,
            after=(*BEFORE, "seed") if seeded else BEFORE,
            # Without a seed nobody can say when the engine is there: the operator sets it up.
            provides=() if seeded else ("engine.ready",),
            vm=fact(context, facts.ENGINE_VM),
        ),
        *_boot_unit(context, ("engine.ready", "hosted-engine.conf")),
    ]


def engine_vm(context: Context) -> EngineVm:
    """The VM that answers and facts ask for; raises ValueRefused."""
    answers = context.answers
    volume = fact(context, facts.STORE).volume(answers[keys.IMG_UUID], answers[keys.VOL_UUID])
    return EngineVm(
        uuid=answers[keys.VM_UUID],
        memory=answers[keys.VM_MEMORY_MB],
        vcpus=answers[keys.VM_VCPUS],
        cpu=CpuModel.parse(answers[keys.CPU_MODEL]),
        accelerator=fact(context, facts.ACCELERATOR).accelerator,
        disk=fact(context, facts.DISK),
        bridge=answers[keys.BRIDGE_NAME],
        mac=answers[keys.VM_MAC],
        machine=answers[keys.MACHINE],
        serial=answers[keys.IMG_UUID],
        lease=LeasePlace(lockspace=answers[keys.SD_UUID], key=answers[keys.VOL_UUID], path=volume.lease),
        nic=answers[keys.NIC_UUID],
        cdrom=answers[keys.CDROM_UUID],
        console=answers[keys.CONSOLE_UUID],
        seed=seed_path(seed_of(context)) if has_seed(context) else None,
    )


def _boot_unit(context: Context, after: tuple[str, ...]) -> list[Resource]:
    if fact(context, facts.HA_UNITS):
        return []  # oVirt's HA takes the host ids itself, and ends the VM when it has to
    about = "acquires the host ids after a boot, and releases them before a shutdown"
    text = host_unit.text(own_program.staying_command())
    return [
        File(name="host-unit-file", after=after, path=unit_file(host_unit.NAME), content=text, about=about),
        Unit(name="host-unit", after=("host-unit-file",), unit=host_unit.NAME),
    ]
