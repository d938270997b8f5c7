"""`engine`: start, stop, console and health of the engine VM, on any host of the deployment.

The predecessor's --vm-start, --vm-shutdown (with --now: --vm-poweroff), --console and --check-liveliness.
"""

from __future__ import annotations

import argparse
import os
import shutil
from functools import partial

from ovirt_hc_setup.base.errors import Conflict, NotDeployed, SetupError, UsageError
from ovirt_hc_setup.base.event_types import Note, Progressed
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.commandline.options import add_output, require_root
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.dialog.dialog import interactive
from ovirt_hc_setup.model.deployment_status import EngineLease
from ovirt_hc_setup.model.fqdn import Fqdn
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.sitting.runs_here import RunHere, unfinished
from ovirt_hc_setup.system.deployment import deployment_parts as parts
from ovirt_hc_setup.system.deployment import engine_health
from ovirt_hc_setup.system.deployment.engine_start import Starter
from ovirt_hc_setup.system.deployment.local_deployment import CONF, LocalDeployment
from ovirt_hc_setup.system.host.bounded_host import BoundedHost
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import vm_power
from ovirt_hc_setup.system.libvirt.libvirt_domains import LOCAL, Vm, connect

STOP_LIMIT = 120
"""Seconds that the guest gets to end by itself, as the predecessor's --vm-shutdown."""

DOWN = 3
EXAMPLES = """examples:
  ovirt-hc-setup engine health
  ovirt-hc-setup engine start --wait    when the host that it ran on has died"""
RESOURCE = "engine-vm"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "the engine VM: start, stop, console, health"
    parser = subparsers.add_parser("engine", help=about, description="The engine VM on this host.", epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)

    def action(name: str, about: str, description: str) -> argparse.ArgumentParser:
        found = actions.add_parser(name, help=about, description=description)
        add_output(found)
        return found

    start = action("start", "start the VM here", "Start the engine VM on this host, unless another host holds its lease.")
    start.add_argument("--wait", action="store_true", help="wait until the lease of a dead host has run out (3 minutes)")
    stop = action("stop", "end the VM here", f"Ask the guest to end, and wait up to {STOP_LIMIT} s for it.")
    stop.add_argument("--now", action="store_true", help="switch it off, like a power failure")
    for changing in (start, stop):
        changing.add_argument("--force", action="store_true", help="even where oVirt's HA agent manages the engine VM")
    action("console", "the VM's serial console", "The VM's serial console, by virsh. Leave it with Ctrl+].")
    action("health", "whether the engine answers", f"Ask the engine's health page: ends with 0 when it is up, {DOWN} when not.")


def run(args: argparse.Namespace) -> int:
    """Raises NotDeployed, and Conflict naming the host that holds the VM."""
    require_root()
    host = LocalHost()
    deployment = deployed.find(host)
    run = unfinished(host) if deployment is None else None
    if run is not None:
        deployment = _of_run(args, run)
    if deployment is None:
        raise NotDeployed(f"nothing is deployed on this host: {CONF} is not there", hint="Start with: ovirt-hc-setup deploy")
    with reporter(args.output) as report:
        if args.verbose:
            tell_commands(report)
        if args.action == "health":
            return _health(deployment, report)
        if args.action == "start":
            return _start(args, host, deployment, report)
        if args.action == "stop":
            return _stop(args, host, deployment, report)
        vm = _console(args, host, deployment, report)
    # Replaced, not waited for: the terminal, its size and its signals are then virsh's own.
    return os.execvp("virsh", ("virsh", "-c", LOCAL, "console", "--force", str(vm.uuid)))  # noqa: S606


def _of_run(args: argparse.Namespace, run: RunHere) -> LocalDeployment:
    """What an unfinished run makes. Raises UsageError for what has to wait for its end, or when it makes no engine here."""
    found, (summary, *ways) = run.deployment(), run.lines()
    changing = args.action == "start" or (args.action == "stop" and run.active)
    if found is None or changing:
        raise UsageError(f"nothing is deployed on this host yet. {summary}", hint="\n".join(line.strip() for line in ways))
    return found


def _health(deployment: LocalDeployment, report: Reporter) -> int:
    found = parts.health(deployment.conf.fqdn)
    page = engine_health.url(Fqdn.parse(deployment.conf.fqdn))
    report(Note(text=f"{page}: {found.said}", level="info" if found.up else "error"))
    return 0 if found.up else DOWN


