"""The host itself: what it can run, whether it is fit, and the programs and accounts that a deployment stands on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ovirt_hc_setup import facts, keys
from ovirt_hc_setup.base.errors import FormatError, NotInstalled, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.goals import FIRST_HOST, JOINING
from ovirt_hc_setup.model.cpu_model import CpuModel
from ovirt_hc_setup.model.engine_vm import Accelerator
from ovirt_hc_setup.model.machine_type import MachineType
from ovirt_hc_setup.resources.account import Account
from ovirt_hc_setup.resources.late_checks import LateChecks
from ovirt_hc_setup.resources.libvirt_conf import LibvirtConf
from ovirt_hc_setup.resources.package import Package
from ovirt_hc_setup.resources.unit import Unit
from ovirt_hc_setup.runner.checks import Check, Finding, error, fine, warning
from ovirt_hc_setup.runner.context import Context, Reading, fact
from ovirt_hc_setup.runner.hookspecs import hookimpl
from ovirt_hc_setup.runner.plan_part import PlanPart
from ovirt_hc_setup.runner.resource import Resource
from ovirt_hc_setup.system.host import packages
from ovirt_hc_setup.system.libvirt import accelerator, libvirt_daemon
from ovirt_hc_setup.system.libvirt.accelerator import Probed
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect

PROGRAMS = "programs"
"""Reached when the packages are installed, and what needed one of them is judged."""

SERVICES = "services"
"""Reached when programs, daemons and accounts are ready."""

_PACKAGES = {
    "apt": ("sanlock", "libvirt-daemon-system", "libvirt-sanlock", "qemu-system-x86", "qemu-utils"),
    "dnf": ("sanlock", "libvirt-daemon-kvm", "libvirt-daemon-plugin-sanlock", "qemu-kvm", "qemu-img"),
}


@hookimpl
def ovirt_hc_setup_facts() -> Sequence[Reading[Any]]:
    return [
        Reading(facts.CORES, lambda context: int(context.host.run("nproc", "--all").out)),
        Reading(facts.MEMORY_MB, lambda context: available_memory(context.host)),
        Reading(facts.ACCELERATOR, lambda context: _accelerator_of(context.host), ahead=True),
        Reading(facts.ABSENT_PACKAGES, lambda context: packages.absent(context.host, _needed(context))),
        Reading(facts.CPU_MODELS, _cpu_models),
        Reading(facts.MACHINES, _machines),
    ]


@hookimpl
def ovirt_hc_setup_checks() -> Sequence[Check]:
    return [
        Check(name="host.root", run=_root),
        Check(name="host.libvirt", run=_libvirt),
        Check(name="host.no-foreign-vms", run=_no_foreign_vms),
        Check(name="host.accelerator", run=_accelerator),
    ]


@hookimpl
def ovirt_hc_setup_parts() -> Sequence[PlanPart]:
    return [
        PlanPart(_services),
        PlanPart(lambda context: [_libvirt_conf(context, provides=(SERVICES,))], (FIRST_HOST,)),
        # Of several hosts that join at once with the same number sanlock lets one have it; the others go on with another number,
        # which they can as long as nothing that is finished has the old one in it.
        PlanPart(lambda context: [_libvirt_conf(context, behind=("volumes.ready",))], (JOINING,)),
    ]


def _services(context: Context) -> Sequence[Resource]:
    # Packages come first, while the network is as it was found and nothing is changed that hurts; then the network, and alone.
    ready = ("packages", "network.ready")
    daemon = f"{libvirt_daemon.name(context.host)}.socket"
    return [
        Package(name="packages", provides=(PROGRAMS, SERVICES), packages=_needed(context)),
        # It answers before the network is changed, so that what is asked of it can be judged.
        Unit(name="libvirt", after=("packages",), provides=(PROGRAMS, SERVICES), unit=daemon),
        *_late_checks(context),
        Unit(name="sanlock", after=ready, provides=(SERVICES,), unit="sanlock.service"),
        # libvirt starts it with the first VM and leaves it running; started by name, it is stopped again on reset.
        Unit(name="virtlogd", after=ready, provides=(SERVICES,), unit="virtlogd.service", at_boot=False),
        Account(name="accounts", after=("packages", "sanlock"), provides=(SERVICES,)),
    ]


def _needed(context: Context) -> tuple[str, ...]:
    """The packages of any deployment, and those of its storage."""
    manager = packages.manager(context.host)
    return (*_PACKAGES[manager], *fact(context, facts.CONNECTION).packages.get(manager, ()))


def _late_checks(context: Context) -> Sequence[Resource]:
    names = tuple(name for name in context.answers[keys.LATER_CHECKS].split(",") if name)
    building = ("gluster-packages",) if fact(context, facts.BUILDS) else ()
    after = ("packages", "libvirt", *building)
    return [LateChecks(name="late-checks", after=after, provides=(PROGRAMS,), checks=names)] if names else []


def _libvirt_conf(context: Context, *, behind: tuple[str, ...] = (), provides: tuple[str, ...] = ()) -> Resource:
    return LibvirtConf(
        name="libvirt-conf",
        after=("libvirt", "virtlogd", "accounts", *behind),
        provides=provides,
        host_id=context.answers[keys.HOST_ID],
    )


def available_memory(host: Host) -> int:
    """MiB that could be given to a VM now, as the kernel estimates it."""
    for line in host.run("cat", "/proc/meminfo").out.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    raise FormatError("/proc/meminfo does not say how much memory is available", host=host.name)


def _accelerator_of(host: Host) -> Probed:
    try:
        return accelerator.probe(host)
    except NotInstalled:
        return accelerator.presumed(host)


def _cpu_models(context: Context) -> frozenset[CpuModel]:
    with connect() as libvirt:
        return libvirt.models(fact(context, facts.ACCELERATOR).accelerator)


def _machines(context: Context) -> frozenset[MachineType]:
    with connect() as libvirt:
        return libvirt.machines(fact(context, facts.ACCELERATOR).accelerator)


def _root(context: Context) -> Finding:
    if os.geteuid() == 0:
        return fine("running as root")
    return error(f"running as user {os.geteuid()}", "root", "Run it again with sudo, or as root.")


def _libvirt(context: Context) -> Finding:
    wanted = "libvirt with its QEMU driver, answering"
    try:
        with connect() as libvirt:
            libvirt.vms()
    except NotInstalled:
        raise
    except SetupError as failure:
        return error(failure.message, wanted, failure.hint)
    if libvirt_daemon.lock_plugin(context.host) is None:
        return warning(
            "libvirt's sanlock plugin is not installed",
            "the plugin, without which the engine VM could run on two hosts",
            "It is installed with the other packages; now: libvirt-sanlock (Debian), libvirt-daemon-plugin-sanlock.",
        )
    return fine("libvirt answers, its sanlock plugin is installed")


def _no_foreign_vms(context: Context) -> Finding:
    with connect() as libvirt:
        ours = context.answers.get(keys.VM_UUID)
        foreign = [vm for vm in libvirt.vms() if vm.uuid != ours]
    if not foreign:
        return fine("no VM on this host")
    names = ", ".join(f"{vm.name} ({vm.state})" for vm in foreign)
    remedy = "Move them to another host and undefine them here, or use another host: libvirt is restarted with a lock manager."
    return error(f"other VMs on this host: {names}", "a host without VMs", remedy)


def _accelerator(context: Context) -> Finding:
    accelerator.find_program(context.host)
    found = fact(context, facts.ACCELERATOR)
    if found.accelerator is Accelerator.KVM:
        return fine(found.reason)
    later = "host.accelerator" in context.answers[keys.LATER_CHECKS].split(",")
    if later and accelerator.presumed(context.host).accelerator is Accelerator.KVM:
        remedy = "Fix it; or undo this run (ovirt-hc-setup reset) and deploy again: then the plan does without KVM."
        return error(f"the plan counts on KVM, and guests cannot use it: {found.reason}", "KVM", remedy)
    return warning(
        f"guests cannot use KVM: {found.reason}",
        "KVM",
        "The engine will run in QEMU's emulation, many times slower. Enable virtualization in the firmware; in a VM, "
        "nested virtualization.",
    )
