"""`host-up` (not for operators): run by a unit at boot, and with `--leave` before a shutdown.

It waits for the storage's mount and takes this host's ids in both lockspaces: HA's by the path that HA and VDSM use, which a
host that held it by another is moved to. It does not start the engine VM: where that runs is decided by people or by HA, not by
which host happens to boot. Before a shutdown it ends the VM and gives the host ids back: a host that goes down with a host id
held takes minutes for it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ovirt_hc_setup.base.errors import CommandFailed, Conflict, SetupError
from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import waits
from ovirt_hc_setup.commandline.options import require_root
from ovirt_hc_setup.plugins import deployed
from ovirt_hc_setup.system.deployment.local_deployment import CONF, LocalDeployment
from ovirt_hc_setup.system.host import units
from ovirt_hc_setup.system.host.commands import LocalHost
from ovirt_hc_setup.system.libvirt import libvirt_daemon, vm_power
from ovirt_hc_setup.system.libvirt.libvirt_domains import connect
from ovirt_hc_setup.system.sanlock import host_ids, sanlock_client
from ovirt_hc_setup.system.storage import mounts, vdsm_image_link

MOUNT_LIMIT = 600.0
"""Seconds that the storage gets after a boot: bricks on other hosts may come up minutes later."""

VM_LIMIT = 90.0
"""Seconds that the guest gets to end before a shutdown."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("host-up", description="Acquire this host's ids after a boot; run by a systemd unit.")
    parser.add_argument("--leave", action="store_true", help="shut down the engine VM and release the host ids")


def run(args: argparse.Namespace) -> int:
    require_root()
    host = LocalHost()
    deployment = deployed.find(host)
    if deployment is None:
        print(f"{CONF} does not exist: nothing to do", flush=True)
        return 0
    if args.leave:
        leave(host, deployment)
    else:
        join(host, deployment)
    return 0


def join(host: Host, deployment: LocalDeployment) -> None:
    """Raises SetupError when the storage does not come or a host id cannot be had."""
    _wait_mounted(host, deployment.mount_point)
    _link(host, deployment)
    for space in deployment.held_lockspaces:
        host_ids.take(host, space, _say)
        print(f"{space.name}: host id {space.host_id} is held", flush=True)


def leave(host: Host, deployment: LocalDeployment) -> None:
    """Best effort: what cannot be left is said, and the shutdown goes on."""
    try:
        _end_vm(host, deployment)
    except SetupError as error:
        print(f"the engine VM: {error}", flush=True)
    for space in reversed(deployment.held_lockspaces):
        try:
            found = sanlock_client.known(sanlock_client.status(host), space.name)
            if found is not None and host_ids.is_same(space, found):
                # Whatever still holds a lease of it has been ended, or is to be ended by sanlock.
                result = sanlock_client.remove_lockspace(host, found, _say)
                print(f"{space.name}: " + ("left" if result == 0 else sanlock_client.meaning(result)), flush=True)
        except SetupError as error:
            print(f"{space.name}: {error}", flush=True)


def _link(host: Host, deployment: LocalDeployment) -> None:
    link, image = deployment.link
    try:
        vdsm_image_link.make(link, image)
    except FileExistsError as error:
        hint = f"It should lead to {image}. If nobody uses it any more, remove it and start this unit again."
        raise Conflict(vdsm_image_link.trouble(link, image), hint=hint, host=host.name) from error


def _wait_mounted(host: Host, point: Path) -> None:
    for _ in waits(MOUNT_LIMIT, _say, f"waiting for {point}", every=2):
        if mounts.mounted_at(host, point) is not None and mounts.answers(host, point):
            return
    hint = "See whether the storage is served, and the mount unit; then start this unit again."
    raise CommandFailed(f"nothing is mounted at {point} after {MOUNT_LIMIT:.0f} s", hint=hint, host=host.name)


def _end_vm(host: Host, deployment: LocalDeployment) -> None:
    # A daemon that ended because nobody needed it has no VMs. Asking it would start it, which systemd lets wait for this unit
    # to end, while this waits for the answer.
    if not units.state(host, f"{libvirt_daemon.name(host)}.service").is_active:
        return
    with connect() as libvirt:
        found = libvirt.find(deployment.vm)
        if found is None or not found.running:
            return
        print(f"ending {found.name}", flush=True)
        if not vm_power.has_ended(libvirt, found, VM_LIMIT, lambda *_: None):
            libvirt.destroy(deployment.vm)


def _say(done: int, total: int, text: str) -> None:
    # Into the journal, now and then: a line a second for minutes would drown everything else.
    if done % 30 == 0:
        print(f"{text} ({done} of at most {total} s)", flush=True)
