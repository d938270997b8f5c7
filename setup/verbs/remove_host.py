"""`remove-host`: takes a host out of a hosted engine: this one, or one that is gone for good.

**This host** (no option): what `add-host` did on it is taken back, as `reset` does. The engine VM must not run on it.

**A dead host** (`--host-id N`, from any host that has joined): its block in the HA metadata is zeroed and its id in both
lockspaces is given back, so that another host can have the number. Whether a host is dead is sanlock's word alone: it has to call
the id DEAD (no sign of life until its watchdog must have ended it) or FREE in both lockspaces. What it calls DEAD is looked at
twice, 25 s apart, from the storage itself, and once more right before it is released. Killed in between, the same command
does the rest: every step leaves alone what is done already.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovirt_hc_setup.base.errors import Conflict, FormatError, NotDeployed, UsageError
from ovirt_hc_setup.base.event_types import Note
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting
from ovirt_hc_setup.commandline.audience import dialog_of, output_of
from ovirt_hc_setup.commandline.options import add_dialog, add_output, require_root
from ovirt_hc_setup.commandline.run_options import RunOptions
from ovirt_hc_setup.commandline.verbose import tell_commands
from ovirt_hc_setup.formats.hosted_engine import ha_metadata
from ovirt_hc_setup.formats.sanlock.delta_leases import DeltaLease
from ovirt_hc_setup.formats.sanlock.sanlock_output import HeldLockspace
from ovirt_hc_setup.model.deployment_status import Liveness
from ovirt_hc_setup.model.file_store import FileStore
from ovirt_hc_setup.model.host_number import HostNumber
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.report.choosing import reporter
from ovirt_hc_setup.report.reporters import Reporter
from ovirt_hc_setup.runner.apply_one import EventProgress
from ovirt_hc_setup.runner.lock import host_lock
from ovirt_hc_setup.sitting.standing import standing_runs
from ovirt_hc_setup.sitting.wizard import declined
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.bounded_host import BoundedHost
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.host.terminal_session import whereabouts
from ovirt_hc_setup.system.host.uncached_blocks import read_blocks, write_block
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect
from ovirt_hc_setup.system.sanlock import lockspace_members
from ovirt_hc_setup.system.storage import mounts, volume_files
from ovirt_hc_setup.verbs import reset

JOINED_BY = "add-host"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "remove-host",
        help="remove a host from a hosted engine: this one, or a dead one",
        description="Undo what add-host did on this host; or, with --host-id, clean up after a host that is gone for good.",
        epilog="examples:\n  ovirt-hc-setup remove-host --plan\n"
        "  ovirt-hc-setup remove-host --host-id 2    on another host, when host 2 is dead",
    )
    parser.add_argument("--host-id", metavar="N", help="clean up after the dead host that had this id")
    parser.add_argument("--plan", action="store_true", help="show what would be done, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    add_output(parser)
    add_dialog(parser)


def run(args: argparse.Namespace) -> int:
    require_root()
    host = LocalHost()
    if args.host_id is None:
        joined = [folder for folder in standing_runs() if folder.verb == JOINED_BY]
        if not joined:
            hint = "Only a host that joined is removed. What an undo would take from this one: ovirt-hc-setup reset --plan"
            raise UsageError(f"this host was set up by `{reset.chosen().verb}`, not by `{JOINED_BY}`", hint=hint)
        _refuse_running_vm(host)
        return reset.run(argparse.Namespace(**vars(args), run=joined[0].id, confirm=[], leave=[]))
    number = HostNumber.parse(args.host_id).number
    with reporter(output_of(RunOptions.of(args))) as report:
        if args.verbose:
            tell_commands(report)
        return _clean_up(args, host, number, report)


def _refuse_running_vm(host: Host) -> None:
    deployment = deployed.find(host)
    if deployment is None:
        return
    with connect() as libvirt:
        found = libvirt.find(deployment.vm)
    if found is not None and found.running:
        hint = "Move it first: `ovirt-hc-setup engine stop` here, then `ovirt-hc-setup engine start` on another host."
        raise Conflict("the engine VM runs on this host", hint=hint)


@dataclass(frozen=True)
class Leaving:
    """A dead host's traces: what is left of it in a lockspace (None: nothing), and its name in the HA metadata."""

    number: int
    sector: int
    leases: tuple[tuple[HeldLockspace, DeltaLease | None], ...]
    board: Path
    block: bytes

    @property
    def name(self) -> str:
        with suppress(FormatError):
            if any(self.block):
                return ha_metadata.read_host_block(self.block).hostname
        return next((lease.owner for _, lease in self.leases if lease is not None), "nobody")

    def lines(self) -> list[str]:
        said = [f"free host id {self.number} in {space.name}" for space, lease in self.leases if lease is not None]
        return said + ([f"clear block {self.number} of the hosted-engine metadata"] if any(self.block) else [])


