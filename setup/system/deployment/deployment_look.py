"""A look at a whole deployment from one of its hosts: everything at once, nothing for longer than its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ovirt_hc_setup.base.host import Host
from ovirt_hc_setup.base.waiting import Waiting
from ovirt_hc_setup.model.deployment_status import Board, DeploymentStatus, EngineLease, Part
from ovirt_hc_setup.system.deployment import deployment_parts as parts
from ovirt_hc_setup.system.deployment import engine_lease
from ovirt_hc_setup.system.deployment.false_deaths import without_false_deaths
from ovirt_hc_setup.system.deployment.local_deployment import LocalDeployment
from ovirt_hc_setup.system.host.asked_at_once import Awaited
from ovirt_hc_setup.system.host.bounded_host import BoundedHost
from ovirt_hc_setup.system.storage import mounts

LIMIT = 15.0
"""Seconds for all of it."""

HEAL_LIMIT = 13.0
"""Seconds for the heal state: just after a host died, its brick is waited for."""

T = TypeVar("T")


def look(real: Host, deployment: LocalDeployment, waiting: Waiting, limit: float = LIMIT) -> DeploymentStatus:
    """Never raises for a part that cannot be read, and returns within about `limit` seconds; half a minute later when sanlock
    calls a host dead: that one is looked at twice, and `waiting` is told of it."""
    until = time.monotonic() + limit
    host, conf = BoundedHost(real), deployment.conf

    def asked(ask: Callable[[], T]) -> Awaited[T]:
        return Awaited(ask, until)

    def on_storage(ask: Callable[[], T]) -> Awaited[T]:
        def ask_mounted() -> T:
            parts.require_mounted(deployment, mounted.value())
            return ask()

        return Awaited(ask_mounted, until)

    mounted = asked(lambda: mounts.mounted_at(host, deployment.mount_point) is not None)
    board = on_storage(lambda: parts.board(host, deployment))
    domain = on_storage(lambda: parts.domain(host, deployment))
    ours, ha = deployment.lockspaces
    domain_ids = on_storage(lambda: engine_lease.members(host, ours, domain.value().sector))
    ha_ids = on_storage(lambda: engine_lease.members(host, ha, domain.value().sector))
    lease = on_storage(lambda: engine_lease.lease(host, deployment, domain.value().sector, domain_ids.value()))
    here, agent = asked(lambda: parts.vm_here(deployment)), asked(lambda: parts.ha_agent(host))
    health = asked(lambda: parts.health(conf.fqdn))
    storage = deployment.health
    volume = asked(lambda: storage.volume(host) if storage is not None else None)
    bricks = asked(lambda: storage.bricks(host) if storage is not None else None)
    heal = asked(lambda: storage.heal(BoundedHost(real, HEAL_LIMIT)) if storage is not None else None)
    others = _elsewhere(host, deployment, board.part().value, until)
    found = DeploymentStatus(
        this_host=conf.host_id,
        fqdn=conf.fqdn,
        vm=conf.vm,
        storage=conf.storage,
        mount_point=str(deployment.mount_point),
        domain_uuid=conf.domain,
        ha_agent=agent.part(),
        mounted=mounted.part(),
        board=board.part(),
        domain=domain.part(),
        domain_ids=domain_ids.part(),
        ha_ids=ha_ids.part(),
        lease=_named(lease.part(), board.part().value),
        health=health.part(),
        vms={conf.host_id: here.part(), **{number: question.part() for number, question in others.items()}},
        volume=volume.part(),
        bricks=bricks.part(),
        heal=heal.part(),
    )
    return without_false_deaths(found, host, deployment, waiting)


def _elsewhere(host: Host, deployment: LocalDeployment, board: Board | None, until: float) -> dict[int, Awaited[str]]:
    """What libvirt says on the other hosts of the HA metadata."""

    def on(name: str) -> Awaited[str]:
        return Awaited(lambda: parts.vm_on(host, name, deployment), until)

    hosts = board.hosts if board is not None else ()
    return {found.host_id: on(found.hostname) for found in hosts if found.host_id != deployment.conf.host_id}


def _named(lease: Part[EngineLease], board: Board | None) -> Part[EngineLease]:
    return Part(engine_lease.named(lease.value, board)) if lease.value is not None and board is not None else lease