def _start(args: argparse.Namespace, host: Host, deployment: LocalDeployment, report: Reporter) -> int:
    _leave_to_agent(args, host, "hosted-engine --vm-start")
    vm = _here(host, deployment)
    if vm.running:
        if vm.state == "paused":
            hint = f"A storage error or an operator paused it. To continue it: virsh resume {vm.name}"
            raise SetupError(f"{vm.name} is on this host and paused", hint=hint, host=host.name)
        report(Note(text=f"{vm.name} already runs on this host ({vm.state})."))
        return 0
    starter = Starter(host, deployment, partial(_progress, report))
    try:
        starter.require_host_id(args.wait)
        if args.wait:
            starter.wait_and_start()
        else:
            starter.start()
    except KeyboardInterrupt:
        text = "libvirt's start continues and waits for the lease. To cancel it: ovirt-hc-setup engine stop --now"
        report(Note(text=text, level="warning"))
        raise
    report(Note(text=f"{vm.name} runs on this host now. To see whether the engine answers: ovirt-hc-setup engine health"))
    return 0


def _stop(args: argparse.Namespace, host: Host, deployment: LocalDeployment, report: Reporter) -> int:
    _leave_to_agent(args, host, "hosted-engine --vm-shutdown")
    vm = _here(host, deployment)
    if not vm.running:
        elsewhere = _elsewhere(host, deployment)
        if elsewhere:
            raise Conflict(f"{vm.name} does not run on this host: {elsewhere}", hint="Stop it there.", host=host.name)
        report(Note(text=f"{vm.name} does not run on this host ({vm.state})."))
        return 0
    with connect() as libvirt:
        if args.now:
            libvirt.destroy(deployment.vm)
        elif not vm_power.has_ended(libvirt, vm, STOP_LIMIT, partial(_progress, report)):
            hint = "Look at its console, or switch it off: ovirt-hc-setup engine stop --now"
            raise SetupError(f"{vm.name} did not end within {STOP_LIMIT} s", hint=hint, host=host.name)
    report(Note(text=f"{vm.name} is {'switched off' if args.now else 'shut down'}."))
    return 0


def _console(args: argparse.Namespace, host: Host, deployment: LocalDeployment, report: Reporter) -> Vm:
    vm = _here(host, deployment)
    if not vm.running:
        where = _elsewhere(host, deployment) or "start it with: ovirt-hc-setup engine start"
        raise SetupError(f"{vm.name} does not run on this host: {where}", host=host.name)
    if args.output == "jsonl" or not interactive():
        raise UsageError("a console needs a terminal", hint="Run it at a terminal (with ssh: ssh -t).")
    if shutil.which("virsh") is None:
        raise UsageError("virsh is not installed", hint="Install libvirt-clients (Debian) or libvirt-client (Enterprise Linux).")
    report(Note(text=f"This is the serial console of {vm.name}. Ctrl+] leaves it; press Enter if the screen stays empty."))
    return vm


def _here(host: Host, deployment: LocalDeployment) -> Vm:
    with connect() as libvirt:
        found = libvirt.find(deployment.vm)
    if found is None:
        hint = "Run this on a host of the deployment; to add this host: ovirt-hc-setup add-host"
        raise SetupError(f"libvirt knows no engine VM ({deployment.vm}) on this host", hint=hint, host=host.name)
    return found


def _elsewhere(host: Host, deployment: LocalDeployment) -> str:
    """Where the lease says that it runs; empty when it is free or cannot be read."""
    try:
        lease: EngineLease = parts.lease(BoundedHost(host), deployment)
    except (SetupError, OSError):
        return ""
    foreign = lease.held and lease.holder is not None and lease.holder.host_id != deployment.conf.host_id
    return f"{lease.holder} holds its lease" if foreign else ""


def _leave_to_agent(args: argparse.Namespace, host: Host, instead: str) -> None:
    """Raises UsageError where HA's agent runs: it would undo in seconds what was done behind its back."""
    if not args.force and parts.ha_agent(host):
        hint = f"Use `{instead}`, after `hosted-engine --set-maintenance --mode=global` if needed; or add --force."
        raise UsageError(f"oVirt's HA agent ({parts.HA_AGENT}) runs on this host and manages the engine VM", hint=hint)


def _progress(report: Reporter, done: int, total: int, text: str) -> None:
    report(Progressed(resource=RESOURCE, done=done, total=total, unit="seconds", text=text))
