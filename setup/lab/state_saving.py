"""A lab saved as a state, and a lab begun from one."""

from __future__ import annotations

from ovirt_hc_setup.base.errors import Conflict, UsageError
from ovirt_hc_setup.lab import places, states
from ovirt_hc_setup.lab.base_image import Progress
from ovirt_hc_setup.lab.host_kinds import HostKind
from ovirt_hc_setup.lab.keeping import end_processes, running_keeper
from ovirt_hc_setup.lab.lab_waits import wait_for
from ovirt_hc_setup.lab.processes import keeper_of, supervisor_of
from ovirt_hc_setup.lab.refusals import refuse
from ovirt_hc_setup.lab.sleeping import put_to_sleep, wake
from ovirt_hc_setup.lab.whole_lab import Lab

_OFF_LIMIT = 120.0
_BOOT_LIMIT = 300.0
"""Seconds: a host of a deployment has booted when it holds its ids, which takes sanlock 40 s at least."""


def save(lab: Lab, name: str, progress: Progress) -> None:
    """Stop a lab, copy it, and start it again, also when it could not be copied.

    Raises NotDeployed when it is not up, and what `states.refuse_save` does.
    """
    hosts = lab.started()
    states.refuse_save(name, lab.places)
    kind = lab.kind
    try:
        _stop(lab, hosts, progress)
        progress(f"copying the hosts to {states.SavedState(name).folder}")
        states.keep(name, lab.places, kind)
    finally:
        _go_on(lab, places.EVERY_HOST.index(hosts[-1]) + 1, kind, progress)
    progress(f"lab {lab.name} is saved as {name}: {states.SavedState(name).bytes / 2**30:.1f} GiB")


def begin_from(lab: Lab, name: str, progress: Progress, number: int = len(places.HOSTS), kind: HostKind | None = None) -> None:
    """Bring up a lab that is not there as it was saved; more hosts than it had then are new ones.

    Raises UsageError for an unknown state, one of another kind, or no space for it; Conflict when the lab is there.
    """
    refuse()
    found = states.find(name)
    if kind is not None and kind != found.kind:
        suites = ", ".join(found.kind.suites)
        raise UsageError(f"the hosts of the saved state '{name}' are of the kind '{found.kind.name}', of {suites}")
    with lab.locked(progress):
        if keeper_of(lab.places.state) is not None or lab.places.state.exists():
            hint = "Take it down first (ovirt-hc-setup lab down), or give another --name."
            raise Conflict(f"lab {lab.name} is there already: a saved state is begun only where nothing is", hint=hint)
        progress(f"copying the hosts of {name}")
        states.take(found, lab.places)
    _go_on(lab, max(number, found.hosts), found.kind, progress)


def _stop(lab: Lab, hosts: list[str], progress: Progress) -> None:
    keeper = running_keeper(lab.places)
    put_to_sleep([lab.host(host) for host in hosts], progress)
    wait_for("the hosts to power off", _OFF_LIMIT, lambda: not any(supervisor_of(keeper, host) for host in hosts))
    with lab.locked(progress):
        end_processes(lab.places)


def _go_on(lab: Lab, number: int, kind: HostKind, progress: Progress) -> None:
    lab.up(progress, number, kind, boot_limit=_BOOT_LIMIT)
    wake([lab.host(host) for host in lab.started()])