def _clean_up(args: argparse.Namespace, host: Host, number: int, report: Reporter) -> int:
    deployment = _joined(host, number)
    waiting = partial(EventProgress("remove-host", report).amount, unit="seconds")
    traces = _traces(BoundedHost(host), deployment, number, waiting)
    if not traces.lines():
        report(Note(text=f"Host {number} is unknown: neither the hosted-engine metadata nor a lockspace has it."))
        return 0
    report(Note(text="\n".join([f"Host {number} was {traces.name}. To do:", *(f"  {line}" for line in traces.lines())])))
    if args.plan:
        report(Note(text="This is the plan. Nothing was changed."))
        return 0
    _confirm(args, traces, report)
    with host_lock(f"remove-host {number} by {whereabouts()}", "Wait for its end: it takes seconds."):
        _remove(host, traces)
    report(Note(text=f"Host {number} ({traces.name}) is removed. Its host id is free."))
    return 0


def _joined(host: Host, number: int) -> LocalDeployment:
    """This host's deployment; raises NotDeployed, or UsageError for its own number."""
    deployment = deployed.find(host)
    if deployment is None:
        raise NotDeployed("this host is in no hosted engine", hint="Run this on a host of the deployment.")
    if deployment.conf.host_id == number:
        raise UsageError(f"{number} is this host's own id", hint="To remove this host: ovirt-hc-setup remove-host")
    if mounts.mounted_at(host, deployment.mount_point) is None:
        raise Conflict(f"nothing is mounted at {deployment.mount_point}", hint="Start ovirt-hc-setup-host.service first.")
    return deployment


def _traces(host: Host, deployment: LocalDeployment, number: int, waiting: Waiting) -> Leaving:
    """What a host has left. Raises Conflict unless it is gone by sanlock's word and by its leases, in both lockspaces."""
    layout = FileStore.at(deployment.mount_point, deployment.conf.domain)
    sector, known = volume_files.block_size(layout), lockspace_members.lives(host)
    leases = []
    for space in deployment.lockspaces:
        lease = lockspace_members.fresh_lease(host, space, number, sector)
        _require_gone(space, lease, known.get(space.name))
        leases.append((space, lease if lease.taken else None))
    suspects = [(space, number) for space, lease in leases if lease is not None]
    for space, _ in lockspace_members.renewed(host, suspects, sector, waiting):
        message = f"host {number} has renewed its id in the lockspace {space.name} just now, although sanlock calls it dead"
        raise Conflict(message, hint="It lives. Look at the network between the hosts, and at `gluster volume status`.")
    board = layout.volume(*deployment.conf.metadata).data
    block = read_blocks(board, number * ha_metadata.BLOCK, ha_metadata.BLOCK)
    return Leaving(number, sector, tuple(leases), board, block)


def _require_gone(space: HeldLockspace, lease: DeltaLease, known: object) -> None:
    if not isinstance(known, dict):
        hint = "Start ovirt-hc-setup-host.service, and wait until the id is held."
        raise Conflict(f"this host does not hold its id in the lockspace {space.name}, so sanlock cannot judge others", hint=hint)
    life = known.get(lease.host_id, Liveness.UNKNOWN)
    if lease.taken and not life.gone:
        hints = {
            Liveness.LIVE: "Remove it on that host itself: ovirt-hc-setup remove-host",
            Liveness.UNKNOWN: "sanlock has not watched it long enough: try again in a few minutes.",
            Liveness.FAILING: "It has not renewed its lease for a while, but may still recover: try again in two minutes.",
        }
        message = f"sanlock says {life.name} of host id {lease.host_id} ({lease.owner}) in the lockspace {space.name}"
        raise Conflict(message, hint=hints[life])


def _confirm(args: argparse.Namespace, traces: Leaving, report: Reporter) -> None:
    if args.yes:
        return
    dialog = dialog_of(RunOptions.of(args))
    if dialog is None:
        raise UsageError("there is no terminal for questions", hint="Add --yes to confirm without a question.")
    with report.pause():
        text = f"Remove host {traces.number} ({traces.name})?"
        if not dialog.confirm(text, default=False, name="HC_REMOVE_HOST_PROCEED"):
            raise declined()


def _remove(host: Host, traces: Leaving) -> None:
    # The block first: as long as the id is taken, no other host begins to use it.
    if any(traces.block):
        if read_blocks(traces.board, traces.number * ha_metadata.BLOCK, ha_metadata.BLOCK) != traces.block:
            raise Conflict(f"block {traces.number} of the hosted-engine metadata was just written: it is alive", host=host.name)
        write_block(host, traces.board, traces.number * ha_metadata.BLOCK, bytes(ha_metadata.BLOCK))
    for space, lease in traces.leases:
        if lease is not None:
            lockspace_members.release(host, space, lease, traces.sector)
